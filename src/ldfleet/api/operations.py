"""Operations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from ldfleet import errors
from ldfleet.api import lists, problems, shapes
from ldfleet.api.authorisation import ADMINS
from ldfleet.api.dependencies import CurrentActor, IdempotencyKey, TheServices
from ldfleet.api.lists import LISTED, OPERATION_LIST
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import BatchId, EmulatorId, WorkstationId
from ldfleet.domain.listing import OPERATIONS
from ldfleet.domain.sort import parse_sort
from ldfleet.ports import OperationQuery
from ldfleet.wire.operations import (
    CleanUpFilter,
    CleanUpOut,
    LogFilter,
    LogOut,
    OperationFilter,
    OperationOut,
    RetryIn,
    StatsOut,
    StepsOut,
    WaitFor,
)
from ldfleet.wire.shapes import Page, PartPage

router = APIRouter(prefix="/operations", tags=["operations"])

NOT_FOUND = problems.of(errors.OperationNotFound)


@router.get(
    "",
    summary="List operations, newest first",
    responses=LISTED,
    response_model=Page[OperationOut] | PartPage,
)
async def list_operations(
    services: TheServices, actor: CurrentActor, which: Annotated[OperationFilter, Query()]
) -> Response:
    query = OperationQuery(
        workstation_id=WorkstationId(which.workstation_id) if which.workstation_id else None,
        emulator_id=EmulatorId(which.emulator_id) if which.emulator_id else None,
        batch_id=BatchId(which.batch_id) if which.batch_id else None,
        status=which.status,
        verb=which.verb,
        unfinished=which.unfinished,
        matching=parse(which.filter, OPERATIONS, now=services.clock.now()),
        sort=parse_sort(which.sort, OPERATIONS),
    )
    page = await services.operations.list(actor, query, **lists.piece(which))
    return OPERATION_LIST.answer(page, shapes.operation_out, which.fields)


@router.get(
    "/stats",
    summary="Count operations by verb, and tell how long each takes",
    responses=problems.of(),
)
async def get_operation_stats(services: TheServices, actor: CurrentActor) -> StatsOut:
    return shapes.stats_out(await services.history.stats(actor))


@router.delete(
    "/cleanup",
    summary="Forget operations that ended long ago",
    dependencies=[Depends(ADMINS)],
    responses=problems.of(),
)
async def clean_up_operations(
    services: TheServices, actor: CurrentActor, which: Annotated[CleanUpFilter, Query()]
) -> CleanUpOut:
    forgotten = await services.history.clean_up(
        actor, keep_hours=which.keep_hours, dry_run=which.dry_run
    )
    return CleanUpOut(operations=forgotten, dry_run=which.dry_run)


@router.get(
    "/{operation_id}",
    summary="Show an operation; with ?wait=30 once it is over",
    responses=NOT_FOUND,
)
async def get_operation(
    services: TheServices,
    actor: CurrentActor,
    operation_id: str,
    until: Annotated[WaitFor, Query()],
) -> OperationOut:
    if until.wait:
        operation = await services.operations.wait(actor, operation_id, timeout=until.wait)
    else:
        operation = await services.operations.get(actor, operation_id)
    return shapes.operation_out(operation)


@router.post(
    "/{operation_id}/cancel",
    status_code=202,
    summary="Ask it to stop",
    responses=problems.of(errors.OperationNotFound, errors.OperationFinished),
)
async def cancel_operation(
    services: TheServices, actor: CurrentActor, operation_id: str, response: Response
) -> OperationOut:
    operation = await services.operations.cancel(actor, operation_id)
    response.headers["Location"] = f"/api/operations/{operation.id}"
    return shapes.operation_out(operation)


@router.post(
    "/{operation_id}/retry",
    status_code=202,
    summary="Ask anew for what ended without success",
    responses=problems.of(
        errors.OperationNotFound,
        errors.OperationNotRetryable,
        errors.FieldInvalid,
        errors.EmulatorWrongState,
        errors.EmulatorGone,
        errors.NoDesktopSession,
        errors.IdempotencyKeyReused,
    ),
)
async def retry_operation(
    *,
    services: TheServices,
    actor: CurrentActor,
    operation_id: str,
    how: RetryIn | None = None,
    response: Response,
    idempotency_key: IdempotencyKey,
) -> OperationOut:
    operation = await services.requests.retry(
        actor,
        operation_id,
        idempotency_key=idempotency_key,
        reason=None if how is None else how.reason,
    )
    response.headers["Location"] = f"/api/operations/{operation.id}"
    return shapes.operation_out(operation)


@router.get("/{operation_id}/steps", summary="What it did, rung by rung", responses=NOT_FOUND)
async def list_operation_steps(
    services: TheServices, actor: CurrentActor, operation_id: str
) -> StepsOut:
    steps = await services.operations.steps(actor, operation_id)
    return StepsOut(items=[shapes.step_out(step) for step in steps])


@router.get("/{operation_id}/log", summary="Read its log", responses=NOT_FOUND)
async def get_operation_log(
    services: TheServices,
    actor: CurrentActor,
    operation_id: str,
    which: Annotated[LogFilter, Query()],
) -> LogOut:
    lines = await services.operations.log_of(
        actor, operation_id, after=which.after, limit=which.limit
    )
    items = [shapes.log_line_out(number, line) for number, line in lines]
    return LogOut(items=items, last=items[-1].number if items else which.after)
