"""A session of one command, or of SFTP: bytes between the client and a program in session 0."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

import asyncssh
from asyncssh.stream import SSHServerStreamSession

from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.seam import Machine, RemoteProcess
from ldfleet.simulator.ssh.faults import SSHFaults
from ldfleet.simulator.ssh.sftp import SimulatedSFTP

CONSOLE_CODE_PAGE = 437


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a session needs of the endpoint it belongs to."""

    machine: Machine
    faults: SSHFaults
    files: FileSystem
    spawn: Callable[[Coroutine[Any, Any, None]], object]


class CommandSession(asyncssh.SSHServerSession[bytes]):
    """`exec` and `sftp`: nobody needs a terminal here."""

    def __init__(
        self,
        inside: Inside,
        *,
        user: str,
        cut: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        self._inside = inside
        self._user = user
        self._cut = cut
        self._closed = closed
        self._command = ""
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._process: RemoteProcess | None = None
        self._early = bytearray()
        self._input_ended = False
        self._gone = False
        self._sftp: SSHServerStreamSession[bytes] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def exec_requested(self, command: str) -> bool:
        if self._inside.faults.strikes("before_command"):
            self._cut()
            return False
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        offered = subsystem == "sftp" and not self._inside.faults.ssh_no_sftp
        if not offered or self._channel is None:
            return False
        files = self._inside.files
        self._sftp = SSHServerStreamSession(
            None, lambda channel: SimulatedSFTP(channel, files), sftp_version=3
        )
        self._sftp.connection_made(self._channel)
        return True

    def session_started(self) -> None:
        if self._sftp is not None:
            self._sftp.session_started()
            return
        self._inside.spawn(self._converse())

    def pause_writing(self) -> None:
        if self._sftp is not None:
            self._sftp.pause_writing()

    def resume_writing(self) -> None:
        if self._sftp is not None:
            self._sftp.resume_writing()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        if self._sftp is not None:
            self._sftp.data_received(data, datatype)
        elif self._process is None:
            self._early += data
        else:
            self._process.feed(data, end=False)

    def eof_received(self) -> bool:
        if self._sftp is not None:
            return bool(self._sftp.eof_received())
        self._input_ended = True
        if self._process is not None:
            self._process.feed(b"", end=True)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if self._sftp is not None:
            self._sftp.connection_lost(exc)
        self._gone = True
        self._closed()
        if self._process is not None:
            self._process.feed(b"", end=True)
            if self._inside.faults.ssh_ends_with_session:
                self._process.terminate()

    async def _converse(self) -> None:
        await asyncio.sleep(self._inside.faults.delay_s)
        if self._gone:
            return
        if self._inside.faults.ssh_shell != "cmd":
            self._say(self._command.removeprefix("echo ").encode() + b"\r\n", exit_code=0)
            return
        self._process = process = self._started()
        process.feed(bytes(self._early), end=self._input_ended)
        if self._inside.faults.strikes("after_command"):
            self._cut()
        await self._pump(process)

    def _started(self) -> RemoteProcess:
        # sshd puts the command between quotes, which cmd.exe takes off again.
        return self._inside.machine.start(
            f'"{self._command}"',
            [],
            user=self._user,
            skip_cmd_shell=False,
            code_page=CONSOLE_CODE_PAGE,
            environment={},
            working_directory=None,
        )

    async def _pump(self, process: RemoteProcess) -> None:
        while True:
            chunk = await process.read()
            if self._inside.faults.strikes("mid_receive"):
                self._cut()
            if self._gone or self._channel is None:
                return
            try:
                if chunk.stderr:
                    self._channel.write_stderr(chunk.stderr)
                if chunk.stdout or chunk.exit_code is not None:
                    self._say(chunk.stdout, exit_code=chunk.exit_code)
            except BrokenPipeError:  # the client has closed it, and asyncssh tells us next
                return
            if chunk.exit_code is not None:
                return

    def _say(self, data: bytes, *, exit_code: int | None) -> None:
        if self._channel is None:
            return
        if data:
            cast("Any", self._channel).write(data)  # asyncssh leaves its type open
        if exit_code is not None:
            self._channel.exit(exit_code)
