"""How an asked-for action becomes an operation in the queue, or turns out to be there already."""

from dataclasses import dataclass

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.event import of_operation
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import RULES, Verb
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Clock, NewId, UnitOfWork
from ldfleet.services import fields

_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """Makes operations, and writes them with their event."""

    clock: Clock
    new_id: NewId

    def draft(
        self,
        actor: Actor,
        verb: Verb,
        workstation: Workstation,
        *,
        reason: str | None,
    ) -> Operation:
        """A queued operation on a workstation, not yet written."""
        return Operation(
            id=OperationId(self.new_id("op")),
            verb=verb,
            workstation_id=workstation.id,
            requested_by=actor.name,
            source=actor.source,
            reason=fields.reason_of(reason),
            waiting_for=f"its turn on {workstation.name}",
            timeout=RULES[verb].timeout,
            created_at=self.clock.now(),
        )

    async def add(self, work: UnitOfWork, operation: Operation, *, key: str | None) -> Operation:
        """Write it, and tell of it."""
        await work.operations.add(operation, idempotency_key=_scoped(operation, key))
        work.tell(of_operation(operation, at=operation.created_at))
        return operation

    async def repeated(
        self, work: UnitOfWork, operation: Operation, *, key: str | None
    ) -> Operation | None:
        """The operation that the same request made before. Raises IdempotencyKeyReused."""
        scoped = _scoped(operation, key)
        earlier = None if scoped is None else await work.operations.find_by_key(scoped)
        if earlier is not None and _request(earlier) != _request(operation):
            raise errors.IdempotencyKeyReused(key=key or "")
        return earlier


def _scoped(operation: Operation, key: str | None) -> str | None:
    """Keys of two people never meet."""
    if key is None:
        return None
    if not 1 <= len(key) <= _KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise errors.FieldInvalid(
            field="Idempotency-Key",
            reason=f"it must have 1 to {_KEY_LENGTH} printable ASCII characters; take a UUID",
        )
    return f"{operation.requested_by}:{key}"


def _request(operation: Operation) -> tuple[object, ...]:
    target = (operation.workstation_id, operation.emulator_id)
    return (operation.verb, target, dict(operation.params), operation.reason)
