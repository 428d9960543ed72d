"""Put an emulator's disks back from a backup, and keep its settings over it.

LDPlayer resets the config file with a restore (ldconsole.md 10): resolution, ADB and device ids
would be lost, and with other ids the emulator would be taken for another.
"""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.errors import JSON
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.configfile import ADB_DEBUG, NAME, changes_of, edit, read_instance
from ldfleet.ldplayer.layout import config_file, disk_files
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.workflows.backup import beside
from ldfleet.workflows.context import Context
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import stopped_first


async def restore(context: Context) -> Mapping[str, Any]:
    """Remember its settings, have the disks put back, then put the settings back."""
    file = str(context.operation.params["file"])
    kept = await _keep(context, file)
    async with disk_lock(context):
        confirmed = await _restore(context, file, kept)
        settings = await _put_back(context, file, kept)
    seen = await context.through(context.look, begun=True)
    await context.remember(seen, await context.through(context.config, begun=True))
    return {"file": file, "settings_kept": settings, "confirmed": confirmed}


async def _keep(context: Context, file: str) -> Mapping[str, Any]:
    """Checked once: after the restore its file shows other device ids than are known."""
    async with context.journal.step("keep") as notes:
        if notes.before is None:
            await stopped_first(context)
            await context.journal.progress(0.0, "reading its settings")
            found = (await context.transport.stat([file]))[file]
            if found is None or found.directory:
                raise errors.FileMissing(workstation=context.workstation.name, path=file)
            if not found.size:
                raise _failed(context, file, "the file is empty")
            await _check_sum(context, file)
            notes.result = await _state(context)
        return notes.result


async def _check_sum(context: Context, file: str) -> None:
    """That the file is what the backup wrote; one made by hand has no sum to compare."""
    kept = beside(file, ".sha256")
    line = (await context.transport.read_files([kept]))[kept]
    if line is None:
        await context.journal.log("restore.no_checksum", file=kept)
        return
    await context.journal.progress(0.0, "reading the backup for its checksum")
    wanted = line.decode("ascii", errors="replace").partition(" ")[0].strip().lower()
    found = await context.transport.checksum(file)
    if found != wanted:
        raise _failed(
            context,
            file,
            f"it is not what the backup wrote (its SHA-256 is {found}, not {wanted}); "
            f"to restore it all the same remove {kept}",
        )


async def _state(context: Context) -> Mapping[str, Any]:
    """Its config file and when its disks were last written: a restore changes these."""
    config = await _config(context)
    disks = disk_files(context.install, context.emulator.index)
    written = [
        None if each is None else [each.size, each.modified]
        for each in (await context.transport.stat(disks)).values()
    ]
    text = None if config is None else config.decode("utf-8", errors="replace")
    return {"config": text, "disks": written}


async def _restore(context: Context, file: str, kept: Mapping[str, Any]) -> bool:
    async with context.journal.step("restore") as notes:
        if notes.before is None:
            await context.journal.progress(None, "putting its disks back")

            async def is_changed() -> bool:
                return await _state(context) != kept

            command = commands.restore(context.emulator.index, file=file)
            said = await give_once(
                context,
                lambda: context.ldconsole(command),
                begun=notes.started_before,
                happened=is_changed,
            )
            if said is not None and not await context.through(is_changed, begun=True):
                words = said.text or said.error
                raise _failed(context, file, words or "LDPlayer changed nothing, and said nothing")
            notes.result = {"confirmed": said is not None}
        return bool(notes.result["confirmed"])


async def _put_back(context: Context, file: str, kept: Mapping[str, Any]) -> list[str]:
    async with context.journal.step("settings") as notes:
        if notes.before is None:
            await context.journal.progress(0.9, "putting its settings back")
            notes.result = {"settings": await _write_settings(context, file, kept["config"])}
        return list(notes.result["settings"])


async def _write_settings(context: Context, file: str, text: str | None) -> list[str]:
    if text is None:
        return []
    try:
        changes = _settings(text.encode())
    except NotUnderstood as error:
        await context.journal.log("restore.settings_were_damaged", reason=error.reason)
        return []

    async def write() -> None:
        path = config_file(context.install, context.emulator.index)
        now = await _config(context)
        if now is None:
            await context.transport.write_file(path, text.encode())
        elif (edited := edit(now, changes)) != now:
            await context.transport.write_file(path, edited)

    try:
        await context.through(write, begun=True)
        after = await context.through(lambda: _config(context), begun=True)
        if after is None or edit(after, changes) != after:
            raise _failed(context, file, "its settings did not stay as they were put back")
    except NotUnderstood as error:
        reason = f"its settings can't be put back: {error.reason}"
        raise _failed(context, file, reason) from error
    return sorted(changes)


def _settings(content: bytes) -> dict[str, JSON]:
    config = read_instance(content)
    changes = changes_of(config.hardware)
    if config.name is not None:
        changes[NAME] = config.name
    if config.adb_debug is not None:
        changes[ADB_DEBUG] = config.adb_debug
    return changes


async def _config(context: Context) -> bytes | None:
    path = config_file(context.install, context.emulator.index)
    return (await context.transport.read_files([path]))[path]


def _failed(context: Context, file: str, reason: str) -> errors.RestoreFailed:
    return errors.RestoreFailed(emulator=context.emulator.id, file=file, reason=reason)
