"""The wall of a workstation: its screens are asked for while somebody looks at it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.shapes import pictures
from ldfleet.domain.picture import PictureFormat
from ldfleet.domain.wall import TILE_HEIGHT, TILE_WIDTH
from ldfleet.wire.walls import TileOut, WallFilter, WallOut, WallPictureFilter

router = APIRouter(prefix="/workstations", tags=["workstations"])


@router.get(
    "/{workstation_id}/wall",
    summary="Say whose screen is where in its wall, and renew the old ones",
    description="Waits 2 s at most for the workstation: what it shows later is in a later answer.",
    responses=problems.of(errors.WorkstationNotFound),
)
async def get_wall(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    which: Annotated[WallFilter, Query()],
) -> WallOut:
    wall = await services.walls.look(actor, workstation_id, max_age=which.max_age)
    tiles = [
        TileOut(
            emulator_id=emulator,
            taken_at=tile.taken_at,
            same_since=tile.same_since,
            failure=tile.failure,
        )
        for emulator, tile in wall.tiles
    ]
    return WallOut(
        version=wall.version,
        renewing=wall.renewing,
        columns=wall.columns,
        tile_width=TILE_WIDTH,
        tile_height=TILE_HEIGHT,
        tiles=tiles,
    )


@router.get(
    "/{workstation_id}/wall.webp",
    summary="Show its screens in one picture",
    description="As `wall` has seen them last; no workstation is asked.",
    responses=problems.of(errors.WorkstationNotFound) | pictures(PictureFormat.WEBP),
    response_class=Response,
)
async def get_wall_picture(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    which: Annotated[WallPictureFilter, Query()],
) -> Response:
    wall, picture = await services.walls.picture(actor, workstation_id)
    kept = "private, max-age=3600, immutable" if which.v == wall.version else "no-store"
    return Response(
        picture, media_type=PictureFormat.WEBP.media_type, headers={"Cache-Control": kept}
    )
