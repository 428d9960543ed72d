"""Programs of the PC that ldfleet runs on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

_STREAMS = {1: "stdout", 2: "stderr"}
LINGER_S = 0.5
"""An emulator that ldconsole has started may hold its pipes open: what comes later is not ours."""
GONE_S = 10.0

Hear = Callable[[Mapping[str, bytes]], None]
"""Takes what a program writes, by stream."""


class Program(Protocol):
    """One that was started."""

    async def feed(self, data: bytes | None) -> None:
        """Give it its standard input, and the end of it."""
        ...

    async def wait(self) -> int:
        """Its exit code, once it has ended and all it wrote was heard."""
        ...

    async def end(self) -> bool:
        """End it with all it has started; whether it is gone."""
        ...


class Programs(Protocol):
    """Starts programs."""

    async def start(self, argv: Sequence[str], hear: Hear) -> Program:
        """Without a shell. Raises FileNotFoundError: there is none; OSError: it may not start."""
        ...


class OwnPrograms:
    """Fulfils `Programs` with the operating system's processes."""

    async def start(self, argv: Sequence[str], hear: Hear) -> Program:
        _, program = await asyncio.get_running_loop().subprocess_exec(
            lambda: _OwnProgram(hear), *argv, **_apart()
        )
        return program


class _OwnProgram(asyncio.SubprocessProtocol):
    """Not asyncio's own Process: that one waits for the pipes, which a child may hold open."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._transport: asyncio.SubprocessTransport | None = None
        self._ended = asyncio.Event()
        self._quiet = asyncio.Event()
        self._open = {1, 2}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Called by asyncio."""
        self._hear({_STREAMS[fd]: data})

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Called by asyncio."""
        del exc
        self._open.discard(fd)
        if not self._open:
            self._quiet.set()

    def process_exited(self) -> None:
        """Called by asyncio."""
        self._ended.set()

    async def feed(self, data: bytes | None) -> None:
        """What it does not want to hear is lost."""
        stdin = cast("asyncio.WriteTransport | None", self._own().get_pipe_transport(0))
        if stdin is not None and not stdin.is_closing():
            if data:
                stdin.write(data)
            stdin.write_eof()

    async def wait(self) -> int:
        """See `Program`."""
        await self._ended.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                await self._quiet.wait()
        self._own().close()
        return (self._own().get_returncode() or 0) & 0xFFFFFFFF

    async def end(self) -> bool:
        """See `Program`."""
        try:
            async with asyncio.timeout(GONE_S):
                if not self._ended.is_set():
                    await _end_tree(self._own().get_pid())
                await self._ended.wait()
        except TimeoutError:
            return False
        self._own().close()
        return True

    def _own(self) -> asyncio.SubprocessTransport:
        if self._transport is None:
            raise AssertionError("asyncio connects before it hands out")
        return self._transport


if sys.platform == "win32":

    def _apart() -> dict[str, Any]:
        """It opens no console window."""
        return {"creationflags": subprocess.CREATE_NO_WINDOW}

    async def _end_tree(pid: int) -> None:
        ending = await asyncio.create_subprocess_exec(
            "taskkill",
            "/PID",
            str(pid),
            "/T",
            "/F",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await ending.wait()

else:

    def _apart() -> dict[str, Any]:
        """What it starts can be ended with it."""
        return {"start_new_session": True}

    async def _end_tree(pid: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
