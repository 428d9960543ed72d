"""What a worker tells of itself; the counts of the farm are the server's to tell, once."""

from collections.abc import Generator
from contextlib import contextmanager

import ldfleet
from ldfleet.ports import Clock
from ldfleet.services.meters import Meters, Pool
from ldfleet.services.shelf import Shelf
from ldfleet.telemetry import measuring


class OwnMetrics:
    """Of one process: what it times where it happens, its connections, its uptime."""

    def __init__(self, *, clock: Clock, pool: Pool) -> None:
        self._clock = clock
        self._started = clock.monotonic()
        self.shelf = made = Shelf()
        self._uptime = made.gauge("uptime_seconds", "Since this worker was started.")
        info = made.gauge("build_info", "1, with the version.", "version")
        info.labels(version=ldfleet.__version__).set(1)
        self._meters = Meters(made, pool=pool)
        self._meters.fill_with_zeros()

    @contextmanager
    def gathering(self) -> Generator[None]:
        """Measure while the body runs."""
        with measuring(self._meters):
            yield

    def text(self) -> bytes:
        """All of them now."""
        self._uptime.set(self._clock.monotonic() - self._started)
        self._meters.look()
        return self.shelf.text()
