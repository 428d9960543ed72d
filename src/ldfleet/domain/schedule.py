"""What is asked by itself, and when; and what becomes of one that is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.batch import ALL_AT_ONCE, Policy, check_one_way, check_says_something
from ldfleet.domain.ids import ScheduleId
from ldfleet.domain.timing import Timing
from ldfleet.domain.verb import Verb

GRACE = 300.0  # seconds
MOST_TARGETS = 1_000


class Overlap(StrEnum):
    """When the run before is not over."""

    SKIP = auto()
    QUEUE = auto()
    """The new one lines up behind it."""


class Misfire(StrEnum):
    """When it was due while nobody could start it, for longer than the grace."""

    SKIP = auto()
    RUN_ONCE = auto()
    """Once for all that were missed."""


class Outcome(StrEnum):
    """What became of it when it was due."""

    SUBMITTED = auto()
    OVERLAPPED = auto()
    MISSED = auto()
    BLACKOUT = auto()
    PAUSED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """On what: ids of emulators or workstations, or a filter looked at anew each time, or all."""

    ids: tuple[str, ...] = ()
    filter: str | None = None
    everything: bool = False
    """All there are at that time."""

    def checked(self) -> "Target":
        """Each id once. Raises FieldInvalid."""
        check_one_way(
            ids=bool(self.ids), filter_=self.filter is not None, everything=self.everything
        )
        if self.filter is not None:
            check_says_something(self.filter)
        if len(self.ids) > MOST_TARGETS:
            reason = f"there must not be more than {MOST_TARGETS}; use a filter"
            raise errors.FieldInvalid(field="ids", reason=reason)
        return replace(self, ids=tuple(dict.fromkeys(self.ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """How it went when it was last due or run by hand."""

    at: datetime
    outcome: Outcome
    reason: str | None = None
    run: str | None = None
    """The batch that was submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """All schedules stand still."""

    reason: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A verb on a target at certain times."""

    id: ScheduleId
    name: str
    verb: Verb
    target: Target
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    timing: Timing
    overlap: Overlap = Overlap.SKIP
    misfire: Misfire = Misfire.SKIP
    grace: float = GRACE
    """Seconds it may be late without being missed."""
    policy: Policy = ALL_AT_ONCE
    """How the batch of each run rolls out."""
    enabled: bool = True
    notes: str = ""
    requested_by: str
    """Who set it up: in that name it acts."""
    scope: Scope | None = None
    """That one's when it was set up: on nothing outside of it does it act."""
    next_at: datetime | None = None
    """None: it is off, or there is no such time any more."""
    last: LastRun | None = None
    """`last.run` outlives runs that were skipped: it is the last that was submitted."""
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def passed_over(self, now: datetime) -> Outcome | None:
        """Why it is not run now though it is due; None: it may be."""
        if self.timing.dark(now):
            return Outcome.BLACKOUT
        late = timedelta() if self.next_at is None else now - self.next_at
        missed = late > timedelta(seconds=self.grace)
        return Outcome.MISSED if missed and self.misfire is Misfire.SKIP else None
