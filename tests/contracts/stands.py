"""Simulated workstations to hold transports to their promises, and programs to run there."""

import asyncio
import itertools
import json
import random
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import (
    Address,
    Credentials,
    LoginMethod,
    TransportKind,
    Workstation,
)
from ldfleet.ports import NewId, Transport
from ldfleet.simulator.adb.listeners import Listeners
from ldfleet.simulator.clock import SimClock
from ldfleet.simulator.farm import ACCOUNT, EndpointFactory, Farm, machines, winrm
from ldfleet.simulator.host import Invocation, Start
from ldfleet.simulator.journal import Entry
from ldfleet.simulator.machine import SimulatedMachine
from ldfleet.simulator.seam import Machine, RemoteProcess
from ldfleet.simulator.ssh.endpoint import SSHEndpoint
from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.simulator.workstation import Workstation as Served
from ldfleet.transports.connector import KeptConnector
from ldfleet.transports.local.connector import LocalConnector
from ldfleet.transports.local.programs import Hear, Program
from ldfleet.transports.ssh.connector import SSHConnector
from ldfleet.transports.ssh.tuning import Tuning as SSHTuning
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning
from support.openssh import SSHD, USER, openssh

LDCONSOLE = "C:\\LDPlayer\\LDPlayer9\\ldconsole.exe"
TOOLS = "C:\\Tools"
FAR_TOOLS = "C:\\Мои программы & игры\\雷电"
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
QUICK = Tuning(busy_delays=(0.01, 0.01), connect=5.0, test_connect=5.0, cleanup=5.0)
SSH_QUICK = SSHTuning(connect=5.0, test_connect=5.0, cleanup=5.0, busy_delays=(0.05, 0.2, 0.5))
PATIENCE = 5.0


class WallClock:
    """Fulfils `ports.Clock` with the real time: the other side is real too."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def show_arguments(invocation: Invocation) -> int:
    invocation.process.write_out(json.dumps(invocation.argv[1:]).encode())
    return 0


async def fail(invocation: Invocation) -> int:
    invocation.out("half done")
    invocation.err("it broke")
    return 7


async def never_end(invocation: Invocation) -> int:
    invocation.out("begun")
    await asyncio.get_running_loop().create_future()
    return 0


async def flood(invocation: Invocation) -> int:
    for _ in range(48):
        invocation.process.write_out(b"x" * 65_536)
        await asyncio.sleep(0)
    return 3


async def echo(invocation: Invocation) -> int:
    invocation.process.write_out(await invocation.process.input.read_all())
    return 0


async def take_a_while(invocation: Invocation) -> int:
    await asyncio.sleep(2.5)
    invocation.out("at last")
    return 0


PROGRAMS = {
    "show.exe": show_arguments,
    "fail.exe": fail,
    "never.exe": never_end,
    "flood.exe": flood,
    "slow.exe": take_a_while,
    "echo.exe": echo,
}


class Faults(Protocol):
    """What can be broken on every way there."""

    unreachable: bool

    def cut_next(self, where: str, times: int = 1) -> None: ...

    def cut_connections(self) -> None: ...


class Counters(Protocol):
    """What is counted on every way there."""

    connections: int
    standing: int


@dataclass(kw_only=True)
class Stand:
    """One workstation, and a connector that knows how to reach it."""

    machine: SimulatedMachine
    farm: Farm
    connector: KeptConnector
    record: Workstation
    credentials: Credentials
    faults: Faults
    counters: Counters
    exposed: Callable[[int], Awaitable[int]] | None = None
    """Opens a port of the machine here, where a real server forwards to real ports."""

    @asynccontextmanager
    async def transport(self) -> AsyncGenerator[Transport]:
        async with self.connector.connect(self.record, self.credentials) as transport:
            yield transport

    def moved(self, **changes: object) -> Workstation:
        """The record with a changed address."""
        address: Address = replace(self.record.address, **changes)  # type: ignore[arg-type] # a test's own names
        return replace(self.record, address=address)

    def running(self, name: str) -> int:
        """How many processes of that program there are on the machine."""
        return len(self.machine.host.processes.named(name))

    def started(self, name: str) -> list[Entry]:
        """The journal's entries of starts of that program."""
        return [
            entry
            for entry in self.farm.journal.after()
            if entry.kind == "process"
            and entry.effect == "started"
            and entry.argv
            and entry.argv[0].lower().endswith(name)
        ]

    async def port_of(self, port: int) -> int:
        """What a transport is asked for to reach that port of the machine."""
        return await self.exposed(port) if self.exposed else port

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - the machine tells nobody
                await asyncio.sleep(0.01)


