"""What is wrong in the farm now; the document of a refused request is `wire.problem`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ldfleet.domain.problem import ProblemKind
from ldfleet.wire.shapes import Input, ListFilter, Output, Reason


class ProblemFilter(ListFilter):
    """Which problems; every given condition holds."""

    kind: ProblemKind | None = None
    subject: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="The id of a workstation or schedule."),
    ] = None
    acknowledged: bool | None = None
    ended: Annotated[bool, Field(description="Those that are over, too.")] = False


class AcknowledgeIn(Input):
    """Somebody takes care of it."""

    reason: Annotated[Reason, Field(description="Who takes care, and how.")]


class ActionOut(Output):
    """The request that mends it, or finds out whether it is mended."""

    method: str
    path: str


class AcknowledgedOut(Output):
    """Who said so."""

    by: str
    at: datetime
    reason: str


class FarmProblemOut(Output):
    """Something that is wrong; it ends by itself when its cause does."""

    id: str
    kind: ProblemKind
    subject: Annotated[str, Field(description="The id of the workstation or schedule.")]
    subject_name: str
    workstation_id: str | None
    since: datetime
    seen_at: Annotated[datetime, Field(description="When the evidence last became another.")]
    ended_at: datetime | None
    evidence: dict[str, Any]
    remedy: str
    action: ActionOut | None
    acknowledged: AcknowledgedOut | None
