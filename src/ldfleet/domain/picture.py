"""Pictures of screens."""

from enum import StrEnum, auto


class PictureFormat(StrEnum):
    """What a picture is sent as."""

    PNG = auto()
    JPEG = auto()
    WEBP = auto()

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        return f"image/{self}"
