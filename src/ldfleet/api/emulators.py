"""Emulators."""

import gzip
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from starlette.concurrency import run_in_threadpool

from ldfleet import errors
from ldfleet.api import lists, problems, shapes
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.api.lists import EMULATOR_LIST, LISTED, OPERATION_LIST
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.listing import EMULATORS, OPERATIONS
from ldfleet.domain.sort import parse_sort
from ldfleet.ports import EmulatorQuery, EventQuery, OperationQuery
from ldfleet.wire.emulators import EmulatorConfigOut, EmulatorFilter, EmulatorOut, EmulatorPatch
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.server import EventOut, PastEventsOfFilter
from ldfleet.wire.shapes import ListFilter, Page, PartPage
from ldfleet.wire.snapshot import SnapshotOut

router = APIRouter(prefix="/emulators", tags=["emulators"])

NOT_FOUND = problems.of(errors.EmulatorNotFound)


@router.get(
    "",
    summary="List emulators",
    responses=LISTED,
    response_model=Page[EmulatorOut] | PartPage,
)
async def list_emulators(
    services: TheServices, actor: CurrentActor, which: Annotated[EmulatorFilter, Query()]
) -> Response:
    now = services.clock.now()
    query = EmulatorQuery(
        workstation_id=WorkstationId(which.workstation_id) if which.workstation_id else None,
        status=which.status,
        name=which.name,
        removed=which.removed,
        matching=parse(which.filter, EMULATORS, now=now),
        sort=parse_sort(which.sort, EMULATORS),
    )
    page = await services.emulators.list(actor, query, **lists.piece(which))
    return EMULATOR_LIST.answer(
        page, lambda placed: shapes.emulator_out(placed, now=now), which.fields
    )


@router.get(
    "/snapshot",
    summary="Show the whole fleet, column by column",
    description="For a dashboard: then follow `/api/events?after=` its position. At most a second "
    "old; `codes` are places in `values`.",
    responses=problems.of(),
    response_model=SnapshotOut,
)
async def get_fleet_snapshot(
    services: TheServices,
    actor: CurrentActor,
    accepted: Annotated[str, Header(alias="Accept-Encoding")] = "",
) -> Response:
    snapshot = await services.snapshots.of(actor)
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in accepted:
        headers["Content-Encoding"] = "gzip"
        return Response(snapshot.packed, media_type="application/json", headers=headers)
    plain = await run_in_threadpool(gzip.decompress, snapshot.packed)
    return Response(plain, media_type="application/json", headers=headers)


@router.get("/{emulator_id}", summary="Show an emulator", responses=NOT_FOUND)
async def get_emulator(
    services: TheServices, actor: CurrentActor, emulator_id: str, response: Response
) -> EmulatorOut:
    return await _one(services, actor, emulator_id, response)


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
    await services.emulators.annotate(
        actor,
        emulator_id,
        tags=(patch.tags or ()) if "tags" in named else None,
        notes=(patch.notes or "") if "notes" in named else None,
        protected=bool(patch.protected) if "protected" in named else None,
        expected_version=version,
    )
    return await _one(services, actor, emulator_id, response)


@router.get(
    "/{emulator_id}/operations",
    summary="List what was asked of it, newest first",
    responses=NOT_FOUND | LISTED,
    response_model=Page[OperationOut] | PartPage,
)
async def list_operations_of_emulator(
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    which: Annotated[ListFilter, Query()],
) -> Response:
    emulator = await services.emulators.get(actor, emulator_id)
    query = OperationQuery(
        emulator_id=emulator.id,
        matching=parse(which.filter, OPERATIONS, now=services.clock.now()),
        sort=parse_sort(which.sort, OPERATIONS),
    )
    page = await services.operations.list(actor, query, **lists.piece(which))
    return OPERATION_LIST.answer(page, shapes.operation_out, which.fields)


@router.get(
    "/{emulator_id}/config",
    summary="Show what is known of its configuration",
    description="As it was read last; its workstation is not asked.",
    responses=NOT_FOUND,
)
async def get_emulator_config(
    services: TheServices, actor: CurrentActor, emulator_id: str
) -> EmulatorConfigOut:
    return shapes.config_out(await services.emulators.show(actor, emulator_id))


@router.get(
    "/{emulator_id}/events",
    summary="List what is kept of the change feed about it, newest first",
    description="What befell itself; what was asked of it is among its operations.",
    responses=problems.of(errors.EmulatorNotFound, errors.CursorInvalid),
)
async def list_events_of_emulator(
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    which: Annotated[PastEventsOfFilter, Query()],
) -> Page[EventOut]:
    emulator = await services.emulators.get(actor, emulator_id)
    query = EventQuery(type=which.type, subject=emulator.id)
    page = await services.events.past(actor, query, cursor=which.cursor, limit=which.limit)
    told = shapes.changes_out(page.items)
    return Page(items=told.events, next_cursor=page.next_cursor)


async def _one(
    services: TheServices, actor: CurrentActor, emulator_id: str, response: Response
) -> EmulatorOut:
    placed = await services.emulators.show(actor, emulator_id)
    response.headers["ETag"] = f'"{placed.emulator.version}"'
    return shapes.emulator_out(placed, now=services.clock.now())
