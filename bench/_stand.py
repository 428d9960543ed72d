"""A farm that is nothing but rows, work that is nothing, and how late the event loop comes."""

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ldfleet.bootstrap.clock import SystemClock
from ldfleet.domain.emulator import Emulator, Observation, Power
from ldfleet.domain.ids import EmulatorId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, Health, Limits, Workstation, WorkstationStatus
from ldfleet.engine.engine import Engine
from ldfleet.ports import Journal
from ldfleet.storage.database import Database

LIMIT = 2  # operations at once on one workstation
EMULATORS = 10_000
PIECE = 500  # rows written in one transaction while a stand is made ready
TICK = 0.01  # seconds between two looks at how late the event loop is
CLOCK = SystemClock()

Figures = dict[str, float]


@dataclass
class Nothing:
    """The work that is measured: it only notes when it began."""

    begun: dict[str, float] = field(default_factory=dict[str, float])
    left: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, count: int) -> None:
        self.left = count
        self.done.clear()

    async def __call__(self, operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        self.begun[operation.id] = began = time.monotonic()
        self.left -= 1
        if self.left == 0:
            self.done.set()
        return {"begun": began}


class Stall:
    """How late the event loop comes to what is due."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def beside(self, part: Awaitable[Figures]) -> Figures:
        """Run a part of the measurement, and watch."""
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(self._watch())
            figures = await part
            watcher.cancel()
        return figures

    async def _watch(self) -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self.late.append(max(0.0, time.monotonic() - due))

    def p99_ms(self) -> float:
        return statistics.quantiles(self.late, n=100)[98] * 1000


@dataclass
class Stand:
    """A database with a farm in it, and the engine on it."""

    database: Database
    workstations: int = 100
    works: Nothing = field(default_factory=Nothing)
    count: int = 0

    def operation(self, emulator: int) -> Operation:
        self.count += 1
        place = emulator % self.workstations
        return Operation(
            id=OperationId(f"op_{self.count:08}"),
            verb=Verb.QUIT,
            workstation_id=WorkstationId(f"ws_{place:04}"),
            emulator_id=EmulatorId(f"em_{emulator:05}"),
            requested_by="bench",
            source="bench",
            timeout=60.0,
            created_at=CLOCK.now(),
        )

    def operations(self, count: int) -> list[Operation]:
        return [self.operation(number % EMULATORS) for number in range(count)]

    async def add(self, count: int) -> None:
        """Queue so many, in pieces."""
        many = self.operations(count)
        for start in range(0, count, PIECE):
            async with self.database() as work:
                await work.operations.add_many(many[start : start + PIECE])

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        engine = Engine(
            storage=self.database,
            admission=self.database.admission,
            clock=CLOCK,
            works=dict.fromkeys(Verb, self.works),
            owner="bench",
            sole=True,
        )
        async with engine.running():
            yield

    async def ended(self, count: int) -> None:
        """Until so many have succeeded in the database, too."""
        while await self.succeeded() < count:  # noqa: ASYNC110 - rows tell no event
            await asyncio.sleep(0.05)

    async def succeeded(self) -> int:
        async with self.database() as work:
            return (await work.operations.counts())[OperationStatus.SUCCEEDED]

    async def populate(self) -> None:
        """The workstations and their emulators."""
        now = CLOCK.now()
        async with self.database() as work:
            for number in range(self.workstations):
                workstation = Workstation(
                    id=WorkstationId(f"ws_{number:04}"),
                    name=f"pc-{number:04}",
                    address=Address(host="10.0.0.1", port=5986, username="farm"),
                    limits=Limits(light=LIMIT),
                    created_at=now,
                    updated_at=now,
                )
                await work.workstations.add(workstation)
                health = Health(status=WorkstationStatus.ONLINE, seen_at=now, changed_at=now)
                await work.workstations.observe(workstation.id, health)
        for start in range(0, EMULATORS, PIECE):
            some = [self._emulator(number, now) for number in range(start, start + PIECE)]
            async with self.database() as work:
                await work.emulators.put(some)

    def _emulator(self, number: int, now: datetime) -> Emulator:
        return Emulator(
            id=EmulatorId(f"em_{number:05}"),
            workstation_id=WorkstationId(f"ws_{number % self.workstations:04}"),
            install=r"C:\LDPlayer\LDPlayer9",
            index=number,
            name=f"player {number}",
            observed=Observation(at=now, power=Power.RUNNING, since=now),
            created_at=now,
            updated_at=now,
        )
