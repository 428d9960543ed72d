"""Pictures in other formats and sizes."""

import asyncio
import io
from collections.abc import Callable, Sequence
from typing import TypeVar

from PIL import Image, UnidentifiedImageError

from ldfleet import errors
from ldfleet.domain.picture import PictureFormat
from ldfleet.domain.wall import TILE_HEIGHT, TILE_WIDTH

T = TypeVar("T")

QUALITY, MOSAIC_QUALITY = 80, 60
DARK = (24, 24, 27)
LARGEST = 8192 * 8192  # pixels; no emulator has more


async def encoded(png: bytes, wanted: PictureFormat, width: int | None, *, emulator: str) -> bytes:
    """The picture in that format, no wider than `width`. Raises EmulatorSaidNonsense."""
    return await _decoding(lambda: _encoded(png, wanted, width), emulator)


async def tile_of(png: bytes, *, emulator: str) -> bytes:
    """The picture's pixels, small enough for the wall. Raises EmulatorSaidNonsense."""
    return await _decoding(lambda: _tile_of(png), emulator)


async def mosaic(tiles: Sequence[bytes | None], columns: int) -> bytes:
    """A WebP with all of them, row by row; dark where there is none."""
    return await asyncio.to_thread(_mosaic, tiles, columns)


async def _decoding(work: Callable[[], T], emulator: str) -> T:
    # In a thread: Pillow lets the others run while it decodes, shrinks and encodes.
    try:
        return await asyncio.to_thread(work)
    except (UnidentifiedImageError, OSError, ValueError) as error:
        reason = f"its picture can't be decoded: {error}"
        raise errors.EmulatorSaidNonsense(emulator=emulator, reason=reason) from error


def _encoded(png: bytes, wanted: PictureFormat, width: int | None) -> bytes:
    picture = _opened(png)
    if width is not None:
        picture.thumbnail((width, picture.height))  # which makes none larger
    content = io.BytesIO()
    picture.save(content, wanted.upper(), quality=QUALITY)
    return content.getvalue()


def _opened(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        if image.width * image.height > LARGEST:
            raise ValueError(f"{image.width} by {image.height} pixels are too many")
        return image.convert("RGB")


def _tile_of(png: bytes) -> bytes:
    picture = _opened(png)
    picture.thumbnail((TILE_WIDTH, TILE_HEIGHT), Image.Resampling.BOX)
    tile = Image.new("RGB", (TILE_WIDTH, TILE_HEIGHT), DARK)
    tile.paste(picture, ((TILE_WIDTH - picture.width) // 2, (TILE_HEIGHT - picture.height) // 2))
    return tile.tobytes()


def _mosaic(tiles: Sequence[bytes | None], columns: int) -> bytes:
    rows = max(1, -(-len(tiles) // columns))
    whole = Image.new("RGB", (columns * TILE_WIDTH, rows * TILE_HEIGHT), DARK)
    for place, pixels in enumerate(tiles):
        if pixels is not None:
            row, column = divmod(place, columns)
            tile = Image.frombytes("RGB", (TILE_WIDTH, TILE_HEIGHT), pixels)
            whole.paste(tile, (column * TILE_WIDTH, row * TILE_HEIGHT))
    content = io.BytesIO()
    whole.save(content, "WEBP", quality=MOSAIC_QUALITY, method=2)
    return content.getvalue()
