"""Programs of the PC that ldfleet runs on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

TAKE = 65_536
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
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            **_apart(),
        )
        return _OwnProgram(process, hear)


class _OwnProgram:
    def __init__(self, process: asyncio.subprocess.Process, hear: Hear) -> None:
        self._process = process
        self._hear = hear

    async def feed(self, data: bytes | None) -> None:
        stdin = self._process.stdin
        if stdin is None:
            return
        with suppress(BrokenPipeError, ConnectionResetError):  # it did not want to hear it
            if data:
                stdin.write(data)
                await stdin.drain()
        stdin.close()

    async def wait(self) -> int:
        streams = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        pumps = [
            asyncio.ensure_future(self._pump(name, stream)) for name, stream in streams.items()
        ]
        try:
            exit_code = await self._process.wait()
            await asyncio.wait(pumps, timeout=LINGER_S)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        return exit_code & 0xFFFFFFFF

    async def end(self) -> bool:
        if self._process.returncode is not None:
            return True
        try:
            async with asyncio.timeout(GONE_S):
                await _end_tree(self._process.pid)
                await self._process.wait()
        except TimeoutError:
            return False
        return True

    async def _pump(self, name: str, stream: asyncio.StreamReader | None) -> None:
        while stream is not None and (data := await stream.read(TAKE)):
            self._hear({name: data})


if sys.platform == "win32":

    def _apart() -> dict[str, Any]:
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
        return {"start_new_session": True}

    async def _end_tree(pid: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
