"""N simulated workstations with their endpoints, the same for the same seed."""

import asyncio
import random
import string
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ldfleet.simulator.adb.listeners import Listeners
from ldfleet.simulator.clock import Clock, SimClock
from ldfleet.simulator.control import Control
from ldfleet.simulator.journal import Journal
from ldfleet.simulator.machine import InstallSpec, MachineSpec, SimulatedMachine
from ldfleet.simulator.seam import Machine
from ldfleet.simulator.ssh.endpoint import SSHEndpoint
from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from ldfleet.simulator.workstation import Endpoint, Workstation

ACCOUNT = "ldops"
PASSWORD_LETTERS = string.ascii_letters + string.digits
HOST = "127.0.0.1"


class EndpointFactory(Protocol):
    """Makes a machine reachable. `chance` is the machine's own."""

    def __call__(self, machine: Machine, chance: random.Random) -> Endpoint: ...


def winrm(machine: Machine, chance: random.Random) -> Endpoint:
    """WinRM as Windows sets it up by default. Its time is real: clients count in real seconds."""
    return WinRMEndpoint(machine, chance=chance, clock=time.monotonic)


def machines(
    workstations: int, emulators: int, *, seed: int | str, generations: Sequence[int] = (9,)
) -> list[MachineSpec]:
    """`pc-01` and so on, with an account each and emulators `LDPlayer`, `farm-01` and so on."""
    width = max(2, len(str(workstations)))
    names = [f"pc-{number:0{width}d}" for number in range(1, workstations + 1)]
    players = ["LDPlayer", *(f"farm-{number:02d}" for number in range(1, emulators))][:emulators]
    return [
        MachineSpec(
            name=name,
            seed=seed,
            accounts={ACCOUNT: _password(seed, name)},
            installs=(
                InstallSpec(generation=generations[at % len(generations)], emulators=players),
            ),
        )
        for at, name in enumerate(names)
    ]


class Farm:
    """All workstations; `start` and `stop` belong into one task."""

    def __init__(
        self,
        specs: Sequence[MachineSpec],
        *,
        clock: Clock,
        journal: Journal | None = None,
        endpoint: EndpointFactory = winrm,
    ) -> None:
        self.clock = clock
        self.journal = journal or Journal()
        self.workstations: dict[str, Workstation] = {}
        self._running = AsyncExitStack()
        for spec in specs:
            machine = SimulatedMachine(spec, clock=clock, journal=self.journal)
            chance = random.Random(f"{spec.seed}/{spec.name}/endpoint")
            keys = random.Random(f"{spec.seed}/{spec.name}/ssh")
            self.workstations[spec.name] = Workstation(
                machine=machine,
                endpoint=endpoint(machine, chance),
                ssh=SSHEndpoint(machine, chance=keys, files=machine.host.files),
                ports=Listeners(machine, wake=machine.adb.start),
            )

    async def start(self) -> None:
        async with AsyncExitStack() as opened:
            for workstation in self.workstations.values():
                await opened.enter_async_context(workstation.machine)
                opened.push_async_callback(workstation.endpoint.stop)
                await workstation.endpoint.start()
                opened.push_async_callback(workstation.ssh.stop)
                await workstation.ssh.start()
                await opened.enter_async_context(workstation.ports)
            self._running = opened.pop_all()

    async def stop(self) -> None:
        await self._running.aclose()
        self.journal.close()

    def inventory(self) -> list[dict[str, object]]:
        """How to reach and to enter each workstation."""
        return [
            {
                "name": workstation.machine.name,
                "host": HOST,
                "port": workstation.endpoint.https_port,
                "tls": True,
                "username": user,
                "password": password,
                "certificate_sha256": workstation.endpoint.certificate_sha256,
                "ssh_port": workstation.ssh.port,
                "host_key_sha256": workstation.ssh.host_key_sha256,
                "adb_port": workstation.ports.adb_port,
            }
            for workstation in self.workstations.values()
            for user, password in workstation.machine.spec.accounts.items()
        ]

    def describe(self) -> list[dict[str, object]]:
        """What stands on the farm: equal for equal seeds and equal histories."""
        return [workstation.machine.describe() for workstation in self.workstations.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFarm:
    farm: Farm
    control_url: str


@asynccontextmanager
async def run_farm(
    *,
    workstations: int = 8,
    emulators: int = 12,
    seed: int | str = 1,
    time_scale: float = 1.0,
    generations: Sequence[int] = (9,),
    control_port: int = 0,
    journal_file: Path | None = None,
    endpoint: EndpointFactory = winrm,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[RunningFarm]:
    """A farm with its control port, until the block is left."""
    farm = Farm(
        machines(workstations, emulators, seed=seed, generations=generations),
        clock=SimClock(scale=time_scale, monotonic=monotonic),
        journal=Journal(journal_file),
        endpoint=endpoint,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(farm.stop)
        await farm.start()
        control = Control(farm.workstations, farm.journal)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        stack.push_async_callback(control.stop)
        await control.start(group, port=control_port)
        yield RunningFarm(farm=farm, control_url=control.url)


def _password(seed: int | str, name: str) -> str:
    rng = random.Random(f"{seed}/{name}/password")
    return "".join(rng.choices(PASSWORD_LETTERS, k=20))
