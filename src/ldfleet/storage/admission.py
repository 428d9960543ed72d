"""The queue's transactions: what may start is decided and written in one, by one at a time.

One at a time is `BEGIN IMMEDIATE` on SQLite and an advisory lock on PostgreSQL. That an emulator
or a slot is never given twice does not rest on that lock but on unique indexes (engine.md 4).

Leases are written and judged by one clock: the database's on PostgreSQL, where several machines
hold them, the process's own on SQLite. All other times are the Clock's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.telling import of_operation
from ldfleet.ports import Clock, Queue, Sent, Verdict
from ldfleet.storage.connections import Connections, Transaction
from ldfleet.storage.feed import publish
from ldfleet.storage.operations import ACTIVE, held, operation_of
from ldfleet.storage.queue import View, whole
from ldfleet.storage.signals import Channel
from ldfleet.storage.tables import lane_starts, operation_slots, operations

_c = operations.c
_LOCK = 0x6C64666C656574  # "ldfleet": the key of the advisory lock
_TOLD = 100  # new sentences that one admission puts into the feed; the rows have them all


class StoredAdmission:
    """`ports.Admission` on the tables of operations, slots and lane starts."""

    def __init__(self, connections: Connections, clock: Clock, *, keep_events: int) -> None:
        self._connections = connections
        self._clock = clock
        self._keep_events = keep_events
        self._heard = 0
        self._view = View(clock)

    async def admit(
        self, decide: Callable[[Queue], Verdict], *, owner: str, lease: timedelta
    ) -> Sequence[Operation]:
        async with self._connections.transaction() as transaction:
            if transaction.on_postgresql:
                await transaction.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            now = self._clock.now()
            look = await self._view.look(transaction, now)
            verdict = decide(look.queue)
            waiting = {c.operation.id: c.operation for c in look.queue.candidates}
            until = await self._now(transaction) + lease if verdict.admitted else None
            wanted = [
                (replace(moved, lease_until=until), verdict.admitted[moved.id])
                for moved in (
                    waiting[operation_id].admitted(owner=owner, now=now, lease=lease)
                    for operation_id in verdict.admitted
                )
            ]
            started = await _write(transaction, wanted)
            lanes = {lane for started_id in started for lane in verdict.admitted[started_id]}
            starts = [{"lane": lane, "started_at": now} for lane in sorted(lanes)]
            await transaction.upsert(lane_starts, starts, key=["lane"])
            told = await _tell_waiting(transaction, waiting, verdict, frozenset(started))
            stored = await whole(transaction, started)
            admitted = [stored[started_id] for started_id in started]
            events = [of_operation(operation, at=now) for operation in (*admitted, *told)]
            if events:
                await publish(transaction, events, keep=self._keep_events)
        self._view.settle(look, verdict)
        return admitted

    async def renew(self, *, owner: str, lease: timedelta) -> Sequence[Operation]:
        async with self._connections.transaction() as transaction:
            statement = (
                sa.update(operations)
                .where(*_in_order(_c.owner == owner, _c.status.in_(ACTIVE)))
                .values(lease_until=self._until(transaction, lease))
                .returning(*_c)
            )
            return [operation_of(row) for row in await transaction.rows(statement)]

    async def release(self, *, owner: str) -> None:
        # The attempt is given back, save the first: works must know that they ran before.
        again = sa.case((_c.attempt > 1, _c.attempt - 1), else_=_c.attempt)
        async with self._connections.transaction() as transaction:
            statement = (
                sa.update(operations)
                .where(*_in_order(_c.owner == owner, _c.status.in_(ACTIVE)))
                .values(lease_until=await self._now(transaction), attempt=again)
            )
            await transaction.execute(statement)

    async def claim(
        self, sent: Sequence[Sent], *, owner: str, lease: timedelta
    ) -> Mapping[OperationId, Operation]:
        wanted = [(one.operation_id, one.token, one.sender) for one in sent]
        async with self._connections.transaction() as transaction:
            statement = (
                sa.update(operations)
                .where(
                    *_in_order(
                        _c.id.in_([one.operation_id for one in sent]),
                        sa.tuple_(_c.id, _c.token, _c.owner).in_(wanted),
                        _c.status.in_(ACTIVE),
                    )
                )
                .values(owner=owner, lease_until=self._until(transaction, lease))
                .returning(*_c)
            )
            rows = await transaction.rows(statement)
        return {row["id"]: operation_of(row) for row in rows}

    async def abandoned(self, *, all_owners: bool = False) -> Sequence[Operation]:
        statement = sa.select(operations).where(_c.status.in_(ACTIVE))
        async with self._connections.transaction(writes=False) as transaction:
            if not all_owners:
                now = await self._now(transaction)
                statement = statement.where(sa.or_(_c.lease_until.is_(None), _c.lease_until <= now))
            rows = await transaction.rows(statement.order_by(_c.created_at, _c.id))
        return [operation_of(row) for row in rows]

    async def take_over(
        self, abandoned: Sequence[Operation], *, owner: str, lease: timedelta
    ) -> Sequence[Operation]:
        if not abandoned:
            return []
        known = {operation.id: operation for operation in abandoned}
        async with self._connections.transaction() as transaction:
            statement = sa.select(operations).where(_c.id.in_(known), _c.status.in_(ACTIVE))
            rows = await transaction.rows(statement.order_by(_c.id).with_for_update())
            now = await self._now(transaction)
            taken = {
                row.id: row.taken_over(owner=owner, now=now, lease=lease)
                for row in map(operation_of, rows)
                if _is_left(row, known[row.id])
            }
            if taken:
                change = sa.update(operations).where(_c.id == sa.bindparam("b_id"))
                values = [{"b_id": row.id, **held(row)} for row in taken.values()]
                await transaction.execute(change, values)
        return [taken[key] for key in known if key in taken]

    def _until(self, transaction: Transaction, lease: timedelta) -> Any:
        """The end of a lease from now on, as a value to be written."""
        if not transaction.on_postgresql:
            return self._clock.now() + lease
        return sa.func.clock_timestamp() + lease

    async def _now(self, transaction: Transaction) -> datetime:
        """The time that leases go by."""
        if not transaction.on_postgresql:
            return self._clock.now()
        now: datetime = await transaction.value(sa.select(sa.func.clock_timestamp()))
        return now

    def wake(self) -> None:
        self._connections.signals.ring_everywhere(Channel.QUEUE)

    async def woken(self, timeout: float) -> None:  # noqa: ASYNC109 - the port's name for it
        signals = self._connections.signals
        await signals.listen()
        bell = signals.bells[Channel.QUEUE]
        await bell.wait(since=self._heard, at_most=timeout)
        self._heard = bell.rings


def _in_order(*conditions: sa.ColumnElement[bool]) -> Sequence[sa.ColumnElement[bool]]:
    """Rows are locked by id, as the runners' writes lock them, so that none block each other."""
    locked = sa.select(_c.id).where(*conditions).order_by(_c.id).with_for_update()
    return [_c.id.in_(locked), *conditions]


