"""Emulators."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, IdempotencyKey, TheServices
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import EmulatorQuery
from ldfleet.wire.emulators import EmulatorFilter, EmulatorOut, EmulatorPatch, LaunchIn, QuitIn
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page

router = APIRouter(prefix="/emulators", tags=["emulators"])

NOT_FOUND = problems.of(errors.EmulatorNotFound)
ACTING = problems.of(
    errors.EmulatorNotFound,
    errors.EmulatorWrongState,
    errors.EmulatorGone,
    errors.NoDesktopSession,
    errors.IdempotencyKeyReused,
)


@router.get("", summary="List emulators", responses=problems.of(errors.CursorInvalid))
async def list_emulators(
    services: TheServices, actor: CurrentActor, which: Annotated[EmulatorFilter, Query()]
) -> Page[EmulatorOut]:
    query = EmulatorQuery(
        workstation_id=WorkstationId(which.workstation_id) if which.workstation_id else None,
        status=which.status,
        name=which.name,
        removed=which.removed,
    )
    page = await services.emulators.list(actor, query, cursor=which.cursor, limit=which.limit)
    items = await _out(services, actor, page.items)
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/{emulator_id}", summary="Show an emulator", responses=NOT_FOUND)
async def get_emulator(
    services: TheServices, actor: CurrentActor, emulator_id: str, response: Response
) -> EmulatorOut:
    emulator = await services.emulators.get(actor, emulator_id)
    return await _one(services, actor, emulator, response)


@router.patch(
    "/{emulator_id}",
    summary="Change tags, notes, protection (JSON merge patch)",
    responses=problems.of(errors.EmulatorNotFound, errors.RecordChanged, errors.FieldInvalid),
)
async def annotate_emulator(
    *,
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    patch: EmulatorPatch,
    version: ExpectedVersion,
    response: Response,
) -> EmulatorOut:
    named = patch.model_fields_set
    emulator = await services.emulators.annotate(
        actor,
        emulator_id,
        tags=(patch.tags or ()) if "tags" in named else None,
        notes=(patch.notes or "") if "notes" in named else None,
        protected=bool(patch.protected) if "protected" in named else None,
        expected_version=version,
    )
    return await _one(services, actor, emulator, response)


@router.post(
    "/{emulator_id}/start",
    status_code=202,
    operation_id="start_emulator",
    summary="Another name of launch",
    responses=ACTING,
)
@router.post(
    "/{emulator_id}/launch",
    status_code=202,
    summary="Start it until its Android is ready",
    responses=ACTING,
)
async def launch_emulator(
    *,
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    response: Response,
    how: LaunchIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> OperationOut:
    how = how or LaunchIn()
    operation = await services.emulators.launch(
        actor,
        emulator_id,
        package=how.package,
        idempotency_key=idempotency_key,
        reason=how.reason,
    )
    return _accepted(operation, response)


@router.post(
    "/{emulator_id}/stop",
    status_code=202,
    operation_id="stop_emulator",
    summary="Another name of quit",
    responses=ACTING,
)
@router.post("/{emulator_id}/quit", status_code=202, summary="Stop it", responses=ACTING)
async def quit_emulator(
    *,
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    response: Response,
    how: QuitIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> OperationOut:
    how = how or QuitIn()
    operation = await services.emulators.quit(
        actor, emulator_id, idempotency_key=idempotency_key, reason=how.reason
    )
    return _accepted(operation, response)


def _accepted(operation: Operation, response: Response) -> OperationOut:
    response.headers["Location"] = f"/api/operations/{operation.id}"
    return shapes.operation_out(operation)


async def _one(
    services: TheServices, actor: CurrentActor, emulator: Emulator, response: Response
) -> EmulatorOut:
    response.headers["ETag"] = f'"{emulator.version}"'
    [shown] = await _out(services, actor, [emulator])
    return shown


async def _out(
    services: TheServices, actor: CurrentActor, emulators: Sequence[Emulator]
) -> list[EmulatorOut]:
    workstations = await _workstations(services, actor, emulators)
    now = services.clock.now()
    return [
        shapes.emulator_out(
            emulator, workstation=workstations.get(emulator.workstation_id), now=now
        )
        for emulator in emulators
    ]


async def _workstations(
    services: TheServices, actor: CurrentActor, emulators: Sequence[Emulator]
) -> Mapping[WorkstationId, Workstation]:
    found: dict[WorkstationId, Workstation] = {}
    for workstation_id in {emulator.workstation_id for emulator in emulators}:
        with suppress(errors.WorkstationNotFound):  # removed since the page was read
            found[workstation_id] = await services.workstations.get(actor, workstation_id)
    return found
