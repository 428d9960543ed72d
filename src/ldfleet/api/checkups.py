"""What doctor found on workstations."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.domain.checkup import Checkup, Verdict
from ldfleet.wire.checkups import CheckupOut, ExaminedOut, FindingOut

router = APIRouter(prefix="/workstations", tags=["workstations"])

MISSING = problems.of(errors.WorkstationNotFound, errors.NeverExamined)


@router.get("/{workstation_id}/doctor", summary="What doctor found there", responses=MISSING)
async def get_checkup(
    services: TheServices, actor: CurrentActor, workstation_id: str
) -> ExaminedOut:
    workstation, checkup = await services.checkups.get(actor, workstation_id)
    return ExaminedOut(
        **checkup_out(checkup).model_dump(),
        workstation_id=workstation.id,
        workstation_name=workstation.name,
    )


@router.get(
    "/{workstation_id}/doctor/bundle",
    summary="What it asked and heard, to be sent to ldfleet's makers: it names nobody and no PC",
    responses=MISSING,
)
async def get_bundle(
    services: TheServices, actor: CurrentActor, workstation_id: str, response: Response
) -> dict[str, Any]:
    _, checkup = await services.checkups.get(actor, workstation_id)
    name = f"ldfleet-doctor-{checkup.operation_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return dict(checkup.bundle)


def checkup_out(checkup: Checkup) -> CheckupOut:
    """A visit as it travels."""
    return CheckupOut(
        asked_at=checkup.at,
        operation_id=checkup.operation_id,
        **{verdict.value: checkup.count(verdict) for verdict in Verdict},
        findings=[FindingOut.model_validate(asdict(each)) for each in checkup.findings],
    )
