"""Leaves room between turns: what comes due in it is all in the next one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ldfleet.ports import Clock

_LONGEST = 0.1  # seconds: after a turn that waited for a lock, nobody gains by more


class Pace:
    """After a turn, the next begins no sooner than that one took.

    Where little goes on this costs nothing. Where much does, many small transactions become few
    large ones, and half of the time is left to others.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due = float("-inf")

    async def rest(self) -> None:
        """Wait until the next turn may begin."""
        left = self._due - self._clock.monotonic()
        if left > 0:
            await self._clock.sleep(left)

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """The body is a turn."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            ended = self._clock.monotonic()
            self._due = ended + min(ended - began, _LONGEST)
