"""Many operations asked for at once: in waves, with pauses, stopped when too many fail."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, Self

from ldfleet import errors
from ldfleet.domain.ids import BatchId, ScheduleId, WorkstationId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import RULES, Lane, Verb
from ldfleet.domain.workstation import Workstation

MOST_TARGETS = 10_000
MOST_WAVES = 100
MOST_WAVES_IN_ALL = 1_000
LONGEST_PAUSE = 86_400.0  # seconds: a day
_AMOUNT = re.compile(r"([1-9]\d{0,4})(%?)", re.ASCII)
_WHOLE = 100
_S = OperationStatus

_HARD = frozenset({_S.FAILED, _S.TIMED_OUT, _S.LOST, _S.EXPIRED})
RETRIED = frozenset({*_HARD, _S.SKIPPED})
"""What `retry` repeats; what a person cancelled is not."""


class BatchStatus(StrEnum):
    """Where a batch is in its life; the last four are for good."""

    RUNNING = auto()
    PAUSED = auto()
    """By a person: what runs goes on, nothing new starts."""
    HALTED = auto()
    """As paused, because too many had failed."""
    CANCELLING = auto()
    """What had not started is cancelled; what runs goes on to its end."""
    SUCCEEDED = auto()
    """All of its operations did."""
    PARTIAL = auto()
    """Some of its operations succeeded."""
    FAILED = auto()
    """None of its operations succeeded."""
    CANCELLED = auto()

    @property
    def over(self) -> bool:
        """It has ended for good."""
        return self in _ENDS


_ENDS = frozenset(
    {BatchStatus.SUCCEEDED, BatchStatus.PARTIAL, BatchStatus.FAILED, BatchStatus.CANCELLED}
)
STANDING = frozenset({BatchStatus.PAUSED, BatchStatus.HALTED})


def check_one_way(*, ids: bool, filter_: bool, everything: bool) -> None:
    """Whether what is meant is said in one way. Raises FieldInvalid."""
    if ids + filter_ + everything != 1:
        raise errors.FieldInvalid(
            field="ids", reason="send either ids, or a filter, or all: true; one of them"
        )


def check_says_something(filter_: str) -> None:
    """An empty variable of a script does not mean the whole farm. Raises FieldInvalid."""
    if not filter_.strip():
        raise errors.FieldInvalid(
            field="filter", reason="it must not be blank; to mean all there are, send all: true"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a batch rolls out. Amounts are numbers of targets (`5`) or shares (`25%`)."""

    waves: tuple[str, ...] = ()
    """Sizes of the first waves."""
    wave_size: int | None = None
    """Of all waves after these; None: one more takes the rest."""
    max_parallel: int | None = None
    """Operations of it in flight at once, besides the limits of the workstations."""
    pause: float = 0.0
    """Seconds between the end of a wave and the release of the next."""
    stop_on_failures: str | None = None
    """It halts once so many have failed; a share is one of the targets released so far."""

    def checked(self) -> Self:
        """The policy, if it can be followed. Raises FieldInvalid."""
        if len(self.waves) > MOST_WAVES:
            raise errors.FieldInvalid(
                field="policy.waves", reason=f"there must be at most {MOST_WAVES}; leave some out"
            )
        for wave in self.waves:
            _amount("policy.waves", wave)
        for name in ("wave_size", "max_parallel"):
            number = getattr(self, name)
            if number is not None and not 1 <= number <= MOST_TARGETS:
                raise errors.FieldInvalid(
                    field=f"policy.{name}", reason=f"it must be from 1 to {MOST_TARGETS}"
                )
        if not 0 <= self.pause <= LONGEST_PAUSE:
            raise errors.FieldInvalid(
                field="policy.pause_s", reason=f"it must be from 0 to {LONGEST_PAUSE:g} seconds"
            )
        if self.stop_on_failures is not None:
            _amount("policy.stop_on_failures", self.stop_on_failures)
        return self

    def sizes(self, total: int) -> tuple[int, ...]:
        """How many targets are in each wave; together `total`. Raises FieldInvalid."""
        sizes: list[int] = []
        left = total
        for wave in self.waves:
            size = min(left, _number_of(wave, total))
            if size:
                sizes.append(size)
            left -= size
        each = self.wave_size or left
        if left and len(sizes) + math.ceil(left / each) > MOST_WAVES_IN_ALL:
            raise errors.FieldInvalid(
                field="policy.wave_size",
                reason=f"{total} targets would make more than {MOST_WAVES_IN_ALL} waves; raise it",
            )
        while left > 0:
            sizes.append(min(left, each))
            left -= each
        return tuple(sizes)

    def too_many(self, failures: int, released: int) -> bool:
        """Whether it has to halt."""
        if self.stop_on_failures is None or not failures:
            return False
        return failures >= _number_of(self.stop_on_failures, released)


ALL_AT_ONCE = Policy()


def _amount(field: str, text: str) -> tuple[int, bool]:
    found = _AMOUNT.fullmatch(text)
    if found is None or (found[2] and int(found[1]) > _WHOLE):
        raise errors.FieldInvalid(
            field=field, reason=f"{text!r} must be a number from 1, or a share; write 5 or 25%"
        )
    return int(found[1]), bool(found[2])


def _number_of(text: str, total: int) -> int:
    number, share = _amount("amount", text)
    return max(1, math.ceil(number * total / _WHOLE)) if share else number


