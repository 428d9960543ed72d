"""How fast the engine is where the work is nothing: a no-op that touches no workstation.

Submit to start, throughput over many workstations, a large request, idle CPU, and how long the
event loop stands still during all of it. On SQLite, and on PostgreSQL where it is installed; there
also with two workers beside bare Procrastinate, and with full lanes before a long queue.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from ldfleet import telemetry
from ldfleet.storage.database import Database

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench._several import LANES, Stalls, Wall, by_procrastinate, by_workers
from bench._stand import CLOCK, Figures, Stall, Stand
from support.postgres import Server

MANY = 5_000
BULK = 10_000
ONE_BY_ONE = 60
IDLE_S = 5.0
AT_MOST: Mapping[str, float] = {
    "sqlite_start_ms": 30,
    "sqlite_bulk_accept_s": 6,
    "sqlite_idle_cpu_percent": 1,
    "sqlite_stall_p99_ms": 100,
    "postgresql_stall_p99_ms": 100,
    "postgresql_workers_start_ms": 80,
    "postgresql_workers_stall_p99_ms": 100,
    "postgresql_wall_cpu_percent": 5,
}
AT_LEAST: Mapping[str, float] = {"sqlite_no_ops_per_s": 200, "postgresql_workers_share": 0.35}


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
    await stand.add(MANY)
    before = await stand.succeeded()
    cpu, began = time.process_time(), time.monotonic()
    async with stand.running():
        await stand.ended(before + MANY)
    took = time.monotonic() - began
    return {"no_ops_per_s": MANY / took, "no_ops_cpu_ms": 1000 * (time.process_time() - cpu) / MANY}


async def bulk(stand: Stand) -> Figures:
    """One large request, while the engine is there: accepted in one transaction."""
    many = await asyncio.to_thread(stand.operations, BULK)
    async with stand.running():
        stand.works.expect(1)
        began = time.monotonic()
        async with stand.database() as work:
            await work.operations.add_many(many)
        accepted = time.monotonic() - began
        await stand.works.done.wait()
        first = time.monotonic() - began
    return {"bulk_accept_s": accepted, "bulk_first_start_s": first}


PARTS: Sequence[Callable[[Stand], Awaitable[Figures]]] = (submit_to_start, idle, throughput, bulk)


class Measured:
    """The figures of one database, gathered under its name."""

    def __init__(self, name: str, folder: Path) -> None:
        self.figures: Figures = {}
        self._name = name
        self._folder = folder
        self._stall = Stall()

    async def one_process(self, url: str) -> None:
        stand = await self._stand(url)
        for part in PARTS:
            work = part(stand)
            self._take(await (work if part is idle else self._stall.beside(work)))
        await stand.database.stop()
        self._take(
            {"stall_p99_ms": self._stall.p99_ms(), "stall_max_ms": max(self._stall.late) * 1000}
        )

    async def several(self, server: Server) -> None:
        stalls, url = Stalls(), server.create("several")
        stand = await self._stand(url)
        found = await by_workers(stand, url, stalls)
        late = {"workers_stall_p99_ms": stalls.p99_ms, "workers_stall_max_ms": stalls.max_ms}
        bare = await by_procrastinate(server, "several", Stalls())
        share = found["workers_no_ops_per_s"] / bare["bare_no_ops_per_s"]
        self._take(found | late | bare | {"workers_share": share})
        await stand.database.stop()

    async def wall(self, server: Server) -> None:
        stand = await self._stand(server.create("wall"), workstations=LANES)
        self._take(await Wall(stand, server, "wall").measure())
        await stand.database.stop()

    async def _stand(self, url: str, *, workstations: int = 100) -> Stand:
        key = self._folder / "vault.key"
        database = Database(url, vault_key_file=key, clock=CLOCK, chance=os.urandom)
        await database.migrate()
        await database.start()
        stand = Stand(database, workstations=workstations)
        await stand.populate()
        return stand

    def _take(self, found: Figures) -> None:
        words = ", ".join(f"{key} {value:.2f}" for key, value in found.items())
        print(f"{self._name}: {words}", file=sys.stderr, flush=True)
        self.figures |= {f"{self._name}_{key}": value for key, value in found.items()}


async def on_postgresql(measured: Measured, server: Server) -> None:
    await measured.one_process(server.create("bench"))
    await measured.several(server)
    await measured.wall(server)


def main() -> None:
    telemetry.configure(level="WARNING", pretty=False)
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        measured = Measured("sqlite", folder)
        asyncio.run(measured.one_process(f"sqlite:///{folder / 'fleet.db'}"))
        figures |= measured.figures
        for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]:
            server, measured = Server(programs), Measured("postgresql", folder)
            try:
                asyncio.run(on_postgresql(measured, server))
            finally:
                server.stop()
            figures |= measured.figures
    held: dict[str, Sequence[float | bool]] = {
        name: [bound, figures[name] <= bound] for name, bound in AT_MOST.items() if name in figures
    }
    held |= {
        name: [bound, figures[name] >= bound] for name, bound in AT_LEAST.items() if name in figures
    }
    result = {
        "bench": "engine",
        "figures": {name: round(value, 3) for name, value in figures.items()},
        "bounds": held,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
