"""How an asked-for action becomes an operation in the queue, or turns out to be there already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.telling import of_operation
from ldfleet.domain.verb import Verb, timeout_of
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Clock, NewId, UnitOfWork
from ldfleet.services import fields

KEYS_LAST = timedelta(hours=24)
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
        params: Mapping[str, Any] | None = None,
        reason: str | None,
    ) -> Operation:
        """A queued operation on a workstation, not yet written."""
        params = params or {}
        return Operation(
            id=OperationId(self.new_id("op")),
            verb=verb,
            workstation_id=workstation.id,
            params=params,
            requested_by=actor.name,
            source=actor.source,
            correlation_id=actor.correlation_id,
            reason=fields.reason_of(reason),
            waiting_for=f"its turn on {workstation.name}",
            timeout=timeout_of(verb, params),
            created_at=self.clock.now(),
        )

    async def add(self, work: UnitOfWork, operation: Operation, *, key: str | None) -> Operation:
        """Write it, and tell of it."""
        await work.operations.add(operation)
        work.tell(of_operation(operation, at=operation.created_at))
        await self.remember(work, operation, operation, key=key)
        return operation

    async def repeated(
        self, work: UnitOfWork, operation: Operation, *, key: str | None
    ) -> Operation | None:
        """The operation that the same request made, or was merged with, within the last day.

        Raises:
            IdempotencyKeyReused: the key was used for another request.
            OperationNotFound: its operation is no longer on record.
        """
        scoped = _scoped(operation, key)
        if scoped is None:
            return None
        kept = await work.keys.find(scoped, since=self.clock.now() - KEYS_LAST)
        if kept is None:
            return None
        if kept.request != _request(operation):
            raise errors.IdempotencyKeyReused(key=key or "")
        return await work.operations.get(kept.subject)

    async def answered(self, work: UnitOfWork, actor: Actor, key: str) -> bool:
        """Whether a request of theirs under this key has its answer already."""
        since = self.clock.now() - KEYS_LAST
        return await work.keys.find(f"{actor.name}:{key}", since=since) is not None

    async def merged(
        self, work: UnitOfWork, operation: Operation, *, key: str | None
    ) -> Operation | None:
        """The queued operation that is the same, on a workstation."""
        twin = await work.operations.find_twin(operation)
        if twin is not None:
            await self.remember(work, operation, twin, key=key)
        return twin

    async def remember(
        self, work: UnitOfWork, asked: Operation, became: Operation, *, key: str | None
    ) -> None:
        """Keep which operation answers the request that `asked` was drafted for."""
        scoped, now = _scoped(asked, key), self.clock.now()
        if scoped is not None:
            await work.keys.keep(
                scoped, request=_request(asked), subject=became.id, at=now, since=now - KEYS_LAST
            )


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


def _request(operation: Operation) -> Mapping[str, Any]:
    """As it comes back from the database, so that the two can be compared."""
    request = {
        "verb": operation.verb,
        "workstation_id": operation.workstation_id,
        "emulator_id": operation.emulator_id,
        "params": dict(operation.params),
        "reason": operation.reason,
    }
    plain: Mapping[str, Any] = json.loads(json.dumps(request))
    return plain
