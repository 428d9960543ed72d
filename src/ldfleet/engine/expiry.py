"""Ends what waits in the queue for too long, loudly: as expired, with what it waited for."""

from datetime import timedelta

from ldfleet.domain.telling import of_operation
from ldfleet.ports import Clock, Storage
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

QUEUE_TTL = timedelta(hours=24)
AT_ONCE = 500  # in one transaction


class Expiry:
    """Looks for operations whose own end of waiting has come, or whose workstation stays away."""

    def __init__(self, *, storage: Storage, clock: Clock, ttl: timedelta) -> None:
        """`ttl`: how long one may wait for a workstation that can't be worked on."""
        self._storage = storage
        self._clock = clock
        self._ttl = ttl

    async def sweep(self) -> None:
        """Expire all that is due, some at a time."""
        while await self._some() == AT_ONCE:
            pass

    async def _some(self) -> int:
        now = self._clock.now()
        async with self._storage() as work:
            overdue = await work.operations.overdue(now=now, away=self._ttl, limit=AT_ONCE)
            for operation in overdue:
                expired = operation.expired(at=now)
                await work.operations.put(expired)
                work.tell(of_operation(expired, at=now))
        for operation in overdue:
            log.warning(
                "operation.expired", operation_id=operation.id, waited_for=operation.waiting_for
            )
        return len(overdue)
