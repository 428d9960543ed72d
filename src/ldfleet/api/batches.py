"""Batches."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import BatchKey, CurrentActor, TheServices
from ldfleet.api.lists import LISTED, LISTING, OPERATION_LIST, ListAnswer, how, piece
from ldfleet.domain.batch import Policy
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import BatchId, EmulatorId, WorkstationId
from ldfleet.domain.listing import OPERATIONS
from ldfleet.domain.nouns import BATCHES
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.sort import parse_sort
from ldfleet.ports import OperationQuery
from ldfleet.services.batches import Plan, Planned, Report, Wish
from ldfleet.services.selection import Selection, noun_of
from ldfleet.wire.batches import (
    BatchFilter,
    BatchIn,
    BatchOut,
    PlannedOut,
    PlanOut,
    PolicyIn,
    PolicyOut,
)
from ldfleet.wire.operations import OperationFilter, OperationOut, RetryIn
from ldfleet.wire.problem import failure_of
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(BatchOut)

router = APIRouter(prefix="/batches", tags=["batches"])

NOT_FOUND = problems.of(errors.BatchNotFound)
MOVING = problems.of(errors.BatchNotFound, errors.BatchFinished)
UNFIT = (
    errors.FieldInvalid,
    errors.SelectionEmpty,
    errors.SelectionTooLarge,
    errors.EmulatorNotFound,
    errors.WorkstationNotFound,
    errors.ProfileNotFound,
    errors.AppNotFound,
)
SUBMITTING = problems.of(*UNFIT, errors.FilterInvalid, errors.IdempotencyKeyReused)


@router.post(
    "",
    status_code=202,
    summary="Ask for many operations at once, or with dry_run for the plan",
    responses={**SUBMITTING, 200: {"model": PlanOut, "description": "The plan (dry_run)."}},
)
async def submit_batch(
    *,
    services: TheServices,
    actor: CurrentActor,
    wanted: BatchIn,
    response: Response,
    idempotency_key: BatchKey,
) -> BatchOut | PlanOut:
    wish = _wish_of(wanted, services.clock.now())
    if wanted.dry_run:
        response.status_code = 200
        return _plan_out(await services.batches.plan(actor, wish))
    report = await services.batches.submit(actor, wish, idempotency_key=idempotency_key)
    return _accepted(report, response)


@router.get(
    "",
    summary="List batches, newest first",
    responses=LISTED,
    response_model=Page[BatchOut] | PartPage,
)
async def list_batches(
    services: TheServices, actor: CurrentActor, which: Annotated[BatchFilter, Query()]
) -> Response:
    page = await services.batches.list(actor, status=which.status, **how(which, BATCHES, services))
    return _LIST.answer(page, batch_out, which.fields)


@router.get("/{batch_id}", summary="Show a batch with its counts", responses=NOT_FOUND)
async def get_batch(services: TheServices, actor: CurrentActor, batch_id: str) -> BatchOut:
    return batch_out(await services.batches.get(actor, batch_id))


@router.get(
    "/{batch_id}/operations",
    summary="List its operations: the result for each target",
    responses=problems.of(errors.BatchNotFound, *LISTING),
    response_model=Page[OperationOut] | PartPage,
)
async def list_batch_operations(
    services: TheServices,
    actor: CurrentActor,
    batch_id: str,
    which: Annotated[OperationFilter, Query()],
) -> Response:
    await services.batches.get(actor, batch_id)
    query = OperationQuery(
        batch_id=BatchId(batch_id),
        workstation_id=WorkstationId(which.workstation_id) if which.workstation_id else None,
        emulator_id=EmulatorId(which.emulator_id) if which.emulator_id else None,
        status=which.status,
        verb=which.verb,
        unfinished=which.unfinished,
        matching=parse(which.filter, OPERATIONS, now=services.clock.now()),
        sort=parse_sort(which.sort, OPERATIONS),
    )
    page = await services.operations.list(actor, query, **piece(which))
    return OPERATION_LIST.answer(page, shapes.operation_out, which.fields)


@router.post("/{batch_id}/pause", summary="Start nothing more of it for now", responses=MOVING)
async def pause_batch(services: TheServices, actor: CurrentActor, batch_id: str) -> BatchOut:
    return batch_out(await services.batches.pause(actor, batch_id))


@router.post("/{batch_id}/continue", summary="Go on, also where it halted", responses=MOVING)
async def continue_batch(services: TheServices, actor: CurrentActor, batch_id: str) -> BatchOut:
    return batch_out(await services.batches.resume(actor, batch_id))


@router.post("/{batch_id}/cancel", summary="Cancel what has not started", responses=MOVING)
async def cancel_batch(services: TheServices, actor: CurrentActor, batch_id: str) -> BatchOut:
    return batch_out(await services.batches.cancel(actor, batch_id))


@router.post(
    "/{batch_id}/retry",
    status_code=202,
    summary="A new batch of what failed or was skipped",
    responses=problems.of(
        errors.BatchNotFound,
        errors.BatchUnfinished,
        errors.FieldInvalid,
        errors.SelectionEmpty,
        errors.IdempotencyKeyReused,
    ),
)
async def retry_batch(
    *,
    services: TheServices,
    actor: CurrentActor,
    batch_id: str,
    response: Response,
    how: RetryIn | None = None,
    idempotency_key: BatchKey,
) -> BatchOut:
    report = await services.batches.retry(
        actor,
        batch_id,
        reason=None if how is None else how.reason,
        idempotency_key=idempotency_key,
    )
    return _accepted(report, response)


def _accepted(report: Report, response: Response) -> BatchOut:
    response.headers["Location"] = f"/api/batches/{report.batch.id}"
    return batch_out(report)


def _wish_of(wanted: BatchIn, now: datetime) -> Wish:
    text, noun = wanted.filter, noun_of(wanted.verb)
    return Wish(
        verb=wanted.verb,
        selection=Selection(
            ids=wanted.ids,
            filter=None if text is None else parse(text, noun, now=now),
            everything=wanted.all,
        ),
        params=wanted.params,
        policy=policy_of(wanted.policy),
        reason=wanted.reason,
    )


def policy_of(policy: PolicyIn) -> Policy:
    """How a batch is to roll out, as the domain has it."""
    stop = policy.stop_on_failures
    return Policy(
        waves=tuple(str(wave) for wave in policy.waves),
        wave_size=policy.wave_size,
        max_parallel=policy.max_parallel,
        pause=policy.pause_s,
        stop_on_failures=None if stop is None else str(stop),
    )


def policy_out(policy: Policy) -> PolicyOut:
    """The same, as it travels."""
    return PolicyOut(
        waves=list(policy.waves),
        wave_size=policy.wave_size,
        max_parallel=policy.max_parallel,
        pause_s=policy.pause,
        stop_on_failures=policy.stop_on_failures,
    )


def batch_out(report: Report) -> BatchOut:
    """A batch, as it travels."""
    batch = report.batch
    return BatchOut(
        id=batch.id,
        verb=batch.verb,
        params=dict(batch.params),
        status=batch.status,
        policy=policy_out(batch.policy),
        total=batch.total,
        counts=dict(report.counts),
        waves=list(batch.sizes),
        wave=batch.released,
        next_wave_at=batch.next_at,
        halted=batch.halted,
        retry_of=batch.retry_of,
        schedule_id=batch.schedule_id,
        requested_by=batch.requested_by,
        source=batch.source,
        reason=batch.reason,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
    )


def _plan_out(plan: Plan) -> PlanOut:
    skipped = OperationStatus.SKIPPED
    return PlanOut(
        verb=plan.verb,
        total=len(plan.planned),
        refused=sum(each.operation.status is skipped for each in plan.planned),
        waves=list(plan.sizes),
        estimate_s=plan.estimate,
        targets=[_planned_out(each) for each in plan.planned],
    )


def _planned_out(planned: Planned) -> PlannedOut:
    target, operation = planned.target, planned.operation
    return PlannedOut(
        id=target.id,
        name=target.name,
        workstation_id=target.workstation.id,
        workstation_name=target.workstation.name,
        wave=operation.wave,
        waiting_for=operation.waiting_for,
        failure=None if operation.failure is None else failure_of(operation.failure),
    )
