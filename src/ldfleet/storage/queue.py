"""What admission looks at: the heads of the queue, the taken slots, the workstations.

A workstation on which nothing can start until something there changes is settled, and left out
of the next looks until its queue, its slots or itself are not as they were. So an admission
costs as much as there is to decide, not as much as there is to wait.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ldfleet.domain.ids import BatchId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Candidate, Clock, Queue, Verdict
from ldfleet.storage.batches import parallel_of_batches
from ldfleet.storage.connections import Transaction
from ldfleet.storage.operations import ACTIVE, HELD, operation_of
from ldfleet.storage.tables import lane_starts, operation_slots, operations, workstations
from ldfleet.storage.workstations import workstation_of

_c, _place = operations.c, workstations.c
_AT_ONCE = 500  # ids in one IN list
_HEADS = 8  # candidates of one person and verb on one workstation; few can start at once there
_NET = 30.0  # seconds: settled or not, everything is looked at again
_WAITING = sa.and_(_c.status == OperationStatus.QUEUED, _c.rank < HELD)
_Slots = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reading, and how each workstation that was looked at was found."""

    queue: Queue
    found: Mapping[WorkstationId, object]


class View:
    """What is remembered between two looks; most of a full queue is the same at the next one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_at = 0.0
        self._settled: dict[WorkstationId, object] = {}
        self._known: dict[WorkstationId, Mapping[OperationId, Operation]] = {}
        self._places: dict[WorkstationId, tuple[object, Workstation]] = {}

    async def look(self, transaction: Transaction, now: datetime) -> Look:
        """Read what has to be decided on."""
        if self._clock.monotonic() - self._looked_at >= _NET:
            self._looked_at = self._clock.monotonic()
            self._settled.clear()
        lines = await transaction.rows(_LINES)
        self._known = {row["id"]: self._known.get(row["id"], {}) for row in lines}
        slots = await _slots(transaction)
        by_place = _by_place(slots)
        marks = {row["id"]: (tuple(row.values()), by_place.get(row["id"])) for row in lines}
        found = {key: mark for key, mark in marks.items() if self._settled.get(key) != mark}
        candidates: Sequence[Candidate] = ()
        last_start: Mapping[str, datetime] = {}
        parallel: Mapping[BatchId, int] = {}
        if found:
            candidates = await self._candidates(transaction, lines, found, now)
            starts = await transaction.rows(sa.select(lane_starts))
            last_start = {row["lane"]: row["started_at"] for row in starts}
            parallel = await parallel_of_batches(transaction)
        queue = Queue(
            now=now,
            candidates=candidates,
            slots=slots,
            last_start=last_start,
            parallel=parallel,
        )
        return Look(queue=queue, found=found)

    def settle(self, look: Look, verdict: Verdict) -> None:
        """To be called when the verdict is committed."""
        if verdict.stirring is None:
            return
        stirring = verdict.stirring | {
            candidate.operation.workstation_id
            for candidate in look.queue.candidates
            if candidate.operation.id in verdict.admitted
        }
        for key, mark in look.found.items():
            if key in stirring:
                self._settled.pop(key, None)
            else:
                self._settled[key] = mark

    async def _candidates(
        self,
        transaction: Transaction,
        lines: Sequence[Mapping[str, Any]],
        found: Collection[WorkstationId],
        now: datetime,
    ) -> Sequence[Candidate]:
        queued = await self._heads(transaction, found, now)
        await self._read_places(transaction, [row for row in lines if row["id"] in found])
        return [
            Candidate(operation=operation, workstation=self._places[operation.workstation_id][1])
            for operation in queued
            if operation.workstation_id in self._places
        ]

    async def _heads(
        self, transaction: Transaction, found: Collection[WorkstationId], now: datetime
    ) -> Sequence[Operation]:
        """Only what is new is read whole."""
        heads = await transaction.rows(_heads(now, found))
        known = {key: value for place in found for key, value in self._known[place].items()}
        fresh = {
            row["id"]: known[row["id"]]
            for row in heads
            if row["id"] in known and _is_like(row, known[row["id"]])
        }
        fresh |= await whole(transaction, [row["id"] for row in heads if row["id"] not in fresh])
        by_place: dict[WorkstationId, dict[OperationId, Operation]] = {key: {} for key in found}
        for operation in fresh.values():
            by_place[operation.workstation_id][operation.id] = operation
        self._known |= by_place
        # On PostgreSQL one may have been removed, or have ended, between the two looks.
        read = (fresh.get(row["id"]) for row in heads)
        return [one for one in read if one and one.status is OperationStatus.QUEUED]

    async def _read_places(
        self, transaction: Transaction, lines: Sequence[Mapping[str, Any]]
    ) -> None:
        """What people set of a workstation has a version; of its health, its changes count."""
        marks = {row["id"]: tuple(row[name] for name in _OF_PLACE) for row in lines}
        stale = [
            key
            for key, mark in marks.items()
            if key not in self._places or self._places[key][0] != mark
        ]
        for start in range(0, len(stale), _AT_ONCE):
            some = sa.select(workstations).where(_place.id.in_(stale[start : start + _AT_ONCE]))
            for row in await transaction.rows(some):
                self._places[row["id"]] = (marks[row["id"]], workstation_of(row))


async def whole(
    transaction: Transaction, ids: Sequence[OperationId]
) -> dict[OperationId, Operation]:
    """The operations of these ids."""
    found: dict[OperationId, Operation] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = sa.select(operations).where(_c.id.in_(ids[start : start + _AT_ONCE]))
        found |= {row["id"]: operation_of(row) for row in await transaction.rows(some)}
    return found


_OF_PLACE = ("version", "health_status", "changed_at")
_waiting = (
    sa.select(
        _c.workstation_id, sa.func.count().label("number"), sa.func.max(_c.id).label("newest")
    )
    .where(_WAITING)
    .group_by(_c.workstation_id)
    .subquery()
)
_LINES = sa.select(
    _place.id, *(_place[name] for name in _OF_PLACE), _waiting.c.number, _waiting.c.newest
).join(_waiting, _waiting.c.workstation_id == _place.id)
"""The workstations that something waits for, and what tells that this has changed."""


async def _slots(transaction: Transaction) -> _Slots:
    slot = sa.cast(operation_slots.c.slot, sa.Text())
    taken = sa.select(
        operation_slots.c.lane, sa.func.aggregate_strings(slot, ",").label("slots")
    ).group_by(operation_slots.c.lane)
    rows = await transaction.rows(taken)
    return {row["lane"]: frozenset(map(int, row["slots"].split(","))) for row in rows}


def _by_place(slots: _Slots) -> Mapping[str, frozenset[tuple[str, frozenset[int]]]]:
    """What is taken on each workstation: its lanes are called after it."""
    found: dict[str, set[tuple[str, frozenset[int]]]] = {}
    for lane, taken in slots.items():
        place, _, name = lane.partition("/")
        found.setdefault(place, set()).add((name, taken))
    return {place: frozenset(lanes) for place, lanes in found.items()}


def _is_like(row: Mapping[str, Any], known: Operation) -> bool:
    return bool(row["waiting_for"] == known.waiting_for and row["token"] == known.token)


def _heads(now: datetime, places: Collection[WorkstationId]) -> sa.Select[Any, Any, Any, Any]:
    """The first of each emulator; of these the first few of each workstation, verb and person.

    Those whose time has not come are looked at for their sentence, and hide no others.
    """
    first = (_c.rank, _c.created_at, _c.id)
    active = sa.select(_c.emulator_id).where(_c.status.in_(ACTIVE), _c.emulator_id.is_not(None))
    turn = sa.func.row_number().over(
        partition_by=sa.func.coalesce(_c.emulator_id, _c.id), order_by=first
    )
    lines = (
        sa.select(
            _c.id,
            _c.workstation_id,
            _c.verb,
            _c.requested_by,
            sa.func.coalesce(_c.not_before > now, sa.false()).label("early"),
            *first[:2],
            turn.label("turn"),
        )
        .where(
            _WAITING,
            sa.or_(_c.emulator_id.is_(None), _c.emulator_id.not_in(active)),
            sa.true() if len(places) > _AT_ONCE else _c.workstation_id.in_(places),
        )
        .subquery()
    )
    place = sa.func.row_number().over(
        partition_by=(
            lines.c.workstation_id,
            lines.c.verb,
            lines.c.requested_by,
            lines.c.early,
        ),
        order_by=(lines.c.rank, lines.c.created_at, lines.c.id),
    )
    heads = sa.select(lines.c.id, place.label("place")).where(lines.c.turn == 1).subquery()
    return (
        sa.select(_c.id, _c.workstation_id, _c.waiting_for, _c.token)
        .join(heads, heads.c.id == _c.id)
        .where(heads.c.place <= _HEADS)
        .order_by(*first)
    )
