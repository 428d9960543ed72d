"""Back an emulator up to a file on its workstation, and know the file by its checksum."""

import asyncio
import ntpath
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.layout import BACKUPS, config_file, disk_files, folder
from ldfleet.shield import is_for_good, unbroken
from ldfleet.workflows.context import Context
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import stopped_first

ENDING = ".ldbk"
UNKNOWN_SIZE = 4 << 30  # bytes; an instance has about 3 GB (ldconsole.md 7)
LOOKS = 3  # at least, however long one takes on a busy PC
STABLE_AFTER = 2.0  # seconds in which a finished file does not grow
FILE_LIMIT = 60.0  # seconds for the file to be there once ldconsole has ended
LOOK_EVERY = 5.0
SWEEPING = 20.0  # seconds to remove what a failed backup has left
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


async def backup(context: Context) -> Mapping[str, Any]:
    """Look for room, keep its settings beside the file, have it written, see it stay, sum it."""
    await stopped_first(context)
    file = str(context.operation.params.get("file") or _default_file(context))
    async with disk_lock(context):
        needed = await _look_for_room(context, file)
        async with _nothing_half_done(context, file):
            config = await _keep_config(context, file)
            said = await _write(context, file, needed)
            size = await _see_it_whole(context, file, said)
            sha256 = await _sum(context, file)
    return {
        "file": file,
        "size": size,
        "sha256": sha256,
        "config": config,
        "confirmed": True,
    }


@asynccontextmanager
async def _nothing_half_done(context: Context, file: str) -> AsyncGenerator[None]:
    """Where it fails or is cancelled for good, what it has written is removed."""
    try:
        yield
    except asyncio.CancelledError as stop:
        if is_for_good(stop):
            await unbroken(_sweep(context, file))
        raise
    except (errors.OperationLost, errors.RecordChanged):
        raise  # it may be at work still, in whose hands ever
    except errors.FleetError:
        await _sweep(context, file)
        raise


def _written(file: str) -> tuple[str, str, str]:
    """All that a backup makes; none of it is there before, else it is not begun."""
    return (file, beside(file, ".config"), beside(file, ".sha256"))


async def _sweep(context: Context, file: str) -> None:
    try:
        async with asyncio.timeout(SWEEPING):
            removed = await context.transport.remove_files(_written(file))
    except (errors.FleetError, TimeoutError) as error:
        await context.journal.log("backup.left", file=file, reason=str(error))
    else:
        await context.journal.log("backup.swept", files=sorted(removed))


def _default_file(context: Context) -> str:
    """In plain letters: ldconsole takes words in the PC's code page."""
    name = _ODD.sub("_", context.emulator.name).strip("._") or "emulator"
    data = folder(context.install.data_path)
    return rf"{data}\{BACKUPS}\{name}-{context.operation.id}{ENDING}"


async def _look_for_room(context: Context, file: str) -> int:
    async with context.journal.step("room") as notes:
        if notes.before is None:
            await context.journal.progress(0.0, "looking for room on the disk")
            disks = disk_files(context.install, context.emulator.index)
            found = await context.transport.stat((*_written(file), *disks))
            for path in _written(file):
                if found[path] is not None:
                    raise errors.BackupFileTaken(workstation=context.workstation.name, path=path)
            size = sum(each.size for each in found.values() if each is not None)
            await _check_room(context, file, needed=size or UNKNOWN_SIZE)
            notes.result = {"needed": size or UNKNOWN_SIZE}
        return int(notes.result["needed"])


async def _check_room(context: Context, file: str, *, needed: int) -> None:
    facts = await context.transport.query()
    drive = file[0].upper()
    disk = next((each for each in facts.disks if each.letter.upper() == drive), None)
    if disk is None:
        raise _failed(context, file, f"the workstation has no fixed drive {drive}:")
    if disk.free < needed:
        raise errors.NotEnoughDisk(
            workstation=context.workstation.name, drive=drive, free=disk.free, needed=needed
        )


