"""Machines for the simulator's tests: their time stands still until a test moves it."""

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ldfleet.simulator.clock import ManualClock
from ldfleet.simulator.commandline import join
from ldfleet.simulator.host import Start
from ldfleet.simulator.journal import Journal
from ldfleet.simulator.ldplayer.instance import Instance
from ldfleet.simulator.machine import InstallSpec, MachineSpec, SimulatedMachine
from ldfleet.simulator.pipes import PipedProcess
from ldfleet.simulator.seam import Chunk

LDCONSOLE = "C:\\LDPlayer\\LDPlayer9\\ldconsole.exe"
VMS = "C:\\LDPlayer\\LDPlayer9\\vms"


def a_machine(
    *,
    emulators: Sequence[str] = ("LDPlayer", "farm-01", "farm-02"),
    generation: int = 9,
    directory: str = "",
    seed: int = 1,
    name: str = "pc-01",
    installs: Sequence[InstallSpec] = (),
) -> SimulatedMachine:
    one = InstallSpec(generation=generation, directory=directory, emulators=emulators)
    spec = MachineSpec(
        name=name, seed=seed, accounts={"ldops": "secret"}, installs=installs or (one,)
    )
    return SimulatedMachine(spec, clock=ManualClock(), journal=Journal())


@dataclass(frozen=True)
class Desk:
    """A person with a machine: gives commands and lets time pass."""

    machine: SimulatedMachine

    @property
    def clock(self) -> ManualClock:
        clock = self.machine.host.clock
        assert isinstance(clock, ManualClock)
        return clock

    def begin(self, line: str, *, via_cmd: bool = False, session: int = 0) -> PipedProcess:
        if session == 0:
            return self.machine.start(
                line,
                [],
                user="ldops",
                skip_cmd_shell=not via_cmd,
                code_page=65001,
                environment={},
                working_directory=None,
            )
        return self.machine.host.start(
            Start(
                line=line,
                session=session,
                user="ldplayer",
                parent=self.machine.host.services_pid,
                environment={},
                directory="C:\\",
                code_page=65001,
            )
        )

    async def end(self, process: PipedProcess) -> Chunk:
        """Let time pass until the program is over."""
        for _ in range(200):
            for _ in range(40):
                await asyncio.sleep(0)
            if process.ended.done():
                return await process.read()
            assert self.clock.to_next_timer(), "it waits for something that never comes"
        raise AssertionError("it does not end")

    async def line(self, line: str, *, via_cmd: bool = False, stdin: bytes = b"") -> Chunk:
        process = self.begin(line, via_cmd=via_cmd)
        process.feed(stdin, end=True)
        return await self.end(process)

    async def cmd(self, line: str) -> Chunk:
        return await self.line(line, via_cmd=True)

    async def ld(self, *words: object, at_desktop: bool = False) -> Chunk:
        line = join([LDCONSOLE, *(str(word) for word in words)])
        session = (self.machine.sessions.number or 0) if at_desktop else 0
        process = self.begin(line, session=session)
        process.feed(b"", end=True)
        return await self.end(process)

    async def launch(self, index: int) -> None:
        await self.ld("launch", "--index", index, at_desktop=True)

    async def row(self, index: int) -> list[str]:
        rows = (await self.ld("list2")).stdout.decode("gbk").splitlines()
        return next(row.split(",") for row in rows if row.startswith(f"{index},"))

    async def script(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        chunk = await self.end(self.begin_script(name, request))
        assert chunk.exit_code == 0, chunk.stderr.decode()
        answer: dict[str, Any] = json.loads(base64.b64decode(chunk.stdout))
        return answer

    def begin_script(self, name: str, request: dict[str, Any]) -> PipedProcess:
        text = f"# ldfleet:{name} v1\nparam()\n".encode("utf-16-le")
        encoded = base64.b64encode(text).decode()
        process = self.begin(f"powershell.exe -NoProfile -EncodedCommand {encoded}")
        process.feed(base64.b64encode(json.dumps(request).encode()), end=True)
        return process

    def instance(self, index: int) -> Instance:
        return self.machine.installs[0].instances[index]

    def effects(self) -> list[str]:
        """What ldconsole did, oldest first, without what it was only asked."""
        entries = self.machine.host.journal.after()
        return [one.effect for one in entries if one.kind == "ldconsole" and one.effect != "read"]

    def config(self, index: int) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.config_bytes(index))
        return document

    def config_bytes(self, index: int) -> bytes:
        self.machine.host.settle()
        return self.machine.host.files.read(f"{VMS}\\config\\leidian{index}.config")

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.machine.host.settle()
