"""The batches on record. What rolls on (waves, times) stands with the policy, as one JSON value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.batch import Batch, BatchStatus, Counts, Policy
from ldfleet.domain.ids import BatchId, ScheduleId
from ldfleet.domain.nouns import BATCHES
from ldfleet.domain.operation import OperationStatus, Priority
from ldfleet.domain.verb import Verb
from ldfleet.ports import Listed, Page
from ldfleet.storage.columns import from_micros, to_micros
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Condition, Listing, within
from ldfleet.storage.operations import HELD
from ldfleet.storage.paging import listed
from ldfleet.storage.signals import Channel
from ldfleet.storage.tables import batches, emulators, operations, workstations

_c, _o = batches.c, operations.c
_LISTING = Listing(
    noun=BATCHES,
    columns={
        "status": _c.status,
        "verb": _c.verb,
        "targets": _c.total,
        "by": _c.requested_by,
        "source": _c.source,
        "reason": _c.reason,
        "over": _c.finished_at.is_not(None),
        "schedule": _c.schedule_id,
        "created": _c.created_at,
        "finished": _c.finished_at,
        "id": _c.id,
    },
    nullable=frozenset({"finished"}),
    own=Order("batches", (_c.created_at, _c.id), descending=True),
    id=_c.id,
)
_RANKS = {str(priority): priority.rank for priority in Priority}


class StoredBatches:
    """`ports.Batches` in the tables of batches and operations."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, batch_id: str, *, lock: bool = False) -> Batch:
        wanted = sa.select(batches).where(_c.id == batch_id)
        row = await self._transaction.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise errors.BatchNotFound(batch=batch_id)
        return _batch_of(row)

    async def list(
        self,
        *,
        status: BatchStatus | None = None,
        scope: Scope | None = None,
        **how: Unpack[Listed],
    ) -> Page[Batch]:
        statement = sa.select(batches).where(*_within(scope))
        if status is not None:
            statement = statement.where(_c.status == status)
        return await listed(self._transaction, statement, _LISTING, _batch_of, how, status, scope)

    async def among(self, batch_ids: Sequence[str], scope: Scope) -> frozenset[BatchId]:
        wanted = sa.select(_c.id).where(_c.id.in_(batch_ids), *_within(scope))
        return frozenset(BatchId(row["id"]) for row in await self._transaction.rows(wanted))

    async def unfinished(self) -> Sequence[BatchId]:
        wanted = sa.select(_c.id).where(_c.finished_at.is_(None))
        rows = await self._transaction.rows(wanted.order_by(_c.created_at, _c.id))
        return [BatchId(row["id"]) for row in rows]

    async def add(self, batch: Batch) -> None:
        await self._transaction.execute(sa.insert(batches), [_row_of(batch)])

    async def put(self, batch: Batch) -> None:
        statement = (
            sa.update(batches)
            .where(_c.id == batch.id)
            .values(
                status=batch.status,
                policy=_rolling(batch),
                halted=batch.halted,
                finished_at=batch.finished_at,
            )
        )
        await self._transaction.execute(statement)

    async def counts(self, batch_ids: Sequence[BatchId]) -> Mapping[BatchId, Counts]:
        counted = (
            sa.select(_o.batch_id, _o.wave, _o.status, sa.func.count().label("number"))
            .where(_o.batch_id.in_(batch_ids))
            .group_by(_o.batch_id, _o.wave, _o.status)
        )
        found: dict[BatchId, dict[int | None, dict[OperationStatus, int]]] = {
            batch_id: {} for batch_id in batch_ids
        }
        for row in await self._transaction.rows(counted):
            of_wave = found[BatchId(row["batch_id"])].setdefault(row["wave"], {})
            of_wave[OperationStatus(row["status"])] = row["number"]
        return found

    async def hold(self, batch_id: BatchId, why: str) -> None:
        held = sa.update(operations).where(*_queued(batch_id), _o.rank != HELD)
        await self._transaction.execute(held.values(rank=HELD, waiting_for=why))

    async def release(self, batch_id: BatchId, *, upto: int) -> None:
        freed = sa.update(operations).where(*_queued(batch_id), _o.rank == HELD, _o.wave <= upto)
        rank = sa.case(_RANKS, value=_o.priority)
        await self._transaction.execute(freed.values(rank=rank, waiting_for="its turn"))
        self._transaction.ring(Channel.QUEUE)

    async def at_large(self, batch_id: BatchId) -> bool:
        loose = sa.select(_o.id).where(*_queued(batch_id), _o.rank != HELD).limit(1)
        return await self._transaction.row(loose) is not None

    async def cancel_queued(self, batch_id: BatchId, *, at: datetime) -> None:
        statement = (
            sa.update(operations)
            .where(*_queued(batch_id))
            .values(status=OperationStatus.CANCELLED, finished_at=at, waiting_for=None)
        )
        await self._transaction.execute(statement)
        self._transaction.ring(Channel.QUEUE)

    async def prune(self, before: datetime, *, limit: int) -> int:
        left = sa.exists().where(_o.batch_id == _c.id)
        # It began before it ended; the index is by its beginning.
        old = sa.select(_c.id).where(_c.created_at < before, _c.finished_at < before, ~left)
        some = old.order_by(_c.created_at, _c.id).limit(limit)
        removed = await self._transaction.execute(sa.delete(batches).where(_c.id.in_(some)))
        return removed.rowcount


