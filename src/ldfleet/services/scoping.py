"""What an actor sees: what is outside of its scope is not there, for reading and for acting."""

from ldfleet import errors
from ldfleet.domain.actor import Actor, Scope
from ldfleet.domain.batch import Batch
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import UnitOfWork


def holds(scope: Scope | None, workstation: Workstation, emulator: Emulator | None = None) -> bool:
    """Whether a workstation, or an emulator on it, lies in the scope."""
    own = () if emulator is None else emulator.tags
    return scope is None or scope.holds(site=workstation.site, tags=(*workstation.tags, *own))


async def workstation_of(work: UnitOfWork, actor: Actor, workstation_id: str) -> Workstation:
    """Raises WorkstationNotFound."""
    found = await work.workstations.get(workstation_id)
    if not holds(actor.scope, found):
        raise errors.WorkstationNotFound(workstation=workstation_id)
    return found


async def emulator_of(work: UnitOfWork, actor: Actor, emulator_id: str) -> Emulator:
    """Raises EmulatorNotFound."""
    found = await work.emulators.get(emulator_id)
    if actor.scope is not None:
        workstation = await work.workstations.get(found.workstation_id)
        if not holds(actor.scope, workstation, found):
            raise errors.EmulatorNotFound(emulator=emulator_id)
    return found


async def operation_of(work: UnitOfWork, actor: Actor, operation_id: str) -> Operation:
    """Raises OperationNotFound."""
    found = await work.operations.get(operation_id)
    if actor.scope is not None:
        workstation = await work.workstations.get(found.workstation_id)
        emulator = None
        if found.emulator_id is not None:
            emulator = await work.emulators.get(found.emulator_id)
        if not holds(actor.scope, workstation, emulator):
            raise errors.OperationNotFound(operation=operation_id)
    return found


async def batch_of(work: UnitOfWork, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
    """One with a target outside of the scope is not there either. Raises BatchNotFound."""
    found = await work.batches.get(batch_id, lock=lock)
    if actor.scope is not None and not await work.batches.among([found.id], actor.scope):
        raise errors.BatchNotFound(batch=batch_id)
    return found


def check_stays(actor: Actor, workstation: Workstation, emulator: Emulator | None = None) -> None:
    """Whether it would still be the actor's after a change. Raises ScopeTooNarrow."""
    if not holds(actor.scope, workstation, emulator):
        raise errors.ScopeTooNarrow(actor=actor.name)
