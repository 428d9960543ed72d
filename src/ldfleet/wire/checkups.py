"""What doctor found on a workstation."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.domain.checkup import Verdict
from ldfleet.wire.shapes import Output
from ldfleet.wire.workstations import WorkstationOut


class FindingOut(Output):
    """One question and what came of it."""

    probe: str
    question: str
    source: Annotated[str, Field(description="Where the reference leaves it open.")]
    about: Annotated[
        str | None, Field(description="The LDPlayer that was asked; null: the PC itself.")
    ]
    verdict: Verdict
    answer: str
    remedy: str | None
    asked: Annotated[bool, Field(description="If not, `answer` says what asking needs.")]


class CheckupOut(Output):
    """One visit of doctor: what the PC can do, as far as it could be asked."""

    asked_at: datetime
    operation_id: str
    ok: int
    warning: int
    unknown: int
    findings: list[FindingOut]


class ExaminedOut(CheckupOut):
    """The last visit to a workstation."""

    workstation_id: str
    workstation_name: str


class WorkstationDetailOut(WorkstationOut):
    """A workstation with what doctor found there."""

    capabilities: Annotated[CheckupOut | None, Field(description="Null: doctor was never there.")]
