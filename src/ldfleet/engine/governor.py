"""The policy of admission: which queued operations may start now, and why the others wait.

Pure: it sees one reading of the queue and answers it. The unique indexes of storage hold what
is promised here even if this were wrong.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ldfleet.domain.ids import BatchId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation, around
from ldfleet.domain.verb import Lane, lanes_of
from ldfleet.domain.workstation import Workstation, WorkstationStatus
from ldfleet.ports import Candidate, Queue, Verdict

GLOBAL = "global"
_NEVER = datetime.min.replace(tzinfo=UTC)
_S = WorkstationStatus


_WORDS: Mapping[Lane, str] = {
    Lane.BOOT: "boots",
    Lane.DISK: "disk-heavy operations",
    Lane.LIGHT: "light operations",
    Lane.SCAN: "scans",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalLimits:
    """How much at once over all workstations."""

    operations: int = 200


def decide(queue: Queue, *, limits: GlobalLimits) -> Verdict:
    """Admit, in fair order, what has a place in each of its lanes."""
    places = _Places(queue)
    admitted: dict[OperationId, Mapping[str, int]] = {}
    waiting: dict[OperationId, str] = {}
    stirring: set[WorkstationId] = set()
    for candidate in _fairly(queue):
        obstacle = next(_obstacles(candidate, places, limits), None)
        if obstacle is None:
            lanes = (*_lanes(candidate.operation), *places.of_batch(candidate.operation))
            admitted[candidate.operation.id] = places.take(lanes)
            continue
        waiting[candidate.operation.id] = obstacle.words
        if obstacle.passes:
            stirring.add(candidate.workstation.id)
    return Verdict(admitted=admitted, waiting=waiting, stirring=frozenset(stirring))


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """What stands in the way; `passes`: it may go though nothing on the workstation changes."""

    words: str
    passes: bool = False


class _Places:
    """The taken slots and last starts, with what this verdict adds to them."""

    def __init__(self, queue: Queue) -> None:
        self.now = queue.now
        self._taken = {lane: set(slots) for lane, slots in queue.slots.items()}
        self._last_start = dict(queue.last_start)
        self._parallel = queue.parallel

    def of_batch(self, operation: Operation) -> Sequence[str]:
        """The lane of its batch, where that has a limit."""
        return () if operation.batch_id not in self._parallel else (_batch(operation.batch_id),)

    def parallel(self, operation: Operation) -> int | None:
        """How many operations of its batch may be in flight."""
        return None if operation.batch_id is None else self._parallel.get(operation.batch_id)

    def taken(self, lane: str) -> int:
        return len(self._taken.get(lane, ()))

    def gap_left(self, lane: str, gap: float) -> float:
        """Seconds until the lane may start the next one."""
        last = self._last_start.get(lane, _NEVER)
        if last is _NEVER:
            return 0.0
        # A start in the future was noted before the clock was set back: the gap is the most.
        return min(gap, (last + timedelta(seconds=gap) - self.now).total_seconds())

    def take(self, lanes: Sequence[str]) -> Mapping[str, int]:
        slots: dict[str, int] = {}
        for lane in lanes:
            taken = self._taken.setdefault(lane, set())
            slots[lane] = next(slot for slot in range(len(taken) + 1) if slot not in taken)
            taken.add(slots[lane])
            self._last_start[lane] = self.now
        return slots


def _lanes(operation: Operation) -> Sequence[str]:
    own = lanes_of(operation.verb, operation.params)
    return (
        *(_lane(operation.workstation_id, lane) for lane in own),
        GLOBAL,
        _share(operation.requested_by),
    )


def _lane(workstation_id: str, lane: Lane) -> str:
    return f"{workstation_id}/{lane}"


def _batch(batch_id: BatchId | None) -> str:
    return f"batch/{batch_id}"


def _share(requested_by: str) -> str:
    """A lane without a limit: it counts what somebody holds, for fairness."""
    return f"by/{requested_by}"


def _fairly(queue: Queue) -> Sequence[Candidate]:
    """By priority; then who holds least, then who was served longest ago; then age.

    What stands earlier in somebody's own line counts as if it were held already, so that the
    lines of many people interleave instead of the longest one going first.
    """
    ahead: Counter[tuple[int, str]] = Counter()
    ranked: list[tuple[int, int, datetime, int, Candidate]] = []
    for age, candidate in enumerate(queue.candidates):
        rank, who = candidate.operation.priority.rank, candidate.operation.requested_by
        held = len(queue.slots.get(_share(who), ())) + ahead[rank, who]
        ahead[rank, who] += 1
        last = queue.last_start.get(_share(who), _NEVER)
        ranked.append((rank, held, last, age, candidate))
    return [candidate for *_, candidate in sorted(ranked, key=lambda entry: entry[:4])]


def _obstacles(candidate: Candidate, places: _Places, limits: GlobalLimits) -> Iterator[_Obstacle]:
    """All that stands in the way, the most telling first."""
    workstation, operation = candidate.workstation, candidate.operation
    early = operation.early(places.now)
    if early is not None:
        yield _Obstacle(early, passes=True)
    for lane in lanes_of(operation.verb, operation.params):
        yield from _obstacles_in(lane, workstation, places)
    parallel = places.parallel(operation)
    if parallel is not None and places.taken(_batch(operation.batch_id)) >= parallel:
        words = f"{parallel} of {parallel} operations of its batch in flight"
        yield _Obstacle(words, passes=True)
    if places.taken(GLOBAL) >= limits.operations:
        words = f"{places.taken(GLOBAL)} of {limits.operations} operations in flight in all"
        yield _Obstacle(words, passes=True)


def _obstacles_in(lane: Lane, workstation: Workstation, places: _Places) -> Iterator[_Obstacle]:
    held_back = _held_back(workstation, lane, places.now)
    if held_back is not None:
        yield _Obstacle(held_back)
    key, allowed = _lane(workstation.id, lane), workstation.limits.of(lane)
    if places.taken(key) >= allowed:
        word = _WORDS[lane]
        yield _Obstacle(f"{places.taken(key)} of {allowed} {word} in flight on {workstation.name}")
    if lane is Lane.BOOT:
        left = places.gap_left(key, workstation.limits.boot_gap)
        if left > 0:
            words = f"next boot on {workstation.name} in {around(left)} s"
            yield _Obstacle(words, passes=True)


def _held_back(workstation: Workstation, lane: Lane, now: datetime) -> str | None:
    """Why this workstation takes nothing of this lane, whatever is free.

    A scan goes to an unreachable one too: it is how a person finds out what is the matter.
    """
    name = workstation.name
    match workstation.status:
        case _S.MAINTENANCE:
            return f"{name} is in maintenance: {workstation.maintenance}"
        case _S.UNREACHABLE if lane is not Lane.SCAN:
            return f"{name} is unreachable{_since(workstation.health.changed_at, now)}"
        case _S.AUTH_FAILED:
            return f"{name} refuses the login: correct its user or password"
        case _S.NO_DESKTOP if lane is Lane.BOOT:
            return f"nobody is logged on at {name}: an emulator needs a desktop to start"
        case _:
            return None


def _since(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    day = "" if at.date() == now.date() else f"{at:%Y-%m-%d} "
    return f" since {day}{at:%H:%M} UTC"
