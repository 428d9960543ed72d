"""What an operation did: its steps and its log."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import LogLine, Step, StepStatus
from ldfleet.storage.columns import MOST
from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import operation_log, operation_steps

_step, _line = operation_steps.c, operation_log.c


async def put_steps(transaction: Transaction, some: Sequence[Step]) -> None:
    """Add the steps, or replace the ones of their names in their places."""
    if not some:
        return
    rows = [
        {
            "operation_id": step.operation_id,
            "name": step.name,
            "status": step.status,
            "started_at": step.started_at,
            "finished_at": step.finished_at,
            "result": None if step.result is None else dict(step.result),
            "failure": None if step.failure is None else dict(step.failure),
        }
        for step in some
    ]
    orphan = errors.OperationNotFound(operation=some[0].operation_id)
    await transaction.upsert(operation_steps, rows, key=["operation_id", "name"], orphan=orphan)


async def steps(transaction: Transaction, operation_id: OperationId) -> Sequence[Step]:
    """By start."""
    wanted = sa.select(operation_steps).where(_step.operation_id == operation_id)
    rows = await transaction.rows(wanted.order_by(_step.started_at, _step.number))
    return [_step_of(row) for row in rows]


async def log(transaction: Transaction, lines: Sequence[LogLine]) -> None:
    """Append."""
    if not lines:
        return
    rows = [
        {"operation_id": x.operation_id, "at": x.at, "event": x.event, "fields": dict(x.fields)}
        for x in lines
    ]
    orphan = errors.OperationNotFound(operation=lines[0].operation_id)
    await transaction.execute(sa.insert(operation_log), rows, orphan=orphan)


async def log_of(
    transaction: Transaction, operation_id: OperationId, *, after: int, limit: int
) -> Sequence[tuple[int, LogLine]]:
    """In the order they were written."""
    wanted = sa.select(operation_log).where(
        _line.operation_id == operation_id, _line.number > min(after, MOST)
    )
    rows = await transaction.rows(wanted.order_by(_line.number).limit(limit))
    return [(row["number"], _line_of(row)) for row in rows]


def _step_of(row: Mapping[str, Any]) -> Step:
    return Step(
        operation_id=OperationId(row["operation_id"]),
        name=row["name"],
        status=StepStatus(row["status"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        result=row["result"],
        failure=row["failure"],
    )


def _line_of(row: Mapping[str, Any]) -> LogLine:
    return LogLine(
        operation_id=OperationId(row["operation_id"]),
        at=row["at"],
        event=row["event"],
        fields=row["fields"],
    )
