"""The processes of bench/winrm.py: the simulated workstations, and each way to reach them.

They live in a folder of their own because the bench has the name of pywinrm's package.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import psutil
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
from winrm import Session

from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Address, Credentials, Workstation
from ldfleet.simulator.farm import run_farm
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning

WORKSTATIONS = 200
EMULATORS = 12
IN_FLIGHT = 50
SESSIONS = 1000
LDCONSOLE = "C:\\LDPlayer\\LDPlayer9\\ldconsole.exe"
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
MIB = 1 << 20

T = TypeVar("T")
Figures = dict[str, float]
Entry = Mapping[str, Any]
Part = Callable[[Sequence[Entry], int], Coroutine[Any, Any, Figures]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["simulate", *PARTS])
    parser.add_argument("inventory", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.part == "simulate":
        asyncio.run(simulate(options.inventory))
        return
    inventory: list[Entry] = json.loads(options.inventory.read_text())
    print(json.dumps(asyncio.run(PARTS[options.part](inventory, options.rounds))))


async def simulate(inventory: Path) -> None:
    async with run_farm(workstations=WORKSTATIONS, emulators=EMULATORS, seed=1) as running:
        entries = [
            {**entry, "http_port": station.endpoint.http_port}
            for entry, station in zip(
                running.farm.inventory(), running.farm.workstations.values(), strict=True
            )
        ]
        draft = inventory.with_suffix(".tmp")
        draft.write_text(json.dumps(entries))
        draft.rename(inventory)
        await asyncio.to_thread(sys.stdin.read)


async def ours(inventory: Sequence[Entry], rounds: int) -> Figures:
    stations = [described(entry, entry["name"], tls=False) for entry in inventory]
    async with a_connector() as connector:

        async def once(record: Workstation, credentials: Credentials) -> bool:
            async with connector.connect(record, credentials) as transport:
                result = await transport.run([LDCONSOLE, "list2"], deadline=60)
            return is_list2(result.stdout)

        async def everywhere() -> int:
            gate = asyncio.Semaphore(IN_FLIGHT)

            async def gated(record: Workstation, credentials: Credentials) -> bool:
                async with gate:
                    return await once(record, credentials)

            return await all_of([gated(*station) for station in stations])

        return await measured(everywhere, rounds, len(inventory))


async def stock_pypsrp(inventory: Sequence[Entry], rounds: int) -> Figures:
    """One shell for each workstation, kept; 50 threads."""
    shells = [pypsrp_shell(entry) for entry in inventory]

    def once(shell: WinRS) -> bool:
        process = Process(shell, LDCONSOLE, ["list2"], no_shell=True)
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        return is_list2(process.stdout)

    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        list(threads.map(WinRS.open, shells))
        figures = await measured(_threaded(threads, once, shells), rounds, len(shells))
        list(threads.map(WinRS.close, shells))
    return figures


async def naive_pywinrm(inventory: Sequence[Entry], rounds: int) -> Figures:
    """`Session.run_cmd`, as its README shows it; 50 threads."""

    def once(entry: Entry) -> bool:
        session = Session(
            f"http://127.0.0.1:{entry['http_port']}/wsman",
            auth=(entry["username"], entry["password"]),
            transport="ntlm",
        )
        return is_list2(session.run_cmd(LDCONSOLE, ["list2"]).std_out)

    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        return await measured(
            _threaded(threads, once, inventory), rounds, len(inventory), warm_up=False
        )


async def live_sessions(inventory: Sequence[Entry], *, tls: bool) -> Figures:
    async with a_connector() as connector:
        before = _rss()
        gate = asyncio.Semaphore(IN_FLIGHT)

        async def once(number: int) -> bool:
            record, credentials = described(
                inventory[number % len(inventory)], f"ws_{number}", tls=tls
            )
            async with gate, connector.connect(record, credentials) as transport:
                return is_list2((await transport.run([LDCONSOLE, "list2"], deadline=60)).stdout)

        began = time.monotonic()
        opened = await all_of([once(number) for number in range(SESSIONS)])
        took = time.monotonic() - began
        rss = _rss()
    return {
        "sessions": opened,
        "rss_mib": rss / MIB if opened == SESSIONS else float("inf"),
        "kib_each": (rss - before) / 1024 / SESSIONS,
        "per_s": opened / took,
    }


async def sessions_tls(inventory: Sequence[Entry], _: int) -> Figures:
    return await live_sessions(inventory, tls=True)


async def sessions_http(inventory: Sequence[Entry], _: int) -> Figures:
    return await live_sessions(inventory, tls=False)


PARTS: Mapping[str, Part] = {
    "ours": ours,
    "pypsrp": stock_pypsrp,
    "pywinrm": naive_pywinrm,
    "sessions-tls": sessions_tls,
    "sessions-http": sessions_http,
}


# What they share


class WallClock:
    """Fulfils `ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def a_connector() -> AsyncGenerator[WinRMConnector]:
    tuning = Tuning(connect=60.0, reply=60.0)
    connector = WinRMConnector(
        server_id=f"bench-{os.getpid()}", clock=WallClock(), new_id=str, tuning=tuning
    )
    try:
        yield connector
    finally:
        await connector.aclose()


def described(entry: Entry, name: str, *, tls: bool) -> tuple[Workstation, Credentials]:
    address = Address(
        host="127.0.0.1",
        port=entry["port"] if tls else entry["http_port"],
        tls=tls,
        username=entry["username"],
        certificate_sha256=entry["certificate_sha256"] if tls else None,
    )
    record = Workstation(
        id=WorkstationId(name), name=name, address=address, created_at=SINCE, updated_at=SINCE
    )
    return record, Credentials(password=entry["password"])


def pypsrp_shell(entry: Entry) -> WinRS:
    wsman = WSMan(
        "127.0.0.1",
        port=entry["http_port"],
        ssl=False,
        auth="negotiate",
        encryption="always",
        username=entry["username"],
        password=entry["password"],
        no_proxy=True,
    )
    return WinRS(wsman, codepage=65001)


async def measured(
    everywhere: Callable[[], Awaitable[int]], rounds: int, each: int, *, warm_up: bool = True
) -> Figures:
    """CPU and time of `rounds` over all workstations; `everywhere` says how many went well."""
    if warm_up:
        await everywhere()
    cpu, began, good = _cpu(), time.monotonic(), 0
    for _ in range(rounds):
        good += await everywhere()
    used, took, asked = _cpu() - cpu, time.monotonic() - began, rounds * each
    return {
        "cpu_ms": used * 1000 / asked,
        "per_s": asked / took,
        "errors": asked - good,
        "total_cpu_s": _cpu(),
    }


async def all_of(work: Sequence[Awaitable[bool]]) -> int:
    """How many were good; a failure is told, and counts as none."""
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    for failure in {repr(each) for each in outcomes if isinstance(each, BaseException)}:
        tell(failure)
    return sum(each is True for each in outcomes)


def _threaded(
    threads: ThreadPoolExecutor, once: Callable[[T], bool], items: Sequence[T]
) -> Callable[[], Awaitable[int]]:
    loop = asyncio.get_running_loop()

    async def everywhere() -> int:
        return await all_of([loop.run_in_executor(threads, once, item) for item in items])

    return everywhere


def is_list2(stdout: bytes) -> bool:
    return len(stdout.splitlines()) == EMULATORS


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _rss() -> int:
    return psutil.Process().memory_info().rss


if __name__ == "__main__":
    main()
