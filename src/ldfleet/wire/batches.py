"""Batches: one request for many operations, how it rolls out, how it ended."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ldfleet.domain.batch import BatchStatus
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.wire.problem import Failure
from ldfleet.wire.shapes import FilterText, Input, ListFilter, Output, Reason

Amount = Annotated[
    int | Annotated[str, Field(max_length=10)],
    Field(description="A number of targets (`5`), or a share of them (`25%`)."),
]


class PolicyIn(Input):
    """How it rolls out."""

    waves: Annotated[
        tuple[Amount, ...],
        Field(description="Sizes of the first waves; what follows them, `wave_size` says."),
    ] = ()
    wave_size: (
        Annotated[int, Field(description="Of all further waves; null: one takes the rest.")] | None
    ) = None
    max_parallel: (
        Annotated[
            int,
            Field(description="Operations in flight at once, besides the workstations' limits."),
        ]
        | None
    ) = None
    pause_s: Annotated[
        float, Field(description="Between the end of a wave and the release of the next.")
    ] = 0.0
    stop_on_failures: (
        Annotated[
            Amount,
            Field(
                description="It halts once so many have failed; a share is one of those released."
            ),
        ]
        | None
    ) = None


All = Annotated[bool, Field(description="All there are; with neither ids nor a filter.")]


class BatchIn(Input):
    """Many operations at once, at most 10,000; by ids, by a filter, or on all there are."""

    verb: Verb
    ids: tuple[Annotated[str, Field(max_length=100)], ...] | None = None
    filter: FilterText | None = None
    all: All = False
    params: dict[str, Any] = Field(default_factory=dict)
    policy: PolicyIn = PolicyIn()
    reason: Reason | None = None
    dry_run: Annotated[bool, Field(description="Answer the plan, and do nothing.")] = False


class BatchFilter(ListFilter):
    """Which batches."""

    status: BatchStatus | None = None


class PolicyOut(Output):
    """How it rolls out."""

    waves: list[str]
    wave_size: int | None
    max_parallel: int | None
    pause_s: float
    stop_on_failures: str | None


class BatchOut(Output):
    """A batch. Targets refused at acceptance are skipped operations of it."""

    id: str
    verb: Verb
    params: dict[str, Any]
    status: BatchStatus
    policy: PolicyOut
    total: int
    counts: dict[OperationStatus, int]
    """How many of its operations are in each status."""
    waves: list[int]
    """Their sizes."""
    wave: int
    """The last one released."""
    next_wave_at: datetime | None
    halted: str | None
    """Why it halted."""
    retry_of: str | None
    schedule_id: str | None
    requested_by: str
    source: str
    reason: str | None
    created_at: datetime
    finished_at: datetime | None


class PlannedOut(Output):
    """One target: queued in a wave, or refused with the failure that says why."""

    id: str
    name: str
    workstation_id: str
    workstation_name: str
    wave: int | None
    waiting_for: str | None
    failure: Failure | None


class PlanOut(Output):
    """What would be done."""

    verb: Verb
    total: int
    refused: int
    waves: list[int]
    """Their sizes."""
    estimate_s: float | None
    """By what the verb took of late; null while it has no history."""
    targets: list[PlannedOut]
