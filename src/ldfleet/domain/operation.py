"""One durable action on one emulator or workstation, and its legal moves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, Self

from ldfleet import errors
from ldfleet.domain.ids import BatchId, EmulatorId, OperationId, WorkstationId
from ldfleet.domain.verb import Verb

_STEP = 5  # seconds: a countdown that changes more often costs writes and tells nothing more


class OperationStatus(StrEnum):
    """Where an operation is in its life; the last seven are for good."""

    QUEUED = auto()
    RUNNING = auto()
    CANCELLING = auto()
    """Keeps its slots until the clean-up has ended."""
    SUCCEEDED = auto()
    FAILED = auto()
    CANCELLED = auto()
    TIMED_OUT = auto()
    LOST = auto()
    """The outcome could not be found out."""
    SKIPPED = auto()
    """Refused when its batch was accepted: it is written so, and never was anything else."""
    EXPIRED = auto()

    @property
    def active(self) -> bool:
        """It holds its emulator and its slots."""
        return self in {OperationStatus.RUNNING, OperationStatus.CANCELLING}

    @property
    def over(self) -> bool:
        """It has ended for good."""
        return not self.active and self is not OperationStatus.QUEUED


_S = OperationStatus
MOVES: Mapping[OperationStatus, frozenset[OperationStatus]] = {
    _S.QUEUED: frozenset({_S.RUNNING, _S.CANCELLED, _S.EXPIRED, _S.FAILED}),
    _S.RUNNING: frozenset(
        {_S.QUEUED, _S.CANCELLING, _S.SUCCEEDED, _S.FAILED, _S.TIMED_OUT, _S.LOST}
    ),
    _S.CANCELLING: frozenset({_S.CANCELLED, _S.SUCCEEDED, _S.FAILED, _S.TIMED_OUT, _S.LOST}),
}
"""From a status to those it may become."""


class Priority(StrEnum):
    """Who goes first; the order of the members is the order of admission."""

    PERSON = auto()
    SCHEDULE = auto()
    BATCH = auto()

    @property
    def rank(self) -> int:
        """0 goes first."""
        return list(Priority).index(self)


ON_ITS_WAY = "/sent"
"""Ends the name of an owner that only sends operations to runners."""


def around(seconds: float) -> int:
    """A countdown as it is told."""
    return math.ceil(seconds) if seconds <= _STEP else _STEP * math.ceil(seconds / _STEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A row that was written before anything is done, and outlives every process."""

    id: OperationId
    verb: Verb
    workstation_id: WorkstationId
    emulator_id: EmulatorId | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    status: OperationStatus = OperationStatus.QUEUED
    priority: Priority = Priority.PERSON
    requested_by: str
    source: str
    correlation_id: str | None = None
    """Of the request that asked for it."""
    reason: str | None = None
    waiting_for: str | None = None
    """A sentence while queued: why it has not started."""
    progress: float | None = None
    """0 to 1; None: can't be told."""
    message: str | None = None
    """What it does now, in a few words; of one put back, why it was."""
    result: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    """`FleetError.dump()`."""
    attempt: int = 0
    """Runs of this try, those that a restart of ldfleet cut short not counted twice."""
    owner: str | None = None
    token: int = 0
    """Fencing: raised by each admission; a write with an older token is refused."""
    lease_until: datetime | None = None
    timeout: float
    """Seconds from its start."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    batch_id: BatchId | None = None
    wave: int | None = None
    """Of its batch, from 1."""
    retry_of: OperationId | None = None
    """The ended operation that this one repeats."""
    not_before: datetime | None = None
    """It is not admitted earlier: a pause before another try, or between waves."""
    expires_at: datetime | None = None
    """Still queued then, it expires."""
    tries: int = 0
    """How often it was put back into the queue after a passing failure."""
    held: bool = False
    """Not admitted until its batch releases it."""

    def admitted(self, *, owner: str, now: datetime, lease: timedelta) -> Self:
        """Running, held by `owner` until the lease ends, under a new token."""
        moved = self._to(OperationStatus.RUNNING)
        return replace(
            moved,
            owner=owner,
            token=self.token + 1,
            attempt=self.attempt + 1,
            lease_until=now + lease,
            started_at=self.started_at or now,
            waiting_for=None,
            message=None,
        )

    def taken_over(self, *, owner: str, now: datetime, lease: timedelta) -> Self:
        """Held by another runner under a new token, after the first one died."""
        if not self.status.active:
            raise errors.OperationFinished(
                operation=self.id, outcome=self.status, wanted=OperationStatus.RUNNING
            )
        return replace(
            self,
            owner=owner,
            token=self.token + 1,
            attempt=self.attempt if self.on_its_way else self.attempt + 1,
            lease_until=now + lease,
        )

    @property
    def on_its_way(self) -> bool:
        """Admitted, but no runner has it yet: nobody has begun it under this token."""
        return self.owner is not None and self.owner.endswith(ON_ITS_WAY)

    def put_back(self, *, at: datetime, until: datetime, reason: str) -> Self:
        """Queued again after a passing failure: it had begun nothing that may not be repeated."""
        moved = self._to(OperationStatus.QUEUED)
        back = replace(
            moved,
            tries=self.tries + 1,
            not_before=until,
            attempt=0,
            owner=None,
            lease_until=None,
            started_at=None,
            progress=None,
            message=reason,
        )
        return replace(back, waiting_for=back.early(at))

    def early(self, now: datetime) -> str | None:
        """Why it is too early to start it, in a sentence that changes every few seconds only."""
        if self.not_before is None or self.not_before <= now:
            return None
        left = (self.not_before - now).total_seconds()
        seconds = around(left)
        if self.tries:
            return f"trying again in {seconds} s after: {self.message}"
        return f"its time, in {timedelta(seconds=seconds)}"

    def cancelling(self) -> Self:
        """Asked to stop; still holds what it holds."""
        return self._to(OperationStatus.CANCELLING)

    def succeeded(self, *, at: datetime, result: Mapping[str, Any]) -> Self:
        """Its effect was observed."""
        return replace(self._ended(OperationStatus.SUCCEEDED, at), result=result, progress=1.0)

    def failed(self, *, at: datetime, failure: errors.FleetError) -> Self:
        """The workstation, LDPlayer or a rule said no."""
        return replace(self._ended(OperationStatus.FAILED, at), failure=failure.dump())

    def cancelled(self, *, at: datetime) -> Self:
        """Stopped by a person, and its clean-up has ended."""
        return self._ended(OperationStatus.CANCELLED, at)

    def timed_out(self, *, at: datetime) -> Self:
        """Its time was up."""
        failure = errors.OperationTimedOut(operation=self.id, seconds=self.timeout)
        return replace(self._ended(OperationStatus.TIMED_OUT, at), failure=failure.dump())

    def lost(self, *, at: datetime, reason: str) -> Self:
        """The outcome could not be found out."""
        failure = errors.OperationLost(operation=self.id, reason=reason)
        return replace(self._ended(OperationStatus.LOST, at), failure=failure.dump())

    def expired(self, *, at: datetime) -> Self:
        """It waited longer than it may."""
        obstacle = self.waiting_for or "its turn"
        failure = errors.OperationExpired(operation=self.id, waiting_for=obstacle)
        return replace(self._ended(OperationStatus.EXPIRED, at), failure=failure.dump())

    def _ended(self, status: OperationStatus, at: datetime) -> Self:
        moved = self._to(status)
        return replace(moved, finished_at=at, lease_until=None, waiting_for=None, message=None)

    def _to(self, status: OperationStatus) -> Self:
        if self.status.over:
            raise errors.OperationFinished(operation=self.id, outcome=self.status, wanted=status)
        if status not in MOVES[self.status]:
            raise errors.OperationMoveIllegal(
                operation=self.id, from_status=self.status, to_status=status
            )
        return replace(self, status=status)


class StepStatus(StrEnum):
    """How a step of a workflow ended, or that it has not."""

    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A rung of a workflow, written before it is tried: a restart finds what was under way.

    `result` is what the step gave, so that a once-only step is remembered, not repeated.
    """

    operation_id: OperationId
    name: str
    status: StepStatus
    started_at: datetime
    finished_at: datetime | None = None
    result: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of an operation's log."""

    operation_id: OperationId
    at: datetime
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
