"""Real ADB: Debian's client and server, each with a home and a port of its own."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ADB = shutil.which("adb")
LOOPBACK = "127.0.0.1"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What adb printed, and its exit code."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class RealAdb:
    """Debian's adb as a client of the server on a port."""

    port: int
    home: Path

    async def __call__(self, *words: str) -> Said:
        process = await asyncio.create_subprocess_exec(
            needed(),
            "-P",
            str(self.port),
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(self.home),
        )
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        return Said(code=process.returncode or 0, out=out, err=err)


def needed() -> str:
    """Adb's path; without it the test is skipped."""
    if ADB is None:
        pytest.skip("adb is not installed; make setup says how")
    return ADB


def environment(home: Path) -> dict[str, str]:
    """It writes its key and its log below its home, and looks for no emulators by itself."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "ANDROID_ADB_LOG_PATH": str(home / "adb.log"),
        "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553",
    }


@asynccontextmanager
async def a_real_server(home: Path) -> AsyncGenerator[RealAdb]:
    """Debian's adb as a server in the foreground, ended by its pid."""
    with socket.create_server((LOOPBACK, 0)) as free:
        port: int = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        needed(),
        "-P",
        str(port),
        "nodaemon",
        "server",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(home),
    )
    try:
        await _listening(port)
        yield RealAdb(port=port, home=home)
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
