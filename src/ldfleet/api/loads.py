"""How loaded a workstation was."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.wire.backups import LoadFilter, LoadOut, LoadsOut

router = APIRouter(prefix="/workstations", tags=["workstations"])


@router.get(
    "/{workstation_id}/metrics-history",
    summary="How loaded it was: processor, memory, disk, running emulators",
    responses=problems.of(errors.WorkstationNotFound),
)
async def get_metrics_history(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    which: Annotated[LoadFilter, Query()],
) -> LoadsOut:
    found = await services.loads.of(actor, workstation_id, hours=which.hours, points=which.points)
    return LoadsOut(items=[LoadOut.model_validate(asdict(each)) for each in found])
