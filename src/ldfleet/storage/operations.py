"""The operations on record: their rows, and what they may become."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.ids import BatchId, EmulatorId, OperationId, WorkstationId
from ldfleet.domain.listing import OPERATIONS
from ldfleet.domain.operation import (
    MOVES,
    LogLine,
    Operation,
    OperationStatus,
    Priority,
    Step,
)
from ldfleet.domain.verb import Lane, Verb
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.ports import OperationQuery, Page, Pruned
from ldfleet.storage import journal, retention
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Condition, Listing, within
from ldfleet.storage.paging import page_of
from ldfleet.storage.signals import Channel
from ldfleet.storage.tables import emulators, operation_slots, operations, workstations

_c, _w, _e = operations.c, workstations.c, emulators.c
HELD = 9
"""The rank of what is not admitted yet: behind every priority."""
_PIECE = 200  # rows made ready at once: others have their turn between the pieces
_HISTORY = 100  # successes that tell what is usual
UNFINISHED = tuple(status.value for status in OperationStatus if not status.over)
_LANES = frozenset(Lane)
ACTIVE = tuple(status.value for status in OperationStatus if status.active)
_OVER = tuple(status.value for status in OperationStatus if status.over)
_LISTING = Listing(
    noun=OPERATIONS,
    columns={
        "status": _c.status,
        "verb": _c.verb,
        "emulator": _e.name_folded,
        "workstation": _w.name,
        "site": _w.site,
        "priority": _c.priority,
        "by": _c.requested_by,
        "source": _c.source,
        "reason": _c.reason,
        "over": _c.status.in_(_OVER),
        "tries": _c.tries,
        "wave": _c.wave,
        "batch": _c.batch_id,
        "created": _c.created_at,
        "started": _c.started_at,
        "finished": _c.finished_at,
        "id": _c.id,
        "emulator_id": _c.emulator_id,
        "workstation_id": _c.workstation_id,
    },
    nullable=frozenset({"emulator", "started", "finished"}),
    own=Order("operations", (_c.created_at, _c.id), descending=True),
    id=_c.id,
)
_AWAY = (WorkstationStatus.UNREACHABLE, WorkstationStatus.AUTH_FAILED)
_BEFORE: Mapping[OperationStatus, Sequence[str]] = {
    after: [s.value for s in MOVES if s is after or after in MOVES[s]] for after in OperationStatus
} | {OperationStatus.RUNNING: [OperationStatus.RUNNING.value]}
"""The unfinished statuses that a row may have for it to become this one; only Admission starts."""
_PUT_BACK = {"owner": None, "lease_until": None, "started_at": None, "attempt": 0}


class StoredOperations:
    """`ports.Operations` in the table of operations and those around it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, operation_id: str) -> Operation:
        row = await self._transaction.row(sa.select(operations).where(_c.id == operation_id))
        if row is None:
            raise errors.OperationNotFound(operation=operation_id)
        return operation_of(row)

    async def hold(self, ids: Sequence[OperationId]) -> Mapping[OperationId, Operation]:
        wanted = sa.select(operations).where(_c.id.in_(ids)).order_by(_c.id).with_for_update()
        return {row["id"]: operation_of(row) for row in await self._transaction.rows(wanted)}

    async def list(
        self,
        query: OperationQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Operation]:
        statement = (
            sa.select(operations)
            .join(workstations, _w.id == _c.workstation_id)
            .outerjoin(emulators, _e.id == _c.emulator_id)
            .where(
                *_conditions(query),
                *_LISTING.matching(query.matching, on_postgresql=self._transaction.on_postgresql),
                *within(query.scope, site=_w.site, tags=(_w.tags, _e.tags)),
            )
        )
        order = _LISTING.order(
            query.sort, *_given(query).values(), query.unfinished, query.matching.text, query.scope
        )
        return await page_of(
            self._transaction,
            statement,
            order,
            operation_of,
            cursor=cursor,
            limit=limit,
            count=count,
        )

    async def add(self, operation: Operation) -> None:
        await self._transaction.execute(
            sa.insert(operations),
            [row_of(operation)],
            orphan=errors.WorkstationNotFound(workstation=operation.workstation_id),
        )
        self._transaction.ring(Channel.QUEUE)

    async def add_many(self, many: Sequence[Operation]) -> None:
        for start in range(0, len(many), _PIECE):
            some = many[start : start + _PIECE]
            await self._transaction.execute(
                sa.insert(operations),
                [row_of(operation) for operation in some],
                orphan=errors.WorkstationNotFound(workstation=some[0].workstation_id),
            )
        if many:
            self._transaction.ring(Channel.QUEUE)

    async def find_twin(self, operation: Operation) -> Operation | None:
        alike = sa.select(operations).where(
            _c.status == OperationStatus.QUEUED,
            _c.verb == operation.verb,
            _c.workstation_id == operation.workstation_id,
            _c.emulator_id.is_not_distinct_from(operation.emulator_id),
            _c.id != operation.id,
        )
        rows = await self._transaction.rows(alike.order_by(_c.created_at, _c.id))
        # Compared here: JSON text has no equality that both databases share.
        twins = (operation_of(row) for row in rows if row["params"] == dict(operation.params))
        return next(twins, None)

    async def unfinished_of(self, emulator_id: EmulatorId) -> Sequence[Operation]:
        wanted = sa.select(operations).where(
            _c.emulator_id == emulator_id, _c.status.in_(UNFINISHED)
        )
        rows = await self._transaction.rows(wanted.order_by(_c.created_at, _c.id))
        return [operation_of(row) for row in rows]

    async def overdue(self, *, now: datetime, away: timedelta, limit: int) -> Sequence[Operation]:
        long_ago, place = now - away, workstations.c
        lost = sa.and_(place.health_status.in_(_AWAY), place.changed_at <= long_ago)
        closed = sa.and_(place.maintenance.is_not(None), place.updated_at <= long_ago)
        waited = sa.and_(_c.created_at <= long_ago, sa.or_(lost, closed))
        overdue = (
            sa.select(operations)
            .join(workstations, place.id == _c.workstation_id)
            .where(_c.status == OperationStatus.QUEUED, sa.or_(_c.expires_at <= now, waited))
            .order_by(_c.created_at, _c.id)
            .limit(limit)
            .with_for_update(of=operations, skip_locked=True)
        )
        return [operation_of(row) for row in await self._transaction.rows(overdue)]

    async def unfinished_of_some(
        self, ids: Sequence[EmulatorId]
    ) -> Mapping[EmulatorId, Sequence[Operation]]:
        wanted = sa.select(operations).where(_c.emulator_id.in_(ids), _c.status.in_(UNFINISHED))
        found: dict[EmulatorId, list[Operation]] = {}
        for row in await self._transaction.rows(wanted.order_by(_c.created_at, _c.id)):
            found.setdefault(EmulatorId(row["emulator_id"]), []).append(operation_of(row))
        return found

    async def usual_seconds(self, verb: Verb) -> float | None:
        ended = sa.select(_c.started_at, _c.finished_at).where(
            _c.verb == verb,
            _c.status == OperationStatus.SUCCEEDED,
            _c.started_at.is_not(None),
        )
        rows = await self._transaction.rows(
            ended.order_by(_c.created_at.desc(), _c.id.desc()).limit(_HISTORY)
        )
        took = [(row["finished_at"] - row["started_at"]).total_seconds() for row in rows]
        return median(took) if took else None

    async def oldest_queued(self) -> datetime | None:
        waiting = sa.select(sa.func.min(_c.created_at)).where(
            _c.status == OperationStatus.QUEUED, _c.rank < HELD, _c.not_before.is_(None)
        )
        oldest: datetime | None = await self._transaction.value(waiting)
        return oldest

    async def places_taken(self) -> Mapping[WorkstationId, Mapping[Lane, int]]:
        counted = sa.select(operation_slots.c.lane, sa.func.count().label("number"))
        taken: dict[WorkstationId, dict[Lane, int]] = {}
        for row in await self._transaction.rows(counted.group_by(operation_slots.c.lane)):
            workstation_id, of_workstation, lane = row["lane"].partition("/")
            if of_workstation and lane in _LANES:
                taken.setdefault(WorkstationId(workstation_id), {})[Lane(lane)] = row["number"]
        return taken

    async def count_unfinished(self, workstation_id: WorkstationId) -> int:
        counted = sa.select(sa.func.count()).where(
            _c.workstation_id == workstation_id, _c.status.in_(UNFINISHED)
        )
        number: int = await self._transaction.value(counted)
        return number

    async def put(self, operation: Operation) -> None:
        if not await self._put([operation]):
            raise errors.RecordChanged(record=f"The operation {operation.id}")

    async def put_many(self, many: Sequence[Operation]) -> None:
        alike: dict[OperationStatus, list[Operation]] = {}
        for operation in many:
            alike.setdefault(operation.status, []).append(operation)
        for some in alike.values():
            if not await self._put(some):
                raise errors.RecordChanged(record=f"One of {len(some)} operations")

    async def _put(self, some: Sequence[Operation]) -> bool:
        """Owner, token, attempt and lease stay: they are Admission's (a lease would shrink)."""
        status = some[0].status
        queued = status is OperationStatus.QUEUED
        let_go = _PUT_BACK if queued else {"lease_until": None} if status.over else {}
        statement = (
            sa.update(operations)
            .where(
                _c.id == sa.bindparam("b_id"),
                _c.token == sa.bindparam("b_token"),
                # Not IN: it can't be run for many rows.
                sa.or_(*(_c.status == before for before in _BEFORE[status])),
            )
            .values(let_go)
        )
        rows = [{"b_id": x.id, "b_token": x.token, **_progress(x)} for x in some]
        if (await self._transaction.execute(statement, rows)).rowcount != len(some):
            return False
        if status.over or queued:
            ids = [operation.id for operation in some]
            freed = sa.delete(operation_slots).where(operation_slots.c.operation_id.in_(ids))
            await self._transaction.execute(freed)
            self._transaction.ring(Channel.QUEUE)
        return True

    async def put_steps(self, steps: Sequence[Step]) -> None:
        await journal.put_steps(self._transaction, steps)

    async def steps(self, operation_id: OperationId) -> Sequence[Step]:
        return await journal.steps(self._transaction, operation_id)

    async def log(self, lines: Sequence[LogLine]) -> None:
        await journal.log(self._transaction, lines)

    async def log_of(
        self, operation_id: OperationId, *, after: int = 0, limit: int = 500
    ) -> Sequence[tuple[int, LogLine]]:
        return await journal.log_of(self._transaction, operation_id, after=after, limit=limit)

    async def tally(
        self, scope: Scope | None = None
    ) -> Mapping[Verb, Mapping[OperationStatus, int]]:
        counted = (
            sa.select(_c.verb, _c.status, sa.func.count().label("number"))
            .select_from(_placed(scope))
            .where(*_inside(scope))
        )
        tally: dict[Verb, dict[OperationStatus, int]] = {}
        for row in await self._transaction.rows(counted.group_by(_c.verb, _c.status)):
            by_status = tally.setdefault(Verb(row["verb"]), {})
            by_status[OperationStatus(row["status"])] = row["number"]
        return tally

    async def count_old(self, before: datetime) -> int:
        return await retention.count_old(self._transaction, before)

    async def prune(self, before: datetime, *, limit: int) -> Pruned:
        return await retention.prune(self._transaction, before, limit=limit)

    async def counts(self, scope: Scope | None = None) -> Mapping[OperationStatus, int]:
        counted = (
            sa.select(_c.status, sa.func.count().label("number"))
            .select_from(_placed(scope))
            .where(*_inside(scope))
        )
        rows = await self._transaction.rows(counted.group_by(_c.status))
        found = {row["status"]: row["number"] for row in rows}
        return {status: found.get(status, 0) for status in OperationStatus}


