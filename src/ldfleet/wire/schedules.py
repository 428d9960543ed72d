"""Schedules: what is asked by itself, when, and how it went."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ldfleet.domain.schedule import GRACE, Misfire, Outcome, Overlap
from ldfleet.domain.verb import Verb
from ldfleet.wire.batches import All, PolicyIn, PolicyOut
from ldfleet.wire.shapes import FilterText, Input, ListFilter, Notes, Output, Reason

Name = Annotated[str, Field(min_length=1, max_length=100)]
Ids = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=1000)]
Cron = Annotated[
    str,
    Field(max_length=200, description="Minute, hour, day, month, weekday: `30 3 * * mon-fri`."),
]
Zone = Annotated[str, Field(max_length=100, description="An IANA time zone: `Europe/Berlin`.")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Days = Annotated[tuple[Annotated[str, Field(max_length=9)], ...], Field(max_length=7)]


class BlackoutIn(Input):
    """A part of the day when nothing is started; over midnight if it ends before it begins."""

    start: TimeOfDay
    end: TimeOfDay
    days: Annotated[Days, Field(description="mon … sun, on which it begins; none: all.")] = ()


Blackouts = Annotated[tuple[BlackoutIn, ...], Field(max_length=50)]


class TimingIn(Input):
    """When something recurs."""

    cron: Cron
    zone: Zone = "UTC"
    jitter_s: Annotated[
        Seconds, Field(description="A run comes up to so much later, by chance.")
    ] = 0.0
    blackouts: Blackouts = ()


class ScheduleIn(TimingIn):
    """A schedule as a person describes it.

    It is on ids, or on what a filter means at that time, or on all there is then.
    """

    name: Name
    verb: Verb
    ids: Ids = ()
    filter: FilterText | None = None
    all: All = False
    params: dict[str, Any] = Field(default_factory=dict)
    overlap: Annotated[Overlap, Field(description="If the run before is not over.")] = Overlap.SKIP
    misfire: Annotated[
        Misfire, Field(description="If it is later than the grace, as after a standstill.")
    ] = Misfire.SKIP
    grace_s: Seconds = GRACE
    policy: Annotated[PolicyIn, Field(description="How the batch of each run rolls out.")] = (
        PolicyIn()
    )
    enabled: bool = True
    notes: Notes = ""


class SchedulePatch(Input):
    """A JSON merge patch (RFC 7396): only what is named changes, null goes back to the default."""

    name: Name | None = None
    verb: Verb | None = None
    ids: Ids | None = None
    filter: FilterText | None = None
    all: All | None = None
    params: dict[str, Any] | None = None
    cron: Cron | None = None
    zone: Zone | None = None
    jitter_s: Seconds | None = None
    blackouts: Blackouts | None = None
    overlap: Overlap | None = None
    misfire: Misfire | None = None
    grace_s: Seconds | None = None
    policy: PolicyIn | None = None
    enabled: bool | None = None
    notes: Notes | None = None


class ScheduleFilter(ListFilter):
    """Which schedules."""


class PauseIn(Input):
    """Why no schedule runs."""

    reason: Reason


class BlackoutOut(Output):
    """A part of the day when nothing is started."""

    start: str
    end: str
    days: list[str]


class LastRunOut(Output):
    """How it went when it was last due or run by hand."""

    at: datetime
    outcome: Outcome
    reason: str | None
    batch_id: str | None
    """The last batch that was submitted, by that run or an earlier one."""


class ScheduleOut(Output):
    """A schedule, and when it comes next: none while it is off."""

    id: str
    name: str
    verb: Verb
    ids: list[str]
    filter: str | None
    all: bool
    params: dict[str, Any]
    cron: str
    zone: str
    jitter_s: float
    blackouts: list[BlackoutOut]
    overlap: Overlap
    misfire: Misfire
    grace_s: float
    policy: PolicyOut
    enabled: bool
    notes: str
    requested_by: str
    next_runs: list[datetime]
    last: LastRunOut | None
    version: int
    created_at: datetime
    updated_at: datetime


class PreviewOut(Output):
    """When it would be due, without the chance of its jitter."""

    next_runs: list[datetime]


class PauseOut(Output):
    """Whether all schedules stand still, and why."""

    paused: bool
    reason: str | None
    by: str | None
    since: datetime | None
