"""A real OpenSSH server in front of a simulated workstation's programs.

sshd does the login and carries the bytes; what it would hand to the account's shell goes to the
simulated machine instead, by ForceCommand and a socket.
"""

import asyncio
import getpass
import os
import shutil
import struct
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncssh

from ldfleet.simulator.farm import ACCOUNT
from ldfleet.simulator.loopback import LOOPBACK, bind
from ldfleet.simulator.machine import SimulatedMachine
from ldfleet.simulator.seam import RemoteProcess
from ldfleet.simulator.ssh.faults import SSHCounters, SSHFaults

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
RELAY = Path(__file__).with_name("relay.py")
USER = getpass.getuser()
HEAD = struct.Struct("!cI")
STARTED_S = ENDED_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    port: int
    host_key_sha256: str
    private_key_pem: str
    faults: SSHFaults
    counters: SSHCounters


def new_key() -> asyncssh.SSHKey:
    generate: Callable[[str], asyncssh.SSHKey] = cast("Any", asyncssh).generate_private_key
    return generate("ssh-ed25519")


@asynccontextmanager
async def openssh(machine: SimulatedMachine, folder: Path) -> AsyncGenerator[Served]:
    """Sshd on loopback, behind a line that can be cut; ended by pid."""
    host_key, user_key = (new_key() for _ in range(2))
    if SSHD is None:
        raise FileNotFoundError("sshd")
    port = _free_port()
    config = _configured(folder, port, host_key, user_key)
    async with _programs(machine, folder / "programs") as programs:
        process = await asyncio.create_subprocess_exec(
            SSHD, "-D", "-e", "-f", str(config), stderr=asyncio.subprocess.PIPE
        )
        try:
            await _listening(port)
            async with _line(port) as line:
                programs.faults = line.faults
                yield Served(
                    port=line.port,
                    host_key_sha256=host_key.get_fingerprint(),
                    private_key_pem=user_key.export_private_key().decode(),
                    faults=line.faults,
                    counters=line.counters,
                )
        finally:
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It and whoever holds its standard error: a session that hangs would be waited for."""
    process.terminate()
    try:
        async with asyncio.timeout(ENDED_S):
            await process.communicate()
    except TimeoutError:
        process.kill()
        raise


def _configured(
    folder: Path, port: int, host_key: asyncssh.SSHKey, user_key: asyncssh.SSHKey
) -> Path:
    key, allowed = folder / "host_key", folder / "authorized_keys"
    key.touch(mode=0o600)
    key.write_bytes(host_key.export_private_key())
    allowed.write_bytes(user_key.export_public_key())
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    config = folder / "sshd_config"
    config.write_text(
        f"""Port {port}
ListenAddress {LOOPBACK}
HostKey {key}
PidFile none
AuthorizedKeysFile {allowed}
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp /usr/lib/openssh/sftp-server
SetEnv PATH=/usr/bin:/bin HOME={folder}
ForceCommand exec {sys.executable} -I -S {RELAY} {folder / "programs"}
"""
    )
    return config


class _Programs:
    """The machine's end of the relays."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self.faults: SSHFaults | None = None
        self._machine = machine

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            _, command = await _frame(reader)
            if self._strikes("before_command"):
                return
            process = self._machine.start(
                f'"{command.decode()}"',
                [],
                user=ACCOUNT,
                skip_cmd_shell=False,
                code_page=437,
                environment={},
                working_directory=None,
            )
            self._strikes("after_command")
            async with asyncio.TaskGroup() as group:
                feeding = group.create_task(_feed(reader, process))
                await self._answer(writer, process)
                feeding.cancel()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the relay is gone; Windows' programs go on without it
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, process: RemoteProcess) -> None:
        while True:
            chunk = await process.read()
            if self._strikes("mid_receive"):
                return
            for kind, data in ((b"o", chunk.stdout), (b"r", chunk.stderr)):
                if data:
                    writer.write(HEAD.pack(kind, len(data)) + data)
            if chunk.exit_code is not None:
                code = str(chunk.exit_code).encode()
                writer.write(HEAD.pack(b"x", len(code)) + code)
                return
            await writer.drain()

    def _strikes(self, where: str) -> bool:
        if self.faults is None or not self.faults.strikes(where):
            return False
        self.faults.cut_connections()
        return True


async def _frame(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind, size = HEAD.unpack(await reader.readexactly(HEAD.size))
    return kind, await reader.readexactly(size)


async def _feed(reader: asyncio.StreamReader, process: RemoteProcess) -> None:
    try:
        while True:
            kind, data = await _frame(reader)
            process.feed(data, end=kind == b"e")
    except (ConnectionError, asyncio.IncompleteReadError):
        process.feed(b"", end=True)


@asynccontextmanager
async def _programs(machine: SimulatedMachine, place: Path) -> AsyncGenerator[_Programs]:
    programs = _Programs(machine)
    server = await asyncio.start_unix_server(programs.converse, place)
    try:
        yield programs
    finally:
        server.close()


class _Line:
    """A TCP proxy before sshd that can be cut, and refuse."""

    def __init__(self, target: int) -> None:
        self.faults = SSHFaults(changed=self._changed, cut_all=self._cut)
        self.counters = SSHCounters()
        self._target = target
        self._bound = bind(0)
        self.port: int = self._bound.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, sock=self._bound)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._bound.close()
        self._cut()

    def _changed(self, name: str) -> None:
        if name != "unreachable":
            return
        if self.faults.unreachable:
            self.close()
            self._bound = bind(self.port)
        elif self._server is None:
            self._bound.listen()  # at once, so that nobody has to wait for it
            self._opening = asyncio.ensure_future(self.open())

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counters.connections += 1
        self.counters.standing += 1
        there, back = await asyncio.open_connection(LOOPBACK, self._target)
        self._writers |= {writer, back}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pipe(reader, back))
                group.create_task(_pipe(there, writer))
        finally:
            self._writers -= {writer, back}
            self.counters.standing -= 1


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def _line(target: int) -> AsyncGenerator[_Line]:
    line = _Line(target)
    await line.open()
    try:
        yield line
    finally:
        line.close()


def _free_port() -> int:
    with bind(0) as bound:
        return int(bound.getsockname()[1])


async def _listening(port: int) -> None:
    async with asyncio.timeout(STARTED_S):
        while True:
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return
