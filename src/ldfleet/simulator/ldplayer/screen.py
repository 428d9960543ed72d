"""What an emulator shows: a game, drawn once and kept in the file beside this one."""

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

FRAMES = 4
"""Pictures of one game: each look shows the next of them."""
_STEP = 32  # pixels that the game moves between two


def picture(width: int, height: int, frame: int) -> bytes:
    """What `screencap -p` gives: a PNG of that size."""
    return _encoded(width, height, frame % FRAMES)


@cache
def _game() -> Image.Image:
    with Image.open(Path(__file__).with_name("screen.png")) as image:
        return image.convert("RGB")


@cache
def _encoded(width: int, height: int, frame: int) -> bytes:
    moved = ImageChops.offset(_game(), -frame * _STEP, 0)
    encoded = io.BytesIO()
    ImageOps.fit(moved, (width, height)).save(encoded, "PNG", compress_level=1)
    return encoded.getvalue()
