"""How the server is: counts, uptime, readiness."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import ldfleet
from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.ports import Clock, Storage
from ldfleet.services.scoping import holds

PATIENCE = 2.0  # seconds that the database has to show that it works


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The server and its farm in numbers; every status is counted, zeros too."""

    version: str
    schema: str | None
    """The revision of the database's schema."""
    started_at: datetime
    uptime_seconds: float
    uptime: str
    """`HH:MM:SS`; the hours go on beyond a day."""
    workstations: Mapping[WorkstationStatus, int]
    emulators: Mapping[EmulatorStatus, int]
    operations: Mapping[OperationStatus, int]


class StatusReport:
    """Counts from its making on: the start of the server.

    It reads through `reader` alone, which waits for no writer. `has_room`: whether the database
    can take changes.
    """

    def __init__(
        self,
        *,
        reader: Storage,
        has_room: Callable[[], bool],
        clock: Clock,
        engine_alive: Callable[[], bool],
        collector_alive: Callable[[], bool],
        schema: Callable[[], str | None],
    ) -> None:
        self._reader = reader
        self._has_room = has_room
        self._clock = clock
        self._engine_alive = engine_alive
        self._collector_alive = collector_alive
        self._schema = schema
        self._started_at = clock.now()
        self._started = clock.monotonic()

    def version(self) -> str:
        """This ldfleet's."""
        return ldfleet.__version__

    async def ready(self) -> Mapping[str, bool]:
        """What it needs to do its work, each with whether it is there; never raises."""
        return {
            "database": await self._database_answers(),
            "engine": self._engine_alive(),
            "collector": self._collector_alive(),
        }

    async def status(self, actor: Actor) -> Status:
        async with self._reader() as work:
            every = await work.workstations.every()
            seen = Counter(each.status for each in every if holds(actor.scope, each))
            emulators = await work.emulators.counts(actor.scope)
            operations = await work.operations.counts(actor.scope)
        seconds = self._clock.monotonic() - self._started
        return Status(
            version=self.version(),
            schema=self._schema(),
            started_at=self._started_at,
            uptime_seconds=seconds,
            uptime=_hours(int(seconds)),
            workstations={status: seen[status] for status in WorkstationStatus},
            emulators=emulators,
            operations=operations,
        )

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                async with self._reader() as work:
                    await work.users.any()
                return self._has_room()
        except (errors.DatabaseError, TimeoutError):
            return False


def _hours(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