def _is_left(row: Operation, as_seen: Operation) -> bool:
    """A lease that was renewed meanwhile shows that the owner lives after all."""
    return (row.token, row.lease_until) == (as_seen.token, as_seen.lease_until)


_Wanted = Sequence[tuple[Operation, Mapping[str, int]]]


async def _write(transaction: Transaction, wanted: _Wanted) -> Sequence[OperationId]:
    """Start them all at once; where an index or a changed row says no, find out which by halves."""
    if not wanted:
        return []
    try:
        async with transaction.savepoint():
            await _start(transaction, wanted)
    except (IntegrityError, _ChangedMeanwhile):
        half = len(wanted) // 2
        if not half:
            return []
        first = await _write(transaction, wanted[:half])
        return [*first, *await _write(transaction, wanted[half:])]
    return [operation.id for operation, _ in wanted]


class _ChangedMeanwhile(Exception):
    """A row is no longer queued: cancelled between the reading and the writing."""


async def _start(transaction: Transaction, wanted: _Wanted) -> None:
    statement = (
        sa.update(operations)
        .where(_c.id == sa.bindparam("b_id"), _c.status == OperationStatus.QUEUED)
        .values(status=OperationStatus.RUNNING, waiting_for=None, message=None)
    )
    rows = [{"b_id": operation.id, **held(operation)} for operation, _ in wanted]
    result = await transaction.execute(statement, rows)
    if result.rowcount != len(wanted):
        raise _ChangedMeanwhile
    slots = [
        {"lane": lane, "slot": slot, "operation_id": operation.id}
        for operation, lanes in wanted
        for lane, slot in lanes.items()
    ]
    if slots:
        await transaction.execute(sa.insert(operation_slots), slots)


async def _tell_waiting(
    transaction: Transaction,
    waiting: Mapping[OperationId, Operation],
    verdict: Verdict,
    started: frozenset[OperationId],
) -> Sequence[Operation]:
    """Write the sentences that are new; gives those operations that the feed has to tell of."""
    changed = [
        replace(waiting[operation_id], waiting_for=reason)
        for operation_id, reason in verdict.waiting.items()
        if operation_id not in started and waiting[operation_id].waiting_for != reason
    ]
    if changed:
        statement = (
            sa.update(operations)
            .where(_c.id == sa.bindparam("b_id"), _c.status == OperationStatus.QUEUED)
            .values(waiting_for=sa.bindparam("b_reason"))
        )
        rows = [{"b_id": one.id, "b_reason": one.waiting_for} for one in changed]
        await transaction.execute(statement, rows)
    # A batch is told of by its counts alone (architecture.md 6).
    return [one for one in changed if one.batch_id is None][:_TOLD]
