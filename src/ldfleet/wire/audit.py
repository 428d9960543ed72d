"""Who did what."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from ldfleet.domain.audit import AuditResult
from ldfleet.wire.shapes import ListFilter, Output

_Text = Annotated[str, Field(min_length=1, max_length=200)]


class AuditFilter(ListFilter):
    """Which entries; every given condition holds."""

    actor: _Text | None = None
    action: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="As `workstation.change`; `workstation.` stands for all that begin so.",
        ),
    ] = None
    subject: Annotated[
        str | None, Field(min_length=1, max_length=200, description="The id of what it was done to")
    ] = None
    result: AuditResult | None = None
    since: AwareDatetime | None = None
    until: Annotated[AwareDatetime | None, Field(description="Not that moment itself.")] = None


class AuditEntryOut(Output):
    """One thing that somebody did, or was refused."""

    id: Annotated[str, Field(description="The same as its number.")]
    seq: Annotated[int, Field(description="Without gaps, in the order of commits.")]
    at: datetime
    actor: str
    source: Annotated[str, Field(description="The edge it came in by: api, schedule, …")]
    address: str | None
    action: str
    subject: str | None
    subject_name: Annotated[str | None, Field(description="As it was called at that time.")]
    before: Annotated[
        dict[str, Any] | None,
        Field(description="Only what differs; of a secret only that it was changed."),
    ]
    after: dict[str, Any] | None
    result: AuditResult
    code: Annotated[str | None, Field(description="Of the error, where it was refused.")]
    reason: Annotated[str | None, Field(description="What the person gave as theirs.")]
    correlation_id: str | None
