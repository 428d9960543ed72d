"""Something that happened, worth telling others: a row of the change feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ldfleet.domain.batch import Batch, Counts, in_all
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.operation import Operation
from ldfleet.domain.problem import Problem, Turn
from ldfleet.domain.workstation import Workstation


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


def of_operation(operation: Operation, *, at: datetime) -> Event:
    """The operation is in a new state, or further on."""
    data = {
        "verb": operation.verb.value,
        "status": operation.status.value,
        "workstation_id": operation.workstation_id,
        "emulator_id": operation.emulator_id,
        "progress": operation.progress,
        "message": operation.message,
        "waiting_for": operation.waiting_for,
        "code": operation.failure["code"] if operation.failure else None,
        "took_s": _took(operation),
    }
    return Event(type=EventType.OPERATION_CHANGED, subject=operation.id, at=at, data=data)


def _took(operation: Operation) -> float | None:
    if operation.started_at is None or operation.finished_at is None:
        return None
    return (operation.finished_at - operation.started_at).total_seconds()


def of_batch(batch: Batch, counts: Counts, *, at: datetime) -> Event:
    """It was accepted, rolled on, stands or ended: one event for all of its operations."""
    data = {
        "verb": batch.verb.value,
        "status": batch.status.value,
        "total": batch.total,
        "counts": {status.value: number for status, number in in_all(counts).items()},
        "wave": batch.released,
        "waves": len(batch.sizes),
        "halted": batch.halted,
    }
    return Event(type=EventType.BATCH_CHANGED, subject=batch.id, at=at, data=data)


def of_problem(turn: Turn, problem: Problem, *, at: datetime) -> Event:
    """It began, its evidence changed, somebody knows of it, or it is over."""
    data = {
        "kind": problem.kind.value,
        "subject": problem.subject,
        "subject_name": problem.subject_name,
        "workstation_id": problem.workstation_id,
        "acknowledged": problem.acknowledged_by is not None,
    }
    return Event(type=EventType(f"problem.{turn}"), subject=problem.id, at=at, data=data)


def of_workstation(type_: EventType, workstation: Workstation, *, at: datetime) -> Event:
    """A person added, changed or removed it."""
    data = {
        "name": workstation.name,
        "status": workstation.status.value,
        "site": workstation.site,
        "tags": list(workstation.tags),
    }
    return Event(type=type_, subject=workstation.id, at=at, data=data)


def of_emulator(type_: EventType, emulator: Emulator, *, at: datetime) -> Event:
    """It appeared, changed or went."""
    data = {
        "name": emulator.name,
        "status": emulator.status.value,
        "workstation_id": emulator.workstation_id,
    }
    return Event(type=type_, subject=emulator.id, at=at, data=data)
