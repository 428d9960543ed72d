"""What it costs to tell 50 readers of 200 changes a second.

One process: the database, the shared feed and the streams as the server runs them, over real
sockets of uvicorn; the readers are a process of their own.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from ldfleet.api.live import LiveStream
from ldfleet.bootstrap.clock import SystemClock
from ldfleet.domain.event import Event, EventType
from ldfleet.services.sharing import SharedFeed
from ldfleet.storage.database import Database

WARM_UP = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run gave."""

    readers: int
    changes: float
    """A second, as they were really written: less than was asked for on a slow machine."""
    cpu_share: float
    """Of a core, for the whole serving process, its writes of the changes included."""
    p95_ms: float
    """From the commit of a change until a reader has it."""
    heard: int


async def measure(
    *, readers: int = 50, changes: int = 200, seconds: float = 10.0, url: str | None = None
) -> Measured:
    """Serve, write and watch for so long; on a SQLite file of its own unless a URL is given."""
    with tempfile.TemporaryDirectory(prefix="ldfleet-bench-") as folder:
        clock = SystemClock()
        database = Database(
            url or f"sqlite:///{folder}/feed.db",
            vault_key_file=Path(folder) / "vault.key",
            clock=clock,
            chance=os.urandom,
        )
        await database.migrate()
        await database.start()
        shared = SharedFeed(database.feed, clock=clock)
        try:
            async with shared.running():
                return await _run(database, shared, readers, changes, seconds)
        finally:
            await database.stop()


async def _run(
    database: Database, shared: SharedFeed, readers: int, changes: int, seconds: float
) -> Measured:
    async def goes_on() -> bool:
        return True

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        stream = LiveStream(shared.follow(None), sleep=asyncio.sleep, goes_on=goes_on)
        await stream(scope, receive, send)

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[bound]))
            port = bound.getsockname()[1]
            watching = await asyncio.create_subprocess_exec(
                *(sys.executable, __file__, str(port), str(readers), str(WARM_UP + seconds)),
                stdout=asyncio.subprocess.PIPE,
            )
            await asyncio.sleep(WARM_UP)
            before, began = time.process_time(), time.monotonic()
            await _write(database, changes, seconds)
            took = time.monotonic() - began
            share = (time.process_time() - before) / took
            said, _ = await watching.communicate()
            server.should_exit = True
    heard = json.loads(said)
    return Measured(
        readers=readers,
        changes=round(changes * seconds / took, 1),
        cpu_share=round(share, 3),
        p95_ms=heard["p95_ms"],
        heard=heard["heard"],
    )


async def _write(database: Database, changes: int, seconds: float) -> None:
    """A transaction for each change would measure the disk: ten come together."""
    clock, together = SystemClock(), 10
    began = time.monotonic()
    for number in range(int(changes * seconds / together)):
        async with database() as work:
            for place in range(together):
                told = {"status": "running", "progress": 0.5, "at": time.monotonic()}
                event = Event(
                    type=EventType.OPERATION_CHANGED,
                    subject=f"op_{number * together + place}",
                    at=clock.now(),
                    data=told,
                )
                work.tell(event)
        due = began + (number + 1) * together / changes
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _read(port: int, until: float, late: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/events HTTP/1.1\r\nHost: bench\r\n\r\n")
    try:
        async with asyncio.timeout(max(0.0, until - time.monotonic())):
            while line := await reader.readline():
                if line.startswith(b"data: {") and b"events" in line:
                    now = time.monotonic()
                    events = json.loads(line.removeprefix(b"data: "))["events"]
                    late += [now - event["data"]["at"] for event in events]
    except TimeoutError:
        pass
    writer.close()


async def watch(port: int, readers: int, seconds: float) -> None:
    """As a process of its own: follow, and print how late the changes came."""
    late: list[float] = []
    until = time.monotonic() + seconds + 1.0
    async with asyncio.TaskGroup() as group:
        for _ in range(readers):
            group.create_task(_read(port, until, late))
    late.sort()
    p95 = late[int(0.95 * len(late))] * 1000 if late else -1.0
    sys.stdout.write(json.dumps({"p95_ms": round(p95, 1), "heard": len(late)}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(watch(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
    else:
        print(json.dumps(asdict(asyncio.run(measure())), indent=1))
