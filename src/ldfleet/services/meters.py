"""Parts of the metrics: what is timed in this process alone, and the places of the lanes."""

from collections.abc import Callable, Mapping, Sequence

from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.verb import Lane
from ldfleet.domain.workstation import Workstation
from ldfleet.errors import Kind
from ldfleet.ldplayer.words import LOOKS, WORDS
from ldfleet.services.shelf import Shelf
from ldfleet.telemetry import Measure

Pool = Callable[[], tuple[int, int]]
"""Connections that somebody has, and open ones that wait for somebody."""
MOST_WORKSTATIONS = 200
"""A larger farm has its places added up only: each workstation would be eight series."""
_COMMAND_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)
_DATABASE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10)
_CLASSES = (
    *(Kind.REMOTE, Kind.UNAVAILABLE, Kind.TIMED_OUT, Kind.LIMITED),
    *(Kind.UNAUTHENTICATED, Kind.DENIED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.INVALID),
)
_OTHER = "other"
_WAITS = ("connection", "writer")


class Meters:
    """A `telemetry.Meter` that keeps them on a shelf."""

    def __init__(self, shelf: Shelf, *, pool: Pool) -> None:
        self._pool = pool
        self._commands = shelf.histogram(
            "ldconsole_seconds",
            "How long a command of ldconsole took, its way there and back included.",
            "command",
            buckets=_COMMAND_SECONDS,
        )
        self._failures = shelf.counter(
            "ldconsole_errors",
            "Commands of ldconsole that did not come to an answer, by the kind of the error.",
            *("command", "class"),
        )
        self._looks = shelf.histogram(
            "look_seconds",
            "How long a look into a running emulator took: at its screen, its apps.",
            "look",
            buckets=_COMMAND_SECONDS,
        )
        self._blind = shelf.counter(
            "look_errors",
            "Looks into a running emulator that saw nothing, by the kind of the error.",
            *("look", "class"),
        )
        self._statements = shelf.histogram(
            "db_statement_seconds",
            "How long a statement took in the database, its way there and back included.",
            buckets=_DATABASE_SECONDS,
        )
        self._waits = shelf.histogram(
            "db_wait_seconds",
            "How long a transaction waited: for a connection and its begin, or, on SQLite, for "
            "its turn to write.",
            "reason",
            buckets=_DATABASE_SECONDS,
        )
        self._connections = shelf.gauge(
            "db_connections", "Connections to the database that this server has open.", "state"
        )
        self._by_reason = {reason: self._waits.labels(reason=reason) for reason in _WAITS}

    def fill_with_zeros(self) -> None:
        """What was not met yet."""
        for word in WORDS:
            self._commands.labels(command=word)
            for kind in (*_CLASSES, _OTHER):
                self._failures.labels(word, str(kind))

        for look in LOOKS:
            self._looks.labels(look=look)
            for kind in (*_CLASSES, _OTHER):
                self._blind.labels(look, str(kind))

    def __call__(self, what: Measure, seconds: float, label: str, second: str) -> None:
        match what:
            case Measure.DB_STATEMENT:
                self._statements.observe(seconds)
            case Measure.DB_WAIT:
                self._by_reason[label].observe(seconds)
            case Measure.LOOK:
                look = label if label in LOOKS else _OTHER
                self._looks.labels(look=look).observe(seconds)
                if second:
                    self._blind.labels(look, second if second in _CLASSES else _OTHER).inc()
            case Measure.LDCONSOLE:
                word = label if label in WORDS else _OTHER
                self._commands.labels(command=word).observe(seconds)
                if second:
                    kind = second if second in _CLASSES else _OTHER
                    self._failures.labels(word, kind).inc()

    def look(self) -> None:
        """Count the connections as they are now."""
        busy, idle = self._pool()
        self._connections.labels(state="in_use").set(busy)
        self._connections.labels(state="idle").set(idle)


class Places:
    """How many operations hold a place in each lane, and how many may."""

    def __init__(self, shelf: Shelf) -> None:
        self._used = shelf.gauge("slots_used", "Places that operations hold, in all.", "lane")
        self._limit = shelf.gauge("slots_limit", "Places there are, in all.", "lane")
        self._used_there = shelf.gauge(
            "workstation_slots_used",
            f"Places that operations hold; in farms of at most {MOST_WORKSTATIONS} workstations.",
            *("workstation", "lane"),
        )
        self._limit_there = shelf.gauge(
            "workstation_slots_limit", "Places there are; as above.", "workstation", "lane"
        )

    def set(
        self, workstations: Sequence[Workstation], taken: Mapping[WorkstationId, Mapping[Lane, int]]
    ) -> None:
        """They are so now."""
        self._used_there.clear()
        self._limit_there.clear()
        for lane in Lane:
            held = [taken.get(one.id, {}).get(lane, 0) for one in workstations]
            most = [one.limits.of(lane) for one in workstations]
            self._used.labels(lane=lane.value).set(sum(held))
            self._limit.labels(lane=lane.value).set(sum(most))
            if len(workstations) > MOST_WORKSTATIONS:
                continue
            for one, used, limit in zip(workstations, held, most, strict=True):
                self._used_there.labels(one.name, lane.value).set(used)
                self._limit_there.labels(one.name, lane.value).set(limit)
