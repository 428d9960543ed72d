"""How fast the engine is where the work is nothing: a no-op that touches no workstation.

Submit to start, throughput over many workstations, a large request, idle CPU, and how long the
event loop stands still during all of it. On SQLite, and on PostgreSQL where it is installed.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ldfleet import telemetry
from ldfleet.bootstrap.clock import SystemClock
from ldfleet.domain.emulator import Emulator, Observation, Power
from ldfleet.domain.ids import EmulatorId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, Health, Limits, Workstation, WorkstationStatus
from ldfleet.engine.engine import Engine
from ldfleet.ports import Journal
from ldfleet.storage.database import Database

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.postgres import Server

WORKSTATIONS = 100
LIMIT = 2
MANY = 5_000
BULK = 10_000
ONE_BY_ONE = 60
IDLE_S = 5.0
PIECE = 500  # operations written in one transaction while the queue is filled
TICK = 0.01  # seconds between two looks at how late the event loop is

Figures = dict[str, float]


CLOCK = SystemClock()


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
        self.begun[operation.id] = time.monotonic()
        self.left -= 1
        if self.left == 0:
            self.done.set()
        return {}


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
    works: Nothing = field(default_factory=Nothing)
    count: int = 0

    def operation(self, emulator: int) -> Operation:
        self.count += 1
        place = emulator % WORKSTATIONS
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
        while True:
            async with self.database() as work:
                counts = await work.operations.counts()
            if counts[OperationStatus.SUCCEEDED] >= count:
                return
            await asyncio.sleep(0.05)


async def populate(database: Database) -> None:
    now = CLOCK.now()
    async with database() as work:
        for number in range(WORKSTATIONS):
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
    for start in range(0, BULK, PIECE):
        async with database() as work:
            await work.emulators.put([an_emulator(n, now) for n in range(start, start + PIECE)])


def an_emulator(number: int, now: datetime) -> Emulator:
    return Emulator(
        id=EmulatorId(f"em_{number:05}"),
        workstation_id=WorkstationId(f"ws_{number % WORKSTATIONS:04}"),
        install=r"C:\LDPlayer\LDPlayer9",
        index=number,
        name=f"player {number}",
        observed=Observation(at=now, power=Power.RUNNING, since=now),
        created_at=now,
        updated_at=now,
    )


async def submit_to_start(stand: Stand) -> Figures:
    """One at a time, on an engine that has nothing else to do."""
    took: list[float] = []
    async with stand.running():
        await asyncio.sleep(0.5)
        for number in range(ONE_BY_ONE):
            operation = stand.operation(number)
            stand.works.expect(1)
            began = time.monotonic()
            async with stand.database() as work:
                await work.operations.add(operation)
            await stand.works.done.wait()
            took.append(stand.works.begun[operation.id] - began)
            await asyncio.sleep(0.02)
        await stand.ended(ONE_BY_ONE)
    return {"start_ms": statistics.median(took) * 1000, "start_max_ms": max(took) * 1000}


async def idle(stand: Stand) -> Figures:
    """CPU of a process with an engine that waits."""
    async with stand.running():
        await asyncio.sleep(1.0)
        before = time.process_time()
        await asyncio.sleep(IDLE_S)
        used = time.process_time() - before
    return {"idle_cpu_percent": 100 * used / IDLE_S}


async def throughput(stand: Stand) -> Figures:
    """Thousands of no-ops, queued before the engine starts."""
    for start in range(0, MANY, PIECE):
        async with stand.database() as work:
            await work.operations.add_many([stand.operation(start + n) for n in range(PIECE)])
    before = await succeeded(stand)
    cpu, began = time.process_time(), time.monotonic()
    async with stand.running():
        await stand.ended(before + MANY)
    took = time.monotonic() - began
    return {"no_ops_per_s": MANY / took, "no_ops_cpu_ms": 1000 * (time.process_time() - cpu) / MANY}


async def bulk(stand: Stand) -> Figures:
    """One large request, while the engine is there: accepted in one transaction."""
    async with stand.running():
        many = [stand.operation(number) for number in range(BULK)]
        stand.works.expect(1)
        began = time.monotonic()
        async with stand.database() as work:
            await work.operations.add_many(many)
        accepted = time.monotonic() - began
        await stand.works.done.wait()
        first = time.monotonic() - began
    return {"bulk_accept_s": accepted, "bulk_first_start_s": first}


async def succeeded(stand: Stand) -> int:
    async with stand.database() as work:
        return (await work.operations.counts())[OperationStatus.SUCCEEDED]


PARTS: Sequence[Callable[[Stand], Awaitable[Figures]]] = (submit_to_start, idle, throughput, bulk)


async def measure(name: str, url: str, folder: Path) -> Figures:
    database = Database(url, vault_key_file=folder / "vault.key", clock=CLOCK, chance=os.urandom)
    figures: Figures = {}
    try:
        await database.migrate()
        await database.start()
        await populate(database)
        stand, stall = Stand(database), Stall()
        for part in PARTS:
            found = await (part(stand) if part is idle else stall.beside(part(stand)))
            tell(f"{name}: " + ", ".join(f"{key} {value:.2f}" for key, value in found.items()))
            figures |= found
        figures |= {"stall_p99_ms": stall.p99_ms(), "stall_max_ms": max(stall.late) * 1000}
    finally:
        await database.stop()
    return {f"{name}_{key}": value for key, value in figures.items()}


def main() -> None:
    telemetry.configure(level="WARNING", pretty=False)
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        figures |= asyncio.run(measure("sqlite", f"sqlite:///{folder / 'fleet.db'}", folder))
        for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]:
            server = Server(programs)
            try:
                figures |= asyncio.run(measure("postgresql", server.create("bench"), folder))
            finally:
                server.stop()
    at_most = {
        "sqlite_start_ms": 30,
        "sqlite_bulk_accept_s": 6,
        "sqlite_idle_cpu_percent": 1,
        "sqlite_stall_p99_ms": 100,
        "postgresql_start_ms": 80,
        "postgresql_stall_p99_ms": 100,
    }
    bounds = {
        name: [bound, figures[name] <= bound] for name, bound in at_most.items() if name in figures
    }
    bounds["sqlite_no_ops_per_s"] = [200, figures["sqlite_no_ops_per_s"] >= 200]
    result = {
        "bench": "engine",
        "figures": {name: round(value, 3) for name, value in figures.items()},
        "bounds": bounds,
    }
    print(json.dumps(result))


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
