"""Simulated time: seconds that may run faster than the caller's, or only when told."""

import asyncio
import heapq
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

EPOCH = 1_793_520_000.0  # 1 November 2026: a farm looks the same whenever it is started


class Clock(ABC):
    """Time on the simulated machines. All its seconds are simulated ones."""

    def __init__(self, *, scale: float = 1.0, epoch: float = EPOCH) -> None:
        self.scale = scale
        self._epoch = epoch

    @abstractmethod
    def now(self) -> float:
        """Seconds since the farm began."""

    @abstractmethod
    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after that time; answers a function that takes it back."""

    def wall(self) -> float:
        """Unix time on the simulated machines."""
        return self._epoch + self.now()

    def stamp(self, unix: float | None = None) -> str:
        """ISO 8601 in UTC, as WS-Management writes a CIM datetime."""
        moment = datetime.fromtimestamp(self.wall() if unix is None else unix, tz=UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def from_real(self, seconds: float) -> float:
        """How long the caller's seconds are here."""
        return seconds * self.scale

    async def sleep(self, seconds: float) -> None:
        await self.wait(asyncio.get_running_loop().create_future(), seconds)

    async def wait(self, future: "asyncio.Future[None]", seconds: float) -> bool:
        """Whether `future` was done within that time; it is left alone if not."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake(_: object = None) -> None:
            if not woken.done():
                woken.set_result(None)

        take_back = self.call_later(max(seconds, 0.0), wake)
        future.add_done_callback(wake)
        try:
            await woken
        finally:
            take_back()
            future.remove_done_callback(wake)
        return future.done()


class SimClock(Clock):
    """Follows the real monotonic clock, `scale` times as fast."""

    def __init__(
        self,
        *,
        scale: float = 1.0,
        epoch: float = EPOCH,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(scale=scale, epoch=epoch)
        self._monotonic = monotonic
        self._start = monotonic()

    def now(self) -> float:
        return (self._monotonic() - self._start) * self.scale

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        loop = asyncio.get_running_loop()
        return loop.call_later(seconds / self.scale, callback).cancel


class ManualClock(Clock):
    """Stands still until `advance`: a test's three minutes take no time."""

    def __init__(self, *, epoch: float = EPOCH) -> None:
        super().__init__(epoch=epoch)
        self._now = 0.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._taken_back: set[int] = set()
        self._serial = count()

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        serial = next(self._serial)
        heapq.heappush(self._timers, (self._now + seconds, serial, callback))
        return lambda: self._taken_back.add(serial)

    def advance(self, seconds: float) -> None:
        """Move on, calling back each timer at its own moment."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            moment, serial, callback = heapq.heappop(self._timers)
            self._now = max(self._now, moment)
            if serial in self._taken_back:
                self._taken_back.discard(serial)
            else:
                callback()
        self._now = end

    def to_next_timer(self) -> bool:
        """Move on to the next timer; False when nothing waits."""
        while self._timers and self._timers[0][1] in self._taken_back:
            self._taken_back.discard(heapq.heappop(self._timers)[1])
        if not self._timers:
            return False
        self.advance(self._timers[0][0] - self._now)
        return True