Counts = Mapping[int | None, Mapping[OperationStatus, int]]
"""How many operations of a batch are in each status, by wave; those refused have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One request for many operations, its targets frozen at acceptance."""

    id: BatchId
    verb: Verb
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    status: BatchStatus = BatchStatus.RUNNING
    policy: Policy = Policy()
    total: int
    """Its targets, with those that were refused at acceptance."""
    sizes: tuple[int, ...] = ()
    """Of its waves."""
    released: int = 1
    """The last wave whose operations may start."""
    next_at: datetime | None = None
    """When the next wave is released, once it is known."""
    forgiven: int = 0
    """Failures that a person saw and went on from."""
    halted: str | None = None
    """Why it halted: a sentence."""
    retry_of: BatchId | None = None
    schedule_id: ScheduleId | None = None
    requested_by: str
    source: str
    reason: str | None = None
    created_at: datetime
    finished_at: datetime | None = None

    def paused(self) -> Self:
        """Nothing new starts. Raises BatchFinished."""
        self._check_open()
        return self if self.status in STANDING else replace(self, status=BatchStatus.PAUSED)

    def continued(self, counts: Counts) -> Self:
        """On again; what has failed so far is forgiven. Raises BatchFinished."""
        self._check_open()
        if self.status not in STANDING:
            return self
        return replace(self, status=BatchStatus.RUNNING, halted=None, forgiven=failures_of(counts))

    def cancelling(self) -> Self:
        """What has not started never will. Raises BatchFinished."""
        if self.status is BatchStatus.CANCELLING:
            return self
        self._check_open()
        return replace(self, status=BatchStatus.CANCELLING, next_at=None)

    def _check_open(self) -> None:
        if self.status.over or self.status is BatchStatus.CANCELLING:
            raise errors.BatchFinished(batch=self.id, outcome=self.status)

    def advanced(self, counts: Counts, *, now: datetime) -> Self:
        """What becomes of it, given how its operations are."""
        if self._all_over(counts):
            return replace(self, status=self._end(counts), finished_at=now, next_at=None)
        if self.status is not BatchStatus.RUNNING:
            return self
        failures = failures_of(counts) - self.forgiven
        released = sum(self.sizes[: self.released])
        if self.policy.too_many(failures, released):
            limit = self.policy.stop_on_failures
            why = f"{failures} of {released} targets failed, {limit} are too many"
            return replace(self, status=BatchStatus.HALTED, halted=why, next_at=None)
        return self._rolled(counts, now)

    def _rolled(self, counts: Counts, now: datetime) -> Self:
        """The next wave is released a pause after the end of the last one."""
        if self.released >= len(self.sizes) or _unfinished(counts, upto=self.released):
            return self
        if self.next_at is None and self.policy.pause:
            return replace(self, next_at=now + timedelta(seconds=self.policy.pause))
        if self.next_at is not None and now < self.next_at:
            return self
        return replace(self, released=self.released + 1, next_at=None)

    def _all_over(self, counts: Counts) -> bool:
        return not _unfinished(counts, upto=len(self.sizes))

    def _end(self, counts: Counts) -> BatchStatus:
        if self.status is BatchStatus.CANCELLING:
            return BatchStatus.CANCELLED
        succeeded = in_all(counts)[OperationStatus.SUCCEEDED]
        if succeeded == self.total:
            return BatchStatus.SUCCEEDED
        return BatchStatus.PARTIAL if succeeded else BatchStatus.FAILED


def in_all(counts: Counts) -> Counter[OperationStatus]:
    """The counts of all waves together."""
    total: Counter[OperationStatus] = Counter()
    for of_wave in counts.values():
        total.update(of_wave)
    return total


def failures_of(counts: Counts) -> int:
    """What failed once it was tried; a refusal at acceptance was known beforehand."""
    total = in_all({wave: some for wave, some in counts.items() if wave is not None})
    return sum(total[status] for status in _HARD)


def _unfinished(counts: Counts, *, upto: int) -> int:
    return sum(
        number
        for wave, of_wave in counts.items()
        if wave is not None and wave <= upto
        for status, number in of_wave.items()
        if not status.over
    )


def estimate(
    verb: Verb,
    waves: Sequence[Counter[WorkstationId]],
    policy: Policy,
    usual: float,
    farm: Mapping[WorkstationId, Workstation],
) -> float:
    """Seconds that it will take, if each operation takes what is usual and nothing else runs."""
    seconds = policy.pause * max(0, len(waves) - 1)
    for wave in waves:
        targets = sum(wave.values())
        rounds = math.ceil(targets / (policy.max_parallel or targets or 1))
        there = (_of_lane(verb, number, usual, farm[where]) for where, number in wave.items())
        seconds += max(rounds * usual, *there)
    return seconds


def _of_lane(verb: Verb, number: int, usual: float, workstation: Workstation) -> float:
    lane, limits = RULES[verb].lane, workstation.limits
    places = {Lane.BOOT: limits.boots, Lane.DISK: limits.disk, Lane.LIGHT: limits.light}
    rounds = math.ceil(number / places.get(lane, 1))
    gaps = limits.boot_gap * (number - 1) if lane is Lane.BOOT else 0.0
    return max(rounds * usual, gaps + usual)
