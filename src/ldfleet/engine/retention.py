"""Forgets what is old, by itself and in small steps that hinder no work."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from ldfleet import errors
from ldfleet.ports import Clock
from ldfleet.telemetry import logger

log = logger("ldfleet.retention")

EVERY = 3600.0  # seconds
FIRST = 60.0  # seconds: a start has better things to do


class Retention:
    """Calls `forget` with how long things are kept, once an hour, in the process that leads."""

    def __init__(
        self,
        *,
        forget: Callable[[timedelta], Awaitable[int]],
        keep: timedelta,
        clock: Clock,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._forget = forget
        self._keep = keep
        self._clock = clock
        self._leads = leads

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do so while the body runs; leaving it waits for no step."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._loop(), name="retention")
            try:
                yield
            finally:
                task.cancel()

    async def _loop(self) -> None:
        await self._clock.sleep(FIRST)
        while True:
            if self._leads():
                await self._turn()
            await self._clock.sleep(EVERY)

    async def _turn(self) -> None:
        """A named boundary: what could not be forgotten now is forgotten later."""
        try:
            forgotten = await self._forget(self._keep)
        except errors.DatabaseError as error:
            log.warning("retention.hindered", code=error.code, reason=str(error))
        else:
            if forgotten:
                log.info("retention.forgot", operations=forgotten)
