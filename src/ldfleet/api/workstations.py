"""Workstations."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, IdempotencyKey, TheServices
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import EmulatorQuery
from ldfleet.wire.emulators import EmulatorOut
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page, PageSize
from ldfleet.wire.workstations import (
    ConnectionReportOut,
    MaintenanceIn,
    SystemInfoOut,
    WorkstationFilter,
    WorkstationIn,
    WorkstationOut,
    WorkstationPatch,
)

router = APIRouter(prefix="/workstations", tags=["workstations"])

NOT_FOUND = problems.of(errors.WorkstationNotFound)
REFUSALS = (errors.FieldInvalid, errors.TransportUnsupported, errors.WorkstationNameTaken)


@router.get("", summary="List workstations by name", responses=problems.of(errors.CursorInvalid))
async def list_workstations(
    services: TheServices, actor: CurrentActor, which: Annotated[WorkstationFilter, Query()]
) -> Page[WorkstationOut]:
    page = await services.workstations.list(
        actor, status=which.status, cursor=which.cursor, limit=which.limit
    )
    now = services.clock.now()
    items = [shapes.workstation_out(workstation, now=now) for workstation in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.post("", status_code=201, summary="Add a workstation", responses=problems.of(*REFUSALS))
async def add_workstation(
    services: TheServices, actor: CurrentActor, described: WorkstationIn, response: Response
) -> WorkstationOut:
    workstation = await services.workstations.add(
        actor, shapes.draft_of(described), shapes.credentials_of(described)
    )
    response.headers["Location"] = f"/api/workstations/{workstation.id}"
    return _out(services, workstation, response)


@router.post(
    "/test-connection",
    summary="Test a connection before it is saved",
    responses=problems.of(errors.FieldInvalid, errors.TransportUnsupported),
)
async def test_draft_connection(
    services: TheServices, actor: CurrentActor, described: WorkstationIn
) -> ConnectionReportOut:
    report = await services.workstations.test_draft(
        actor, shapes.draft_of(described), shapes.credentials_of(described)
    )
    return shapes.report_out(report)


@router.get("/{workstation_id}", summary="Show a workstation", responses=NOT_FOUND)
async def get_workstation(
    services: TheServices, actor: CurrentActor, workstation_id: str, response: Response
) -> WorkstationOut:
    return _out(services, await services.workstations.get(actor, workstation_id), response)


@router.patch(
    "/{workstation_id}",
    summary="Change a workstation (JSON merge patch)",
    responses=problems.of(errors.WorkstationNotFound, errors.RecordChanged, *REFUSALS),
)
async def change_workstation(
    *,
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    patch: WorkstationPatch,
    version: ExpectedVersion,
    response: Response,
) -> WorkstationOut:
    known = await services.workstations.get(actor, workstation_id)
    described = _patched(known, patch)
    secrets = patch.model_fields_set & shapes.SECRETS
    workstation = await services.workstations.change(
        actor,
        workstation_id,
        shapes.draft_of(described),
        shapes.credentials_of(described) if secrets else None,
        # With If-Match: * what is merged here was read a moment ago, as this version.
        expected_version=known.version if version is None else version,
    )
    return _out(services, workstation, response)


@router.delete(
    "/{workstation_id}",
    status_code=204,
    summary="Remove a workstation with its emulators and operations",
    responses=problems.of(
        errors.WorkstationNotFound, errors.WorkstationInUse, errors.RecordChanged
    ),
)
async def remove_workstation(
    services: TheServices, actor: CurrentActor, workstation_id: str, version: ExpectedVersion
) -> None:
    if version is not None:
        known = await services.workstations.get(actor, workstation_id)
        if known.version != version:
            raise errors.RecordChanged(record=workstation_id)
    await services.workstations.remove(actor, workstation_id)


@router.post(
    "/{workstation_id}/test-connection", summary="Test the connection", responses=NOT_FOUND
)
async def test_workstation_connection(
    services: TheServices, actor: CurrentActor, workstation_id: str
) -> ConnectionReportOut:
    return shapes.report_out(await services.workstations.test(actor, workstation_id))


@router.get(
    "/{workstation_id}/system-info",
    summary="What the PC last said of itself",
    responses=NOT_FOUND,
)
async def get_system_info(
    services: TheServices, actor: CurrentActor, workstation_id: str
) -> SystemInfoOut:
    workstation = await services.workstations.get(actor, workstation_id)
    return shapes.system_info_out(workstation, now=services.clock.now())


@router.get(
    "/{workstation_id}/emulators",
    summary="List its emulators",
    responses=problems.of(errors.WorkstationNotFound, errors.CursorInvalid),
)
async def list_emulators_of_workstation(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> Page[EmulatorOut]:
    workstation = await services.workstations.get(actor, workstation_id)
    query = EmulatorQuery(workstation_id=workstation.id)
    page = await services.emulators.list(actor, query, cursor=cursor, limit=limit)
    now = services.clock.now()
    items = [
        shapes.emulator_out(emulator, workstation=workstation, now=now) for emulator in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


@router.post(
    "/{workstation_id}/scan",
    status_code=202,
    summary="Look at its emulators now",
    responses=problems.of(errors.WorkstationNotFound, errors.IdempotencyKeyReused),
)
async def scan_workstation(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    response: Response,
    idempotency_key: IdempotencyKey,
) -> OperationOut:
    operation = await services.workstations.scan(
        actor, workstation_id, idempotency_key=idempotency_key
    )
    response.headers["Location"] = f"/api/operations/{operation.id}"
    return shapes.operation_out(operation)


@router.post(
    "/{workstation_id}/maintenance", summary="Let nothing new start there", responses=NOT_FOUND
)
async def hold_workstation(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    why: MaintenanceIn,
    response: Response,
) -> WorkstationOut:
    workstation = await services.workstations.hold(actor, workstation_id, reason=why.reason)
    return _out(services, workstation, response)


@router.delete("/{workstation_id}/maintenance", summary="End maintenance", responses=NOT_FOUND)
async def release_workstation(
    services: TheServices, actor: CurrentActor, workstation_id: str, response: Response
) -> WorkstationOut:
    return _out(services, await services.workstations.release(actor, workstation_id), response)


def _out(services: TheServices, workstation: Workstation, response: Response) -> WorkstationOut:
    response.headers["ETag"] = f'"{workstation.version}"'
    return shapes.workstation_out(workstation, now=services.clock.now())


def _patched(known: Workstation, patch: WorkstationPatch) -> WorkstationIn:
    target = shapes.description_of(known)
    try:
        return WorkstationIn.model_validate(
            shapes.merged(target, patch.model_dump(exclude_unset=True))
        )
    except ValidationError as exc:
        raise problems.validation_failed(exc.errors(include_input=False)) from exc
