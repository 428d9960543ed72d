"""Workstations."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from ldfleet import errors
from ldfleet.api import lists, problems, shapes
from ldfleet.api.checkups import checkup_out
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, IdempotencyKey, TheServices
from ldfleet.api.lists import EMULATOR_LIST, LISTED, WORKSTATION_LIST
from ldfleet.domain.filter import parse
from ldfleet.domain.listing import EMULATORS, WORKSTATIONS
from ldfleet.domain.sort import parse_sort
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import EmulatorQuery, WorkstationQuery
from ldfleet.wire.checkups import WorkstationDetailOut
from ldfleet.wire.emulators import EmulatorOut
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import ListFilter, Page, PartPage
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


@router.get(
    "",
    summary="List workstations by name",
    responses=LISTED,
    response_model=Page[WorkstationOut] | PartPage,
)
async def list_workstations(
    services: TheServices, actor: CurrentActor, which: Annotated[WorkstationFilter, Query()]
) -> Response:
    now = services.clock.now()
    query = WorkstationQuery(
        status=which.status,
        matching=parse(which.filter, WORKSTATIONS, now=now),
        sort=parse_sort(which.sort, WORKSTATIONS),
    )
    page = await services.workstations.list(actor, query, **lists.piece(which))
    return WORKSTATION_LIST.answer(
        page, lambda workstation: shapes.workstation_out(workstation, now=now), which.fields
    )


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
) -> WorkstationDetailOut:
    workstation = await services.workstations.get(actor, workstation_id)
    found = await services.checkups.find(workstation)
    return WorkstationDetailOut(
        **_out(services, workstation, response).model_dump(),
        capabilities=None if found is None else checkup_out(found),
    )


@router.patch(
    "/{workstation_id}",
    summary="Change a workstation (JSON merge patch)",
    responses=problems.of(
        errors.WorkstationNotFound, errors.RecordChanged, errors.CredentialsNeeded, *REFUSALS
    ),
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
    responses=NOT_FOUND | LISTED,
    response_model=Page[EmulatorOut] | PartPage,
)
async def list_emulators_of_workstation(
    services: TheServices,
    actor: CurrentActor,
    workstation_id: str,
    which: Annotated[ListFilter, Query()],
) -> Response:
    workstation = await services.workstations.get(actor, workstation_id)
    now = services.clock.now()
    query = EmulatorQuery(
        workstation_id=workstation.id,
        matching=parse(which.filter, EMULATORS, now=now),
        sort=parse_sort(which.sort, EMULATORS),
    )
    page = await services.emulators.list(actor, query, **lists.piece(which))
    return EMULATOR_LIST.answer(
        page, lambda placed: shapes.emulator_out(placed, now=now), which.fields
    )


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
    "/{workstation_id}/maintenance",
    summary="Let nothing new start there",
    responses=problems.of(errors.WorkstationNotFound, errors.FieldInvalid),
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


WAY = frozenset({"port", "tls", "login", "certificate_sha256", "ca_pem", "host_key_sha256"})


def _patched(known: Workstation, patch: WorkstationPatch) -> WorkstationIn:
    target = shapes.description_of(known)
    if patch.transport not in {None, known.address.transport}:
        # What belongs to the old way means nothing on the new one.
        target = {name: value for name, value in target.items() if name not in WAY}
    try:
        return WorkstationIn.model_validate(
            shapes.merged(target, patch.model_dump(exclude_unset=True))
        )
    except ValidationError as exc:
        raise problems.validation_failed(exc.errors(include_input=False)) from exc