@dataclass(kw_only=True)
class WinRMStand(Stand):
    """One that is reached over WinRM."""

    endpoint: WinRMEndpoint


@dataclass(kw_only=True)
class SSHStand(Stand):
    """One that is reached over SSH."""

    endpoint: SSHEndpoint


def numbered() -> NewId:
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}_{next(numbers)}"


@asynccontextmanager
async def a_workstation(endpoint: EndpointFactory = winrm) -> AsyncGenerator[tuple[Farm, Served]]:
    """A simulated workstation with the tools on it."""
    farm = Farm(machines(1, 3, seed=7), clock=SimClock(scale=60.0), endpoint=endpoint)
    await farm.start()
    try:
        workstation = farm.workstations["pc-01"]
        for folder in (TOOLS, FAR_TOOLS):
            for name, program in PROGRAMS.items():
                workstation.machine.host.install(f"{folder}\\{name}", program)
        yield farm, workstation
    finally:
        await farm.stop()


@asynccontextmanager
async def a_stand(
    *,
    tls: bool = False,
    login: LoginMethod = LoginMethod.NEGOTIATE,
    options: WinRMOptions | None = None,
    tuning: Tuning = QUICK,
    credentials: Credentials | None = None,
) -> AsyncGenerator[WinRMStand]:
    def endpoint(machine: Machine, chance: random.Random) -> WinRMEndpoint:
        return WinRMEndpoint(machine, chance=chance, clock=time.monotonic, options=options)

    async with a_workstation(endpoint) as (farm, workstation):
        served = workstation.endpoint
        assert isinstance(served, WinRMEndpoint)
        connector = WinRMConnector(
            server_id="test", clock=WallClock(), new_id=numbered(), tuning=tuning
        )
        try:
            yield WinRMStand(
                machine=workstation.machine,
                endpoint=served,
                farm=farm,
                connector=connector,
                record=record_of(
                    Address(
                        host="127.0.0.1",
                        port=served.https_port if tls else served.http_port,
                        tls=tls,
                        login=login,
                        username=ACCOUNT,
                        certificate_sha256=served.certificate_sha256 if tls else None,
                    )
                ),
                credentials=credentials or password_of(workstation),
                faults=served.faults,
                counters=served.counters,
            )
        finally:
            await connector.aclose()


@asynccontextmanager
async def an_ssh_stand(
    *,
    login: LoginMethod = LoginMethod.PASSWORD,
    credentials: Credentials | None = None,
    tuning: SSHTuning = SSH_QUICK,
) -> AsyncGenerator[SSHStand]:
    async with a_workstation() as (farm, workstation):
        served = workstation.ssh
        connector = SSHConnector(clock=WallClock(), new_id=numbered(), tuning=tuning)
        try:
            yield SSHStand(
                machine=workstation.machine,
                endpoint=served,
                farm=farm,
                connector=connector,
                record=record_of(
                    Address(
                        host="127.0.0.1",
                        port=served.port,
                        transport=TransportKind.SSH,
                        tls=False,
                        login=login,
                        username=ACCOUNT,
                        host_key_sha256=served.host_key_sha256,
                    )
                ),
                credentials=credentials or password_of(workstation),
                faults=served.faults,
                counters=served.counters,
            )
        finally:
            await connector.aclose()


