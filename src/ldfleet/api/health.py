"""How the server is: `/health` and `/version` for everyone, `/status` for who has a token."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.wire.server import HealthFilter, HealthOut, StatusOut, VersionOut

public = APIRouter(tags=["server"])
router = APIRouter(tags=["server"])

_UNREADY = 503


@public.get(
    "/health",
    summary="Is it alive; with ?ready=1: can it work",
    responses={**problems.of(public=True), _UNREADY: {"model": HealthOut}},
)
async def get_health(
    services: TheServices, asked: Annotated[HealthFilter, Query()], response: Response
) -> HealthOut:
    if not asked.ready:
        return HealthOut(status="ok", checks={})
    checks = dict(await services.status.ready())
    if all(checks.values()):
        return HealthOut(status="ok", checks=checks)
    response.status_code = _UNREADY
    return HealthOut(status="unready", checks=checks)


@public.get("/version", summary="The server's version", responses=problems.of(public=True))
async def get_version(services: TheServices) -> VersionOut:
    return VersionOut(version=services.status.version())


@router.get("/status", summary="Version, uptime, counts", responses=problems.of())
async def get_status(services: TheServices, actor: CurrentActor) -> StatusOut:
    return shapes.status_out(await services.status.status(actor))
