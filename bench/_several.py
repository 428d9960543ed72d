"""What is measured on PostgreSQL alone: two workers, and admission before a wall of work."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import sql

from bench._stand import Figures, Stand
from bench._worker import bare_app
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.engine.governor import GlobalLimits, decide
from support.postgres import Server

WORKERS = 2
MANY = 2_000
ONE_BY_ONE = 30
BACKLOG = 10_000
LANES = 500
FULL_S = 31  # seconds of looking at full lanes: one look in that time is at everything
FREED = 100
LONG = timedelta(hours=1)
_JOBS = sql.SQL("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE queue_name = 'bench'")
_BACKENDS = sql.SQL("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


@dataclass
class Stalls:
    """How late the event loops of the workers were, told by themselves as they ended."""

    p99_ms: float = 0.0
    max_ms: float = 0.0


@asynccontextmanager
async def workers(kind: str, url: str, stalls: Stalls) -> AsyncGenerator[None]:
    program = [sys.executable, str(Path(__file__).parent / "_worker.py"), kind, url]
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
        for _ in range(WORKERS)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    try:
        yield
    finally:
        ended = await asyncio.gather(*(process.communicate(b"") for process in processes))
    for told, _ in ended:
        late = json.loads(told)
        stalls.p99_ms = max(stalls.p99_ms, late["p99_ms"])
        stalls.max_ms = max(stalls.max_ms, late["max_ms"])


async def by_workers(stand: Stand, url: str, stalls: Stalls) -> Figures:
    """Submit to start, and thousands of no-ops, as two workers have them."""
    async with workers("engine", url, stalls):
        await asyncio.sleep(3.0)  # until each has seen that the other is there
        took = [await _start(stand) for _ in range(ONE_BY_ONE)]
        before, began = await stand.succeeded(), time.monotonic()
        await stand.add(MANY)
        await stand.ended(before + MANY)
        rate = MANY / (time.monotonic() - began)
    return {"workers_start_ms": statistics.median(took) * 1000, "workers_no_ops_per_s": rate}


async def _start(stand: Stand) -> float:
    operation = stand.operation(stand.count % 100)
    began = time.monotonic()
    async with stand.database() as work:
        await work.operations.add(operation)
    while True:
        await asyncio.sleep(0.02)
        async with stand.database() as work:
            found = await work.operations.get(operation.id)
        if found.status is OperationStatus.SUCCEEDED and found.result is not None:
            begun: float = found.result["begun"]
            return begun - began


async def by_procrastinate(server: Server, database: str, stalls: Stalls) -> Figures:
    """The same number of jobs that do nothing and are nothing but jobs."""
    url = server.url(database)
    async with workers("bare", url, stalls), bare_app(url).open_async() as app:
        began = time.monotonic()
        jobs: list[dict[str, Any]] = [{"number": number} for number in range(MANY)]
        task = app.configure_task("bench.nothing", queue="bench")
        await task.batch_defer_async(*jobs)
        while (await asyncio.to_thread(server.query, database, _JOBS))[0][0]:  # noqa: ASYNC110 - rows tell no event
            await asyncio.sleep(0.05)
        rate = MANY / (time.monotonic() - began)
    return {"bare_no_ops_per_s": rate}


class Wall:
    """Lanes that are all full, with a backlog behind them."""

    def __init__(self, stand: Stand, server: Server, database: str) -> None:
        self._stand, self._server, self._database = stand, server, database
        self._decide = partial(decide, limits=GlobalLimits(operations=10 * LANES))

    async def measure(self) -> Figures:
        await self._stand.add(BACKLOG + 2 * LANES)
        began, (cpu, running) = time.monotonic(), await self._admitted()
        filled = time.monotonic() - began
        assert len(running) == 2 * LANES
        await self._polled()  # sentences are written, and what can't start is settled
        full = [(await self._polled())[0] for _ in range(FULL_S)]
        freed = [await self._freed(operation.id) for operation in running[:FREED]]
        return {
            "wall_fill_s": filled,
            "wall_fill_cpu_s": cpu,
            "wall_cpu_percent": 100 * statistics.mean(full),
            "wall_freed_cpu_ms": 1000 * statistics.mean(freed),
        }

    async def _polled(self) -> tuple[float, Sequence[Operation]]:
        await asyncio.sleep(1.0)
        return await self._admitted()

    async def _freed(self, operation_id: OperationId) -> float:
        """One slot is free: what it costs to give it to the next."""
        async with self._stand.database() as work:
            row = await work.operations.get(operation_id)
            await work.operations.put(row.succeeded(at=row.created_at, result={}))
        cpu, admitted = await self._admitted()
        assert len(admitted) == 1
        return cpu

    async def _admitted(self) -> tuple[float, Sequence[Operation]]:
        """An admission, and the seconds of CPU it took here and in the server."""
        before = self._cpu()
        admission = self._stand.database.admission
        admitted = await admission.admit(self._decide, owner="bench", lease=LONG)
        return self._cpu() - before, admitted

    def _cpu(self) -> float:
        """Of the server's processes of our connections, in ticks of 10 ms, and of this one."""
        own = time.process_time()
        for (pid,) in self._server.query(self._database, _BACKENDS):
            stat = Path(f"/proc/{pid}/stat")
            if stat.exists():
                fields = stat.read_text().rpartition(")")[2].split()
                own += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return own
