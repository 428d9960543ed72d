"""The script that prepares a PC, before the PC is on record."""

from fastapi import APIRouter

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.domain.preparation import Preparation
from ldfleet.wire.preparation import PreparationOut, PrepareIn

router = APIRouter(prefix="/workstations", tags=["workstations"])


@router.post(
    "/prepare",
    summary="Make the script that prepares a PC, or undoes it",
    responses=problems.of(errors.FieldInvalid),
)
async def prepare_workstation(
    services: TheServices, actor: CurrentActor, asked: PrepareIn
) -> PreparationOut:
    order = Preparation(
        servers=asked.servers,
        user=asked.user,
        rights=asked.rights,
        ssh=asked.ssh,
        undo=asked.undo,
    )
    script = services.preparations.script(actor, order)
    return PreparationOut(file_name=order.file_name, script=script)
