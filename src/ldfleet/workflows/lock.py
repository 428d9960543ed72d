"""One disk-heavy operation on a workstation, whichever server asks for it: a file says so there.

The lanes keep one server's operations apart. The file keeps out those of another server, and
those of a runner that lost its lease and does not know.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from ldfleet import errors
from ldfleet.workflows.errand import Errand

LOCK_FILE = r"C:\ProgramData\LDFleet\lock.json"
WAIT_LIMIT = 1800.0
"""Seconds; a copy is given as many (ldconsole.md 4)."""
LOOK_EVERY = 5.0
LONGER = timedelta(seconds=60)
"""So long beyond its time-out an operation may still be cleaning up."""
RELEASING = 15.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Who holds the disks, under which fencing token, and until when at the latest."""

    operation: str
    token: int
    until: datetime

    def dump(self) -> bytes:
        """As the file has it."""
        words = {**self._names(), "until": self.until.isoformat()}
        return json.dumps(words).encode()

    def _names(self) -> dict[str, Any]:
        return {"operation": self.operation, "token": self.token}

    @classmethod
    def load(cls, content: bytes | None) -> Self | None:
        """None: there is none, or it is no lock, which holds nobody up."""
        try:
            words: Any = json.loads(content or b"")
            until = datetime.fromisoformat(words["until"])
            lock = cls(operation=str(words["operation"]), token=int(words["token"]), until=until)
        except (ValueError, KeyError, TypeError):
            return None
        return None if until.tzinfo is None else lock


@asynccontextmanager
async def disk_lock(errand: Errand, *, makes_room: bool = False) -> AsyncGenerator[None]:
    """Hold the workstation's disks; wait for another who holds them.

    What `makes_room` goes on where a full disk has none for the file.

    Raises:
        WorkstationLocked: it was still held after a while.
    """
    async with lock_on(errand, LOCK_FILE, makes_room=makes_room):
        yield


@asynccontextmanager
async def lock_on(errand: Errand, file: str, *, makes_room: bool = False) -> AsyncGenerator[None]:
    """Hold what that file on the workstation stands for; as `disk_lock`."""
    mine = _lock_of(errand)
    try:
        await _take(errand, file, mine)
    except errors.DiskFull:
        if not makes_room:
            raise
        await errand.journal.log("lock.no_room", path=file)
    try:
        yield
    finally:
        with suppress(errors.FleetError, TimeoutError):
            async with asyncio.timeout(RELEASING):
                await _release(errand, file, mine)


def _lock_of(errand: Errand) -> Lock:
    operation = errand.operation
    until = errand.clock.now() + timedelta(seconds=operation.timeout) + LONGER
    return Lock(operation=operation.id, token=operation.token, until=until)


async def _take(errand: Errand, file: str, mine: Lock) -> None:
    give_up = errand.clock.monotonic() + WAIT_LIMIT

    async def write() -> None:
        await errand.transport.write_file(file, mine.dump())

    while True:
        held = await _held(errand, file)
        if held == mine:
            return
        if held is None or await _is_free(errand, held):
            await errand.through(write, begun=errand.again)
            continue  # another may have written at the same moment: the last one has it
        if errand.too_late or errand.clock.monotonic() >= give_up:
            raise errors.WorkstationLocked(
                workstation=errand.workstation.name,
                operation=held.operation,
                until=held.until.isoformat(timespec="seconds"),
            )
        await errand.journal.progress(None, f"waiting for {held.operation} on this workstation")
        await errand.clock.sleep(LOOK_EVERY)


async def _held(errand: Errand, file: str) -> Lock | None:
    async def read() -> bytes | None:
        return (await errand.transport.read_files([file]))[file]

    return Lock.load(await errand.through(read, begun=errand.again))


async def _is_free(errand: Errand, held: Lock) -> bool:
    if held.operation == errand.operation.id:
        return held.token <= errand.operation.token
    return held.until <= errand.clock.now() or await _is_over(errand, held)


async def _is_over(errand: Errand, held: Lock) -> bool:
    """An operation of ours that ended without letting go; another server's is not known."""
    try:
        async with errand.storage() as work:
            return (await work.operations.get(held.operation)).status.over
    except errors.OperationNotFound:
        return False


async def _release(errand: Errand, file: str, mine: Lock) -> None:
    content = (await errand.transport.read_files([file]))[file]
    if Lock.load(content) == mine:
        await errand.transport.remove_files([file])
