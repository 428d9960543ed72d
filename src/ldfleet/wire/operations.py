"""Operations: what was asked, how far it is, how it ended."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ldfleet.domain.operation import OperationStatus, StepStatus
from ldfleet.domain.verb import Verb
from ldfleet.wire.problem import Failure
from ldfleet.wire.shapes import Input, ListFilter, Output, PageSize, Reason


class OperationFilter(ListFilter):
    """Which operations; every given condition holds."""

    status: OperationStatus | None = None
    verb: Verb | None = None
    workstation_id: str | None = None
    emulator_id: str | None = None
    batch_id: str | None = None
    unfinished: Annotated[bool, Field(description="Only those that are not over.")] = False


class WaitFor(Input):
    """How long the answer may wait for the end of the operation."""

    wait: Annotated[float, Field(ge=0, le=30, description="Seconds.")] = 0


class LogFilter(Input):
    """Which lines of a log."""

    after: Annotated[
        int, Field(ge=0, le=2**63 - 1, description="The number of the last line known.")
    ] = 0
    limit: PageSize = 500


class OperationOut(Output):
    """One action, durable. A queued one says in `waiting_for` why it has not started."""

    id: str
    verb: Verb
    status: OperationStatus
    workstation_id: str
    emulator_id: str | None
    requested_by: str
    source: str
    reason: str | None
    waiting_for: str | None
    progress: float | None
    """0 to 1; null: can't be told."""
    message: str | None
    result: dict[str, Any] | None
    failure: Failure | None
    attempt: int
    tries: int
    """How often it was put back into the queue after a passing failure."""
    not_before: datetime | None
    expires_at: datetime | None
    retry_of: str | None
    """The ended operation that this one repeats."""
    batch_id: str | None
    wave: int | None
    """Of its batch; null for a target that was refused at acceptance."""
    timeout_s: float
    correlation_id: str | None
    """Of the request that asked for it; it stands in every log line of its work."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RetryIn(Input):
    """Why it is tried again; without it, the reason of the first request."""

    reason: Reason | None = None


class CleanUpFilter(Input):
    """What is forgotten."""

    keep_hours: Annotated[
        float, Field(ge=0, le=87_600, description="What ended longer ago is forgotten.")
    ]
    dry_run: Annotated[bool, Field(description="Only say how many.")] = False


class CleanUpOut(Output):
    """How many operations were forgotten, or would be."""

    operations: int
    dry_run: bool


class VerbStatsOut(Output):
    """How a verb goes."""

    verb: Verb
    counts: dict[OperationStatus, int]
    """By status, of those on record; zeros too."""
    usual_s: float | None
    """The median of the last successes; null: there was none."""


class StatsOut(Output):
    """How operations go, by verb; only verbs that were asked for."""

    items: list[VerbStatsOut]


class StepOut(Output):
    """A rung of the operation's workflow."""

    name: str
    status: StepStatus
    started_at: datetime
    finished_at: datetime | None
    result: dict[str, Any] | None
    failure: Failure | None


class StepsOut(Output):
    """The steps of an operation, by start."""

    items: list[StepOut]


class LogLineOut(Output):
    """A line of an operation's log."""

    number: int
    at: datetime
    event: str
    fields: dict[str, Any]


class LogOut(Output):
    """A piece of a log; `last` is the number to ask `after` next."""

    items: list[LogLineOut]
    last: int
