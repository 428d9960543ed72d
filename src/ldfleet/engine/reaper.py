"""Looks after operations whose runner died: they are taken over, not forgotten."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from ldfleet.domain.operation import Operation
from ldfleet.engine.record import Record
from ldfleet.engine.scribe import Scribe
from ldfleet.ports import Admission, Clock
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

ATTEMPTS = 5


class Reaper:
    """Takes abandoned operations over with the slots they have, and has them run again.

    Works look before they act. What was taken over too often ends as lost: it may be what kills
    its runners.
    """

    def __init__(
        self,
        *,
        scribe: Scribe,
        admission: Admission,
        send: Callable[[Sequence[Operation]], Awaitable[None]],
        clock: Clock,
        owner: str,
        lease: timedelta,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._scribe = scribe
        self._admission = admission
        self._send = send
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._attempts = attempts

    async def reap(self, *, all_owners: bool = False) -> None:
        """`all_owners` is for the start of the only process there can be."""
        abandoned = await self._admission.abandoned(all_owners=all_owners)
        taken = await self._admission.take_over(abandoned, owner=self._owner, lease=self._lease)
        again = [operation for operation in taken if operation.attempt <= self._attempts]
        for operation in again:
            log.warning(
                "operation.taken_over", operation_id=operation.id, attempt=operation.attempt
            )
        await self._send(again)
        for operation in taken:
            if operation.attempt > self._attempts:
                await self._give_up(operation)

    async def _give_up(self, operation: Operation) -> None:
        reason = f"its runner died {operation.attempt - 1} times"
        log.error("operation.lost", operation_id=operation.id, reason=reason)
        record = Record(operation, scribe=self._scribe, clock=self._clock)
        await record.write(lambda row: row.lost(at=self._clock.now(), reason=reason))
