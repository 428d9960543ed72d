"""What the server is measured by, in Prometheus' text form.

Counts are read from the database when they are asked for; durations of operations are gathered
from the change feed, which tells of those of every process; what is timed where it happens
(`services/meters.py`) is of this process alone.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from prometheus_client import Gauge

import ldfleet
from ldfleet import errors
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.problem import ProblemKind
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.ports import Clock, Feed, Storage
from ldfleet.services.meters import Meters, Places, Pool
from ldfleet.services.shelf import Shelf
from ldfleet.telemetry import measuring

S = TypeVar("S", bound=StrEnum)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FRESH = 5.0  # seconds: several scrapers ask the database once
PATIENCE = 2.0  # seconds that a scrape waits for the database
_OPERATION_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_BOOT_SECONDS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
_LAG_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
STAGES = ("player", "machine", "adb", "android")
"""The rungs of a boot, as a launch's result names them."""
_OUTCOMES = tuple(status for status in OperationStatus if status.over)
TRANSPORT_KINDS: Mapping[str, str] = {
    "workstation_unreachable": "unreachable",
    "workstation_refused_login": "login",
    "workstation_untrusted": "certificate",
    "workstation_busy": "busy",
    "workstation_denied_access": "denied",
    "workstation_said_nonsense": "nonsense",
    "outcome_unknown": "cut_off",
    "command_timed_out": "timed_out",
}
"""Codes of failures between us and a workstation, as the label `kind` has them."""


class Metrics:
    """All of them, in a registry of its own."""

    def __init__(self, *, storage: Storage, clock: Clock, pool: Pool) -> None:
        self._storage = storage
        self._clock = clock
        self._started = clock.monotonic()
        self._read_at: float | None = None
        self.shelf = made = Shelf()
        self._workstations = made.gauge("workstations", "Workstations.", "status")
        self._emulators = made.gauge("emulators", "Emulators.", "status")
        self._operations = made.gauge("operations", "Operations on record.", "status")
        self._problems = made.gauge("problems", "Open problems.", "kind")
        self._queue_age = made.gauge(
            "queue_age_seconds", "Since when the longest waiting operation waits."
        )
        self._inventory_age = made.gauge(
            "inventory_age_seconds", "Since when the longest unseen workstation is unseen."
        )
        self._uptime = made.gauge("uptime_seconds", "Since this server was started.")
        self._database = made.gauge("database_up", "Whether the database answered this scrape.")
        self._info = made.gauge("build_info", "1, with the version.", "version")
        self._info.labels(version=ldfleet.__version__).set(1)
        self._seconds = made.histogram(
            "operation_seconds",
            "From an operation's start to its end.",
            *("action", "outcome"),
            buckets=_OPERATION_SECONDS,
        )
        self._boots = made.histogram(
            "boot_seconds",
            "From the launch command until the player, the virtual machine, ADB, Android were "
            "seen up.",
            "stage",
            buckets=_BOOT_SECONDS,
        )
        self._transport_errors = made.counter(
            "transport_errors",
            "Operations and polls that failed between us and a workstation.",
            "kind",
        )
        self._events = made.counter("events", "Events of the change feed seen by this server.")
        self._lag = made.histogram(
            "events_lag_seconds",
            "From a change until this server heard of it by the change feed.",
            buckets=_LAG_SECONDS,
        )
        self._places = Places(made)
        self._meters = Meters(made, pool=pool)
        self._filled = False

    @asynccontextmanager
    async def watching(self, feed: Feed) -> AsyncGenerator[None]:
        """Gather from the feed while the body runs."""
        with measuring(self._meters):
            async with self._following(feed):
                yield

    @asynccontextmanager
    async def _following(self, feed: Feed) -> AsyncGenerator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._watch(feed), name="metrics")
            try:
                yield
            finally:
                task.cancel()

    async def text(self) -> bytes:
        """All of them now; what the database has not told within its time is as it was."""
        if not self._filled:
            self._fill_with_zeros()
        now = self._clock.monotonic()
        self._uptime.set(now - self._started)
        self._meters.look()
        if self._read_at is None or now - self._read_at >= FRESH:
            await self._read_in_time()
        return self.shelf.text()

    def observe(self, event: Event) -> None:
        """Count an event of the feed."""
        self._events.inc()
        code = str(event.data.get("code") or event.data.get("failure"))
        if event.type is EventType.OPERATION_CHANGED:
            self._observe_operation(event)
            if not OperationStatus(event.data["status"]).over:
                return
        elif event.type is not EventType.WORKSTATION_CHANGED:
            return
        if code in TRANSPORT_KINDS:
            self._transport_errors.labels(kind=TRANSPORT_KINDS[code]).inc()

    def _observe_operation(self, event: Event) -> None:
        status, verb = OperationStatus(event.data["status"]), Verb(event.data["verb"])
        took = event.data.get("took_s")
        if not status.over or took is None:
            return
        self._seconds.labels(action=verb.value, outcome=status.value).observe(took)
        for stage, seconds in event.data.get("stages", {}).items():
            if stage in STAGES:
                self._boots.labels(stage=stage).observe(seconds)

    async def _watch(self, feed: Feed) -> None:
        async with aclosing(feed.follow(None)) as stream:
            async for batch in stream:
                now = self._clock.now()
                for _, event in batch:
                    self._lag.observe(max(0.0, (now - event.at).total_seconds()))
                    self.observe(event)

    async def _read_in_time(self) -> None:
        """A scrape must not hang on a database that is locked or away."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._read()
        except (TimeoutError, errors.DatabaseError):
            self._database.set(0)
        else:
            self._database.set(1)
            self._read_at = self._clock.monotonic()

    async def _read(self) -> None:
        async with self._storage() as work:
            workstations = await work.workstations.every()
            emulators = await work.emulators.counts()
            operations = await work.operations.counts()
            problems = await work.problems.counts()
            oldest = await work.operations.oldest_queued()
            taken = await work.operations.places_taken()
        now = self._clock.now()
        seen = [each.health.seen_at for each in workstations if each.health.seen_at is not None]
        self._inventory_age.set((now - min(seen, default=now)).total_seconds())
        waited = timedelta() if oldest is None else now - oldest
        self._queue_age.set(max(0.0, waited.total_seconds()))
        statuses = [each.status for each in workstations]
        _set(self._workstations, {one: statuses.count(one) for one in WorkstationStatus})
        _set(self._emulators, emulators)
        _set(self._operations, operations)
        _set(self._problems, problems, label="kind")
        self._places.set(workstations, taken)

    def _fill_with_zeros(self) -> None:
        """A series that is not there can't be told from one that is never reached.

        At the first scrape: there are a thousand, and most processes are never asked.
        """
        self._filled = True
        self._meters.fill_with_zeros()
        self._places.set([], {})
        _set(self._workstations, dict.fromkeys(WorkstationStatus, 0))
        _set(self._emulators, dict.fromkeys(EmulatorStatus, 0))
        _set(self._operations, dict.fromkeys(OperationStatus, 0))
        _set(self._problems, dict.fromkeys(ProblemKind, 0), label="kind")
        for verb in Verb:
            for outcome in _OUTCOMES:
                self._seconds.labels(action=verb.value, outcome=outcome.value)
        for stage in STAGES:
            self._boots.labels(stage=stage)
        for kind in TRANSPORT_KINDS.values():
            self._transport_errors.labels(kind=kind)


def _set(gauge: Gauge, counts: Mapping[S, int], *, label: str = "status") -> None:
    for name, number in counts.items():
        gauge.labels(**{label: str(name)}).set(number)
