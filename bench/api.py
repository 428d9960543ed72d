"""Measure the HTTP API: lists of 30,000 emulators, the snapshot, the feed; on both databases.

`python bench/api.py` starts a server process for each database and asks it from this one,
open loop: a request goes out when its time has come, whether the one before was answered or not.
The last line is JSON with the figures and their bounds.
"""

import asyncio
import contextlib
import gzip
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench._api_server import EMULATORS, READY
from support.postgres import Server

Figures = dict[str, float]
AT_MOST: Mapping[str, float] = {
    "list_p95_ms": 60,
    "list_cpu_ms": 12,
    "list_to_bare": 3.0,
    "questions_p95_ms": 150,
    "snapshot_kib": 300,
    "snapshot_cached_ms": 50,
    "feed_cpu_percent": 25,
    "feed_p95_ms": 300,
}
CLIENTS, PER_SECOND, SECONDS = 20, 2.0, 12.0
LISTENERS = 50
QUESTIONS: Sequence[str] = (
    "filter=status:ready",
    "filter=tag:qa",
    "filter=tag:q*",
    "filter=-tag:qa%20name:*77*",
    "filter=nobody-is-called-so",
    "filter=ws:pc-01*%20cpu:%3E2",
    "filter=seen:%3C5m%20-protected:yes",
    "sort=name",
    "sort=-name",
    "sort=status,-cpu",
    "sort=-created",
    "sort=workstation,-index",
    "sort=-seen",
    "sort=memory&filter=power:stopped",
    "count=exact&filter=site:berlin",
)


@dataclass(kw_only=True)
class Asked:
    """What a phase of the load was like."""

    milliseconds: list[float] = field(default_factory=list[float])
    requests: int = 0
    cpu_ms: float = 0.0

    @property
    def p95(self) -> float:
        """Of the times from when a request was due to its last byte."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.95)]


class Wire:
    """One kept connection that asks and reads, with next to no work of its own."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = (
            f"Host: bench\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip\r\n\r\n"
        )

    async def __aenter__(self) -> Self:
        self.reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def begin(self, path: str) -> int:
        """The status and the headers of an answer; gives its length."""
        self._writer.write(f"GET {path} HTTP/1.1\r\n{self._head}".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"{path}: {head.partition(chr(13))[0]}")
        _, _, length = head.partition("content-length: ")
        return int(length.partition("\r\n")[0] or 0)

    async def get(self, path: str) -> bytes:
        """A whole answer."""
        return await self.reader.readexactly(await self.begin(path))


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A server that runs."""

    port: int
    token: str
    scoped: str
    process: psutil.Process

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return (times.user + times.system) * 1000

    async def load(self, path: str, seconds: float = SECONDS) -> Asked:
        """All clients at their pace; what the first second brings is not counted."""
        asked = Asked()
        start = time.monotonic() + 0.2
        before = self.cpu()
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                offset = number / CLIENTS / PER_SECOND
                group.create_task(self._client(path, start + offset, seconds, asked))
        asked.cpu_ms = (self.cpu() - before) / asked.requests
        return asked

    async def _client(self, path: str, start: float, seconds: float, asked: Asked) -> None:
        async with Wire(self.port, self.token) as wire:
            for turn in itertools.count():
                due = start + turn / PER_SECOND
                if due > start + seconds:
                    return
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await wire.get(path)
                asked.requests += 1
                if turn >= PER_SECOND:
                    asked.milliseconds.append((time.monotonic() - due) * 1000)

    async def questions(self) -> float:
        """The slowest question's p95 over the first page and the next ones."""
        worst = 0.0
        async with Wire(self.port, self.token) as wire:
            for question in QUESTIONS:
                took: list[float] = []
                after = ""
                for _ in range(12):
                    begun = time.monotonic()
                    page = json.loads(await wire.get(f"/api/emulators?limit=100&{question}{after}"))
                    took.append((time.monotonic() - begun) * 1000)
                    after = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
                p95 = max(took)
                print(f"  {question}: {p95:.0f} ms", file=sys.stderr, flush=True)
                worst = max(worst, p95)
        return worst

    async def snapshot(self) -> Figures:
        """Of 10,000 emulators: those in the scope of the second token."""
        async with Wire(self.port, self.scoped) as wire:
            begun = time.monotonic()
            packed = await wire.get("/api/emulators/snapshot")
            fresh = (time.monotonic() - begun) * 1000
            took: list[float] = []
            for _ in range(5):
                begun = time.monotonic()
                await wire.get("/api/emulators/snapshot")
                took.append((time.monotonic() - begun) * 1000)
        assert json.loads(gzip.decompress(packed))["count"] == EMULATORS // 3
        return {
            "snapshot_kib": len(packed) / 1024,
            "snapshot_fresh_ms": fresh,
            "snapshot_cached_ms": min(took),
        }

    async def _tell(self, how: str) -> None:
        async with Wire(self.port, self.token) as wire:
            await wire.get(f"/bench/changes?{how}")

    async def feed(self) -> Figures:
        """200 changes a second, told by the server's own clock of the machine."""
        lags: list[float] = []
        async with contextlib.AsyncExitStack() as stack:
            wires = [
                await stack.enter_async_context(Wire(self.port, self.token))
                for _ in range(LISTENERS)
            ]
            for wire in wires:
                await wire.begin("/api/events")
            await self._tell("on=1")
            before, begun = self.cpu(), time.monotonic()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10), asyncio.TaskGroup() as group:
                    for wire in wires:
                        group.create_task(_listen(wire, lags))
            share = (self.cpu() - before) / (time.monotonic() - begun) / 10
            await self._tell("on=0")
        return {
            "feed_cpu_percent": share,
            "feed_p95_ms": sorted(lags)[int(len(lags) * 0.95)],
            "feed_heard_per_s": len(lags) / 10 / LISTENERS,
        }


