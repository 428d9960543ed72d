"""A clock that only moves when a test says so."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class ManualClock:
    """Fulfils `ports.Clock`. `advance` wakes the sleepers whose time has come, in their order."""

    def __init__(self, at: datetime = START) -> None:
        self._start = at
        self._passed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._passed + seconds, self._count, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Let time pass at once; sleepers run when the loop comes to them."""
        self._passed += seconds
        while self._sleepers and self._sleepers[0][0] <= self._passed:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)

    async def run(self, seconds: float, *, by: float = 1.0) -> None:
        """Let time pass in small pieces, and everyone have their turns in between."""
        end = self._passed + seconds
        while self._passed < end:
            self.advance(min(by, end - self._passed))
            for _ in range(10):
                await asyncio.sleep(0)

    @property
    def sleepers(self) -> int:
        """How many wait for time to pass."""
        return sum(not woken.done() for *_, woken in self._sleepers)
