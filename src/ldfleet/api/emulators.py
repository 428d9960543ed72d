"""Emulators."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import EmulatorQuery, OperationQuery
from ldfleet.wire.emulators import EmulatorFilter, EmulatorOut, EmulatorPatch
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page, PageSize

router = APIRouter(prefix="/emulators", tags=["emulators"])

NOT_FOUND = problems.of(errors.EmulatorNotFound)


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


@router.get(
    "/{emulator_id}/operations",
    summary="List what was asked of it, newest first",
    responses=problems.of(errors.EmulatorNotFound, errors.CursorInvalid),
)
async def list_operations_of_emulator(
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> Page[OperationOut]:
    emulator = await services.emulators.get(actor, emulator_id)
    query = OperationQuery(emulator_id=emulator.id)
    page = await services.operations.list(actor, query, cursor=cursor, limit=limit)
    items = [shapes.operation_out(operation) for operation in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


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