def _placed(scope: Scope | None) -> sa.FromClause:
    """The operations, with where they are if that is asked about."""
    if scope is None:
        return operations
    return operations.join(workstations, _w.id == _c.workstation_id).outerjoin(
        emulators, _e.id == _c.emulator_id
    )


def _inside(scope: Scope | None) -> list[Condition]:
    return within(scope, site=_w.site, tags=(_w.tags, _e.tags))


def _given(query: OperationQuery) -> dict[str, str | None]:
    return {
        "workstation_id": query.workstation_id,
        "emulator_id": query.emulator_id,
        "status": query.status,
        "verb": query.verb,
        "batch_id": query.batch_id,
    }


def _conditions(query: OperationQuery) -> list[sa.ColumnElement[bool]]:
    given = {name: value for name, value in _given(query).items() if value is not None}
    conditions: list[sa.ColumnElement[bool]] = [_c[name] == given[name] for name in given]
    if query.unfinished:
        conditions.append(_c.status.in_(UNFINISHED))
    return conditions


def operation_of(row: Mapping[str, Any]) -> Operation:
    """The value of a row."""
    return Operation(
        id=OperationId(row["id"]),
        verb=Verb(row["verb"]),
        workstation_id=WorkstationId(row["workstation_id"]),
        emulator_id=None if row["emulator_id"] is None else EmulatorId(row["emulator_id"]),
        params=row["params"],
        status=OperationStatus(row["status"]),
        priority=Priority(row["priority"]),
        requested_by=row["requested_by"],
        source=row["source"],
        correlation_id=row["correlation_id"],
        reason=row["reason"],
        waiting_for=row["waiting_for"],
        progress=row["progress"],
        message=row["message"],
        result=row["result"],
        failure=row["failure"],
        attempt=row["attempt"],
        owner=row["owner"],
        token=row["token"],
        lease_until=row["lease_until"],
        timeout=row["timeout"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        batch_id=None if row["batch_id"] is None else BatchId(row["batch_id"]),
        wave=row["wave"],
        retry_of=None if row["retry_of"] is None else OperationId(row["retry_of"]),
        not_before=row["not_before"],
        expires_at=row["expires_at"],
        tries=row["tries"],
        held=row["rank"] == HELD,
    )


def row_of(operation: Operation) -> dict[str, Any]:
    """The whole row of a value."""
    return {
        **_progress(operation),
        **held(operation),
        "id": operation.id,
        "verb": operation.verb,
        "workstation_id": operation.workstation_id,
        "emulator_id": operation.emulator_id,
        "params": dict(operation.params),
        "priority": operation.priority,
        "rank": HELD if operation.held else operation.priority.rank,
        "requested_by": operation.requested_by,
        "source": operation.source,
        "correlation_id": operation.correlation_id,
        "timeout": operation.timeout,
        "created_at": operation.created_at,
        "batch_id": operation.batch_id,
        "wave": operation.wave,
        "retry_of": operation.retry_of,
        "expires_at": operation.expires_at,
    }


def held(operation: Operation) -> dict[str, Any]:
    """The columns that say who holds it: only admission and take-over write them."""
    return {
        "owner": operation.owner,
        "token": operation.token,
        "attempt": operation.attempt,
        "lease_until": operation.lease_until,
        "started_at": operation.started_at,
    }


def _progress(operation: Operation) -> dict[str, Any]:
    return {
        "status": operation.status,
        "reason": operation.reason,
        "waiting_for": operation.waiting_for,
        "progress": operation.progress,
        "message": operation.message,
        "result": None if operation.result is None else dict(operation.result),
        "failure": None if operation.failure is None else dict(operation.failure),
        "finished_at": operation.finished_at,
        "not_before": operation.not_before,
        "tries": operation.tries,
    }
