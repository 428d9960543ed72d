"""Something that happened, worth telling others: a row of the change feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """What happened, as `noun.participle`."""

    WORKSTATION_ADDED = "workstation.added"
    WORKSTATION_CHANGED = "workstation.changed"
    WORKSTATION_REMOVED = "workstation.removed"
    EMULATOR_ADDED = "emulator.added"
    EMULATOR_CHANGED = "emulator.changed"
    EMULATOR_REMOVED = "emulator.removed"
    OPERATION_CHANGED = "operation.changed"
    BATCH_CHANGED = "batch.changed"
    PROBLEM_OPENED = "problem.opened"
    PROBLEM_CHANGED = "problem.changed"
    PROBLEM_ENDED = "problem.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`seq` is given by storage when the transaction that holds the change commits."""

    type: EventType
    subject: str
    """The id of what it happened to."""
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    seq: int = 0
