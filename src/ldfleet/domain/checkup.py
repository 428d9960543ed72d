"""What doctor found on a workstation: its capabilities, as far as they could be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from ldfleet.domain.ids import OperationId, WorkstationId


class Verdict(StrEnum):
    """What an answer means for ldfleet."""

    OK = auto()
    """As ldfleet takes it to be."""
    WARNING = auto()
    """Otherwise; `remedy` says what to do."""
    UNKNOWN = auto()
    """Not found out. That is a value, too: nothing may be built upon it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question and what came of it."""

    probe: str
    """Its name: one word for each question, the same for ever."""
    question: str
    source: str
    """Where the reference leaves it open: `ldconsole.md 13`."""
    about: str | None = None
    """The folder of the LDPlayer that was asked; None: the PC itself."""
    verdict: Verdict
    answer: str
    remedy: str | None = None
    asked: bool = True
    """Without it, `answer` says what asking needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One visit. A workstation has the last one on record."""

    workstation_id: WorkstationId
    operation_id: OperationId
    at: datetime
    findings: tuple[Finding, ...]
    bundle: Mapping[str, Any]
    """What was asked and answered, without what names people, PCs or devices (redaction.py)."""

    def count(self, verdict: Verdict) -> int:
        """How many findings came out so."""
        return sum(each.verdict is verdict for each in self.findings)
