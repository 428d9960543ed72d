"""The event of each change, as the change feed tells it."""

from datetime import datetime

from ldfleet.domain.batch import Batch, Counts, in_all
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.operation import Operation
from ldfleet.domain.problem import Problem, Turn
from ldfleet.domain.workstation import Workstation


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
    if operation.result and "stages" in operation.result:
        data["stages"] = operation.result["stages"]
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
    """It appeared, changed or went; told with all that lists show of it, so that nobody asks."""
    seen = emulator.observed
    data = {
        "name": emulator.name,
        "status": emulator.status.value,
        "workstation_id": emulator.workstation_id,
        "power": emulator.power.value,
        "android": seen.android.value if emulator.current else None,
        "adb": seen.adb.value if emulator.current else None,
        "install": emulator.install,
        "index": emulator.index,
        "tags": list(emulator.tags),
        "cpu": emulator.cpu,
        "memory_mib": emulator.memory_mib,
        "protected": emulator.protected,
        "current": emulator.current,
        "since": int(seen.since.timestamp()),
        "observed": int(seen.at.timestamp()),
        "trouble": seen.trouble,
        "version": emulator.version,
    }
    return Event(type=type_, subject=emulator.id, at=at, data=data)
