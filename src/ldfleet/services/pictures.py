"""Pictures in other formats and sizes."""

import asyncio
import io

from PIL import Image, UnidentifiedImageError

from ldfleet import errors
from ldfleet.domain.picture import PictureFormat

QUALITY = 80
LARGEST = 8192 * 8192  # pixels; no emulator has more


async def encoded(png: bytes, wanted: PictureFormat, width: int | None, *, emulator: str) -> bytes:
    """The picture in that format, no wider than `width`. Raises EmulatorSaidNonsense."""
    try:
        return await asyncio.to_thread(_encoded, png, wanted, width)
    except (UnidentifiedImageError, OSError, ValueError) as error:
        reason = f"its picture can't be decoded: {error}"
        raise errors.EmulatorSaidNonsense(emulator=emulator, reason=reason) from error


def _encoded(png: bytes, wanted: PictureFormat, width: int | None) -> bytes:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        if image.width * image.height > LARGEST:
            raise ValueError(f"{image.width} by {image.height} pixels are too many")
        picture = image.convert("RGB")
    if width is not None:
        picture.thumbnail((width, picture.height))  # which makes none larger
    content = io.BytesIO()
    picture.save(content, wanted.upper(), quality=QUALITY)
    return content.getvalue()