async def _keep_config(context: Context, file: str) -> str | None:
    """LDPlayer's own backup holds the disks only."""
    async with context.journal.step("config") as notes:
        if notes.before is None:
            path = config_file(context.install, context.emulator.index)

            async def copy() -> str | None:
                content = (await context.transport.read_files([path]))[path]
                if content is None:
                    return None
                await context.transport.write_file(beside(file, ".config"), content)
                return beside(file, ".config")

            notes.result = {"config": await context.through(copy)}
        kept: str | None = notes.result["config"]
        return kept


async def _write(context: Context, file: str, needed: int) -> str:
    """What LDPlayer said at its end. Raises BackupFailed where nobody saw that."""
    async with context.journal.step("backup") as notes:
        if notes.before is None:
            await context.journal.progress(0.1, "writing the backup")

            async def is_there() -> bool:
                return await _size(context, file) > 0

            command = commands.backup(context.emulator.index, file=file)
            async with _told(context, file, needed):
                said = await give_once(
                    context,
                    lambda: context.ldconsole(command),
                    begun=notes.started_before,
                    happened=is_there,
                    torn=True,
                )
            if said is None:  # its size can't tell a whole file from a torn one
                reason = "it was interrupted, and nobody saw the file become whole"
                raise _failed(context, file, reason)
            notes.result = {"said": said.text or said.error}
        return str(notes.result["said"])


@asynccontextmanager
async def _told(context: Context, file: str, needed: int) -> AsyncGenerator[None]:
    """Meanwhile tell how far the file has grown; it is packed, so its end is a guess."""

    async def tell() -> None:
        while True:
            await context.clock.sleep(LOOK_EVERY)
            try:
                size = await _size(context, file)
            except errors.FleetError:
                continue  # only the backup's own failure matters
            if size:
                done = min(0.1 + 0.8 * size / needed, 0.9)
                await context.journal.progress(done, f"{size >> 20} MiB are written")

    failure: errors.FleetError | None = None
    async with asyncio.TaskGroup() as group:
        teller = group.create_task(tell())
        try:
            yield
        except errors.FleetError as error:
            failure = error
        finally:
            teller.cancel()
    if failure is not None:
        raise failure


async def _see_it_whole(context: Context, file: str, said: str) -> int:
    async with context.journal.step("file") as notes:
        await context.journal.progress(0.95, "seeing that the file is whole")

        async def size_now() -> int:
            return await _size(context, file)

        before, looks, end = 0, 0, context.clock.monotonic() + FILE_LIMIT
        while True:
            size = await context.through(size_now, begun=True)
            if size and size == before:
                notes.result = {"size": size}
                return size
            looks += 1
            if looks >= LOOKS and context.clock.monotonic() >= end:
                raise _failed(context, file, said or "LDPlayer wrote no file, and said nothing")
            before = size
            await context.clock.sleep(STABLE_AFTER)


async def _sum(context: Context, file: str) -> str:
    """Its SHA-256, kept beside it in the form of sha256sum: restore compares it."""
    async with context.journal.step("checksum") as notes:
        if notes.before is None:
            await context.journal.progress(0.97, "reading the file for its checksum")
            sha256 = await context.through(lambda: context.transport.checksum(file), begun=True)
            if sha256 is None:
                raise _failed(context, file, "the file went while its checksum was made")
            line = f"{sha256} *{ntpath.basename(file)}\n".encode()

            async def keep() -> None:
                await context.transport.write_file(beside(file, ".sha256"), line)

            await context.through(keep, begun=True)
            notes.result = {"sha256": sha256}
        return str(notes.result["sha256"])


def beside(file: str, ending: str) -> str:
    """What is kept with a backup, in the same folder under the same name."""
    return f"{file[: -len(ENDING)]}{ending}"


async def _size(context: Context, file: str) -> int:
    found = (await context.transport.stat([file]))[file]
    return 0 if found is None else found.size


def _failed(context: Context, file: str, reason: str) -> errors.BackupFailed:
    return errors.BackupFailed(emulator=context.emulator.id, file=file, reason=reason)
