"""What has to happen to a database that was brought back, before anything works with it.

It believes in a moment that is past: what it holds as waiting or running must not start again by
itself, days later, on PCs that have moved on.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.operation import OperationStatus
from ldfleet.storage.access_tables import sessions
from ldfleet.storage.connections import Transaction
from ldfleet.storage.operations import ACTIVE
from ldfleet.storage.tables import (
    feed,
    feed_head,
    operation_slots,
    operations,
    schedule_pause,
    schedules,
)

REASON = "restored from a backup"
_c = operations.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was done to it."""

    cancelled: int
    """Operations that waited."""
    lost: int
    """Operations that ran."""
    paused: int
    """Schedules that stand still until somebody resumes them."""
    signed_out: int
    """Sessions: some may have been ended since."""


async def settle(transaction: Transaction, *, now: datetime, epoch: str) -> Settled:
    """Let nothing go on by itself; who follows the feed starts anew."""
    await transaction.execute(sa.delete(feed))
    await transaction.execute(sa.delete(feed_head))
    await transaction.execute(sa.insert(feed_head), [{"epoch": epoch, "seq": 0}])
    await transaction.execute(sa.delete(operation_slots))
    return Settled(
        cancelled=await _end_waiting(transaction, now),
        lost=await _end_running(transaction, now),
        paused=await _pause(transaction, now),
        signed_out=(await transaction.execute(sa.delete(sessions))).rowcount,
    )


async def _end_waiting(transaction: Transaction, now: datetime) -> int:
    waiting = sa.update(operations).where(_c.status == OperationStatus.QUEUED)
    ended = {"status": OperationStatus.CANCELLED, "finished_at": now, "waiting_for": None}
    done = await transaction.execute(waiting.values(message=REASON, **ended))
    return done.rowcount


async def _end_running(transaction: Transaction, now: datetime) -> int:
    running = await transaction.rows(sa.select(_c.id).where(_c.status.in_(ACTIVE)))
    for row in running:
        failure = errors.OperationLost(operation=row["id"], reason=f"ldfleet was {REASON}")
        ended = {"status": OperationStatus.LOST, "finished_at": now, "lease_until": None}
        lost = sa.update(operations).where(_c.id == row["id"])
        await transaction.execute(lost.values(failure=failure.dump(), **ended))
    return len(running)


async def _pause(transaction: Transaction, now: datetime) -> int:
    enabled = sa.select(sa.func.count()).where(schedules.c.enabled.is_(True))
    number: int = await transaction.value(enabled)
    if number:
        row = {"id": 1, "reason": REASON, "by": "restore", "since": now}
        await transaction.execute(sa.delete(schedule_pause))
        await transaction.execute(sa.insert(schedule_pause), [row])
    return number