@asynccontextmanager
async def an_openssh_stand() -> AsyncGenerator[Stand]:
    if SSHD is None:
        pytest.skip("sshd is not installed; make setup says how")
    with tempfile.TemporaryDirectory(prefix="ldfleet-sshd-") as folder:
        async with (
            a_workstation() as (farm, workstation),
            openssh(workstation.machine, Path(folder)) as served,
        ):
            connector = SSHConnector(clock=WallClock(), new_id=numbered(), tuning=SSH_QUICK)
            try:
                yield Stand(
                    machine=workstation.machine,
                    farm=farm,
                    connector=connector,
                    record=record_of(
                        Address(
                            host="127.0.0.1",
                            port=served.port,
                            transport=TransportKind.SSH,
                            tls=False,
                            login=LoginMethod.KEY,
                            username=USER,
                            host_key_sha256=served.host_key_sha256,
                        )
                    ),
                    credentials=Credentials(private_key_pem=served.private_key_pem),
                    faults=served.faults,
                    counters=served.counters,
                    exposed=workstation.ports.expose,
                )
            finally:
                await connector.aclose()


class SimulatedSockets:
    """The simulated machine's loopback as the local transport dials it."""

    def __init__(self, ports: Listeners, machine: SimulatedMachine) -> None:
        self._ports = ports
        self._machine = machine

    async def dial(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._machine.listening(port) is None:
            raise ConnectionRefusedError
        return await asyncio.open_connection("127.0.0.1", await self._ports.expose(port))


class SimulatedPrograms:
    """The simulated machine's programs as the local transport starts them: no cmd.exe between."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    async def start(self, argv: Sequence[str], hear: Hear) -> Program:
        process = self._machine.host.start(
            Start(
                line=subprocess.list2cmdline(argv),
                session=0,
                user=f"{self._machine.name}\\{ACCOUNT}",
                parent=0,
                environment={},
                directory="C:\\",
            )
        )
        return SimulatedProgram(process, hear)


class SimulatedProgram:
    def __init__(self, process: RemoteProcess, hear: Hear) -> None:
        self._process = process
        self._hear = hear

    async def feed(self, data: bytes | None) -> None:
        self._process.feed(data or b"", end=True)

    async def wait(self) -> int:
        while True:
            chunk = await self._process.read()
            self._hear({"stdout": chunk.stdout, "stderr": chunk.stderr})
            if chunk.exit_code is not None:
                return chunk.exit_code

    async def end(self) -> bool:
        self._process.terminate()
        while (await self._process.read()).exit_code is None:
            pass
        return True


@asynccontextmanager
async def a_local_stand() -> AsyncGenerator[Stand]:
    async with a_workstation() as (farm, workstation):
        connector = LocalConnector(
            SimulatedPrograms(workstation.machine),
            clock=WallClock(),
            new_id=numbered(),
            sockets=SimulatedSockets(workstation.ports, workstation.machine),
        )
        try:
            yield Stand(
                machine=workstation.machine,
                farm=farm,
                connector=connector,
                record=record_of(
                    Address(
                        host="localhost",
                        port=0,
                        transport=TransportKind.LOCAL,
                        tls=False,
                        login=LoginMethod.NONE,
                    )
                ),
                credentials=Credentials(),
                faults=workstation.ssh.faults,
                counters=workstation.ssh.counters,
            )
        finally:
            await connector.aclose()


def password_of(workstation: Served) -> Credentials:
    return Credentials(password=workstation.machine.password_of(ACCOUNT))


def record_of(address: Address) -> Workstation:
    return Workstation(
        id=WorkstationId("ws_1"),
        name="pc-01",
        address=address,
        created_at=SINCE,
        updated_at=SINCE,
    )