def _within(scope: Scope | None) -> list[Condition]:
    """That there is something of the batch, and nothing outside of the scope."""
    if scope is None:
        return []
    placed = operations.join(workstations, workstations.c.id == _o.workstation_id).outerjoin(
        emulators, emulators.c.id == _o.emulator_id
    )
    [inside] = within(scope, site=workstations.c.site, tags=(workstations.c.tags, emulators.c.tags))
    mine = sa.exists().select_from(placed).where(_o.batch_id == _c.id)
    # An operation on a workstation has no emulator's tags, and nothing is known of those.
    return [mine, ~mine.where(sa.not_(sa.func.coalesce(inside, sa.false())))]


def _queued(batch_id: BatchId) -> tuple[sa.ColumnElement[bool], ...]:
    return (_o.batch_id == batch_id, _o.status == OperationStatus.QUEUED)


async def parallel_of_batches(transaction: Transaction) -> Mapping[BatchId, int]:
    """How many operations may be in flight of each open batch that says so."""
    opened = await transaction.rows(sa.select(_c.id, _c.policy).where(_c.finished_at.is_(None)))
    said = ((row["id"], row["policy"].get("max_parallel")) for row in opened)
    return {BatchId(batch_id): number for batch_id, number in said if number is not None}


def _batch_of(row: Mapping[str, Any]) -> Batch:
    rolling = row["policy"]
    next_at, retry_of, schedule = rolling["next_at"], rolling["retry_of"], row["schedule_id"]
    return Batch(
        id=BatchId(row["id"]),
        verb=Verb(row["verb"]),
        params=row["params"],
        status=BatchStatus(row["status"]),
        policy=Policy(
            waves=tuple(rolling["waves"]),
            # batches of an earlier version have neither
            wave_size=rolling.get("wave_size"),
            max_parallel=rolling.get("max_parallel"),
            pause=rolling["pause"],
            stop_on_failures=rolling["stop_on_failures"],
        ),
        total=row["total"],
        sizes=tuple(rolling["sizes"]),
        released=rolling["released"],
        next_at=None if next_at is None else from_micros(next_at),
        forgiven=rolling["forgiven"],
        halted=row["halted"],
        retry_of=None if retry_of is None else BatchId(retry_of),
        schedule_id=None if schedule is None else ScheduleId(schedule),
        requested_by=row["requested_by"],
        source=row["source"],
        reason=row["reason"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


def _row_of(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "verb": batch.verb,
        "params": dict(batch.params),
        "status": batch.status,
        "policy": _rolling(batch),
        "total": batch.total,
        "requested_by": batch.requested_by,
        "source": batch.source,
        "reason": batch.reason,
        "halted": batch.halted,
        "schedule_id": batch.schedule_id,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
    }


def _rolling(batch: Batch) -> dict[str, Any]:
    return {
        "waves": list(batch.policy.waves),
        "wave_size": batch.policy.wave_size,
        "max_parallel": batch.policy.max_parallel,
        "pause": batch.policy.pause,
        "stop_on_failures": batch.policy.stop_on_failures,
        "sizes": list(batch.sizes),
        "released": batch.released,
        "next_at": None if batch.next_at is None else to_micros(batch.next_at),
        "forgiven": batch.forgiven,
        "retry_of": batch.retry_of,
    }
