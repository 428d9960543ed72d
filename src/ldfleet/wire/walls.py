"""The wall: the screens of a workstation's emulators, small and side by side."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.wire.shapes import Input, Output


class WallFilter(Input):
    """How new the screens have to be."""

    max_age: Annotated[
        float, Field(ge=5, le=3600, description="Seconds; older screens are asked for again.")
    ] = 15.0


class WallPictureFilter(Input):
    """Which picture."""

    v: Annotated[
        str | None,
        Field(max_length=40, description="`version`: the answer may be kept while it is that."),
    ] = None


class TileOut(Output):
    """One emulator's place in the picture."""

    emulator_id: str
    taken_at: Annotated[datetime | None, Field(description="Null: its place is dark.")]
    same_since: Annotated[
        datetime | None, Field(description="It has looked exactly so since; it may be frozen.")
    ]
    failure: Annotated[
        str | None, Field(description="The problem's code where the last try failed.")
    ]


class WallOut(Output):
    """The picture's places, row by row from the upper left."""

    version: Annotated[str, Field(description="Another one where the picture is another.")]
    renewing: Annotated[bool, Field(description="More of them follow: ask again soon.")]
    columns: Annotated[int, Field(description="Places in a row.")]
    tile_width: Annotated[int, Field(description="In pixels.")]
    tile_height: Annotated[int, Field(description="In pixels.")]
    tiles: list[TileOut]