async def _listen(wire: Wire, lags: list[float]) -> None:
    while True:
        line = await wire.reader.readline()
        if line.startswith(b"data: {"):
            heard = time.monotonic()
            told = json.loads(line[6:]).get("events", ())
            lags.extend(
                (heard - event["data"]["told_at"]) * 1000
                for event in told
                if "told_at" in event["data"]
            )


@contextlib.asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncGenerator[Stand]:
    """A server process over a filled database."""
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else goes on while it starts
        [sys.executable, str(Path(__file__).parent / "_api_server.py"), url, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(READY):
                said = json.loads(line.removeprefix(READY))
                yield Stand(**said, process=psutil.Process(process.pid))
                break
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


async def measure(url: str, folder: Path) -> Figures:
    """All of it on one database."""
    async with serving(url, folder) as stand:
        async with Wire(stand.port, stand.token) as wire:
            await wire.get("/api/emulators?limit=100")
        ours = await stand.load("/api/emulators?limit=100")
        bare = await stand.load("/bench/bare?limit=100", seconds=6.0)
        figures: Figures = {
            "list_p95_ms": ours.p95,
            "list_cpu_ms": ours.cpu_ms,
            "bare_p95_ms": bare.p95,
            "bare_cpu_ms": bare.cpu_ms,
            "list_to_bare": ours.cpu_ms / bare.cpu_ms,
        }
        print({key: round(value, 1) for key, value in figures.items()}, file=sys.stderr)
        figures["questions_p95_ms"] = await stand.questions()
        figures |= await stand.snapshot()
        return figures | await stand.feed()


def main() -> None:
    figures: Figures = {}

    def on(name: str, url: str, folder: Path) -> None:
        (folder / name).mkdir()
        found = asyncio.run(measure(url, folder / name))
        print(name, {key: round(value, 1) for key, value in found.items()}, file=sys.stderr)
        figures.update({f"{name}_{key}": value for key, value in found.items()})

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        on("sqlite", f"sqlite:///{folder / 'fleet.db'}", folder)
        for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]:
            server = Server(programs)
            try:
                on("postgresql", server.create("bench"), folder)
            finally:
                server.stop()
    bounds: dict[str, Sequence[float | bool]] = {
        f"{name}_{key}": [bound, figures[f"{name}_{key}"] <= bound]
        for name in ("sqlite", "postgresql")
        for key, bound in AT_MOST.items()
        if f"{name}_{key}" in figures
    }
    rounded = {name: round(value, 2) for name, value in figures.items()}
    print(json.dumps({"bench": "api", "figures": rounded, "bounds": bounds}))


if __name__ == "__main__":
    main()
