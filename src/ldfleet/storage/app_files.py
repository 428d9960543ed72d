"""The files of the app library, on this machine's disk; named by their checksums."""

import asyncio
import errno
import hashlib
import json
import shutil
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from ldfleet import errors
from ldfleet.domain.app import AppFacts, LibraryApp, Packing
from ldfleet.ports import Clock, Received
from ldfleet.shield import unbroken

_INCOMING = "incoming"
_READER = "ldfleet.storage.app_reading"
_READING_S = 300.0
"""Gigabytes are unpacked for it, at more than 10 MB in a second."""
_BLOCK = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_LATELY = timedelta(days=1)
"""What is written may be on its way into the library, by this server or another one."""


class StoredAppFiles:
    """`ports.AppFiles` in a folder: `<sha256>.<packing>`, and what comes in below `incoming`."""

    def __init__(self, folder: Path, *, clock: Clock, chance: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._clock = clock
        self._chance = chance

    @asynccontextmanager
    async def receive(
        self, chunks: AsyncIterator[bytes], *, limit: int
    ) -> AsyncGenerator[Received]:
        token = self._chance(16).hex()
        place = self._place(token)
        with _a_full_disk():
            await asyncio.to_thread(place.mkdir, parents=True)
        try:
            with _a_full_disk():
                size, sha256 = await _written(chunks, place / "file", limit)
            facts = await _read(place, limit)
            yield Received(token=token, size=size, sha256=sha256, facts=facts)
        finally:
            await unbroken(asyncio.to_thread(shutil.rmtree, place, ignore_errors=True))

    async def keep(self, received: Received) -> None:
        name = f"{received.sha256}.{received.facts.packing}"
        file = self._place(received.token) / "file"
        await asyncio.to_thread(file.replace, self._folder / name)

    async def remove(self, app: LibraryApp) -> None:
        await asyncio.to_thread(self.path_of(app).unlink, missing_ok=True)

    async def sweep(self, known: Collection[str]) -> None:
        await asyncio.to_thread(self._sweep, frozenset(known))

    def path_of(self, app: LibraryApp) -> Path:
        """Where its file is, if it is there."""
        return self._folder / f"{app.sha256}.{app.facts.packing}"

    def _place(self, token: str) -> Path:
        return self._folder / _INCOMING / token

    def _sweep(self, known: frozenset[str]) -> None:
        before = self._clock.now() - _LATELY
        incoming = self._folder / _INCOMING
        for each in (*_entries(self._folder), *_entries(incoming)):
            if each == incoming or each.stem in known or _modified(each) >= before:
                continue
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)


@dataclass(slots=True)
class _Sink:
    """Writes in large pieces, beside the event loop, and counts."""

    file: IO[bytes]
    limit: int
    size: int = 0
    _held: bytearray = field(default_factory=bytearray)
    _sum: Any = field(default_factory=hashlib.sha256)

    async def add(self, chunk: bytes) -> None:
        """Raises AppTooLarge."""
        self.size += len(chunk)
        if self.size > self.limit:
            raise errors.AppTooLarge(limit=self.limit)
        self._held += chunk
        if len(self._held) >= _BLOCK:
            await self.flush()

    async def flush(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        await unbroken(asyncio.to_thread(self._write, held))

    def _write(self, block: bytes) -> None:
        self._sum.update(block)
        self.file.write(block)

    @property
    def sha256(self) -> str:
        return str(self._sum.hexdigest())


async def _written(chunks: AsyncIterator[bytes], path: Path, limit: int) -> tuple[int, str]:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        sink = _Sink(file, limit)
        async for chunk in chunks:
            await sink.add(chunk)
        await sink.flush()
    finally:
        await unbroken(asyncio.to_thread(file.close))
    return sink.size, sink.sha256


async def _read(place: Path, limit: int) -> AppFacts:
    """What it is, asked of a process of its own. Raises AppRefused."""
    words = ("-I", "-m", _READER, str(place / "file"), str(place), str(limit))
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_READING_S):
            printed, _ = await reader.communicate()
    except TimeoutError as error:
        raise errors.AppRefused(reason=f"it can't be read in {_READING_S:g} s") from error
    finally:
        if reader.returncode is None:
            with suppress(ProcessLookupError):
                reader.kill()
            await unbroken(reader.wait())
    if reader.returncode != 0:
        raise errors.AppRefused(reason="it can't be read: whatever reads it breaks on it")
    answer: Any = json.loads(printed)
    if "refused" in answer:
        raise errors.AppRefused(reason=answer["refused"])
    return facts_of(answer["facts"])


def facts_of(told: dict[str, Any]) -> AppFacts:
    """Of JSON; `contents` are those of a row."""
    return AppFacts(
        package=told["package"],
        version_code=told["version_code"],
        version_name=told["version_name"],
        label=told["label"],
        min_sdk=told["min_sdk"],
        abis=tuple(told["abis"]),
        splits=tuple(told["splits"]),
        packing=Packing(told["packing"]),
        signer_sha256=told["signer_sha256"],
        apks=tuple(told.get("apks", ())),
        data_files=tuple((place, target) for place, target in told.get("data_files", ())),
    )


@contextmanager
def _a_full_disk() -> Generator[None]:
    try:
        yield
    except OSError as error:
        reason = "the server's disk is full" if error.errno in _FULL else str(error.strerror)
        raise errors.AppLibraryFull(reason=reason) from error


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
