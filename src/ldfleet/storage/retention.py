"""Removing operations that ended long ago, some rows at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ldfleet.ports import Pruned
from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import batches, operation_log, operation_steps, operations

_c = operations.c
_UNFINISHED = ("queued", "running", "cancelling")
_SHARE = 10  # of the rows of a step: operations that are looked at in it


def _old(before: datetime) -> Sequence[sa.ColumnElement[bool]]:
    """Ended before then, and of no batch that is still under way."""
    under_way = sa.select(batches.c.id).where(batches.c.finished_at.is_(None))
    return (
        _c.created_at < before,  # it is, if it ended before; the index is by this
        _c.finished_at < before,
        _c.status.not_in(_UNFINISHED),
        sa.or_(_c.batch_id.is_(None), _c.batch_id.not_in(under_way)),
    )


async def count_old(transaction: Transaction, before: datetime) -> int:
    """How many there are."""
    counted = sa.select(sa.func.count()).select_from(operations).where(*_old(before))
    number: int = await transaction.value(counted)
    return number


async def prune(transaction: Transaction, before: datetime, *, limit: int) -> Pruned:
    """The log first, then the steps, then the operations themselves."""
    oldest = sa.select(_c.id).where(*_old(before)).order_by(_c.created_at, _c.id)
    rows = await transaction.rows(oldest.limit(max(1, limit // _SHARE)))
    ids = [row["id"] for row in rows]
    if not ids:
        return Pruned(rows=0, operations=0)
    removed = 0
    for table in (operation_log, operation_steps):
        some = sa.select(table.c.number).where(table.c.operation_id.in_(ids)).limit(limit - removed)
        removed += await _delete(transaction, sa.delete(table).where(table.c.number.in_(some)))
        if removed >= limit:
            return Pruned(rows=removed, operations=0)
    gone = await _delete(
        transaction, sa.delete(operations).where(_c.id.in_(ids[: limit - removed]))
    )
    return Pruned(rows=removed + gone, operations=gone)


async def _delete(transaction: Transaction, statement: sa.Delete) -> int:
    deleted: sa.CursorResult[Any] = await transaction.execute(statement)
    return deleted.rowcount
