"""What an emulator is seen to have and to show."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.domain.gesture import AndroidKey
from ldfleet.domain.picture import PictureFormat
from ldfleet.wire.shapes import Input, Output


class ScreenshotFilter(Input):
    """How a picture is wanted."""

    format: Annotated[
        PictureFormat, Field(description="A PNG in its own size is byte for byte Android's.")
    ] = PictureFormat.PNG
    width: Annotated[
        int | None, Field(ge=16, le=4096, description="At most so many pixels; null: as it is.")
    ] = None


_Pixel = Annotated[int, Field(ge=0, le=16_384)]


class PointIn(Input):
    """A place on the screen, in its pixels from the upper left."""

    x: _Pixel
    y: _Pixel


class SwipeIn(PointIn):
    """From `x`, `y` to another place; to the same one it is a long press."""

    to_x: _Pixel
    to_y: _Pixel
    ms: Annotated[int, Field(ge=1, le=10_000, description="How long it takes.")] = 300


class InputIn(Input):
    """What is done on the screen: exactly one of them."""

    tap: PointIn | None = None
    swipe: SwipeIn | None = None
    key: AndroidKey | None = None
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=500,
            pattern=r"^[ -~]+$",
            description="Into what has the focus; Android's `input` takes ASCII only.",
        ),
    ] = None


class AppFilter(Input):
    """Which apps."""

    system: Annotated[bool, Field(description="Those that came with Android, too.")] = False


class InstalledAppOut(Output):
    """An app on an emulator, as Android's package manager has it."""

    package: str
    version: Annotated[str | None, Field(description="As people call it; null: it has none.")]
    version_code: Annotated[int | None, Field(description="Grows with each release.")]
    system: Annotated[bool, Field(description="It came with Android.")]


class InstalledAppsOut(Output):
    """What was installed at that time, by package."""

    taken_at: datetime
    items: list[InstalledAppOut]
