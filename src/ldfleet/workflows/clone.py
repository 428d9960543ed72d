"""Clone a stopped emulator, and give the clone device ids of its own."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.hardware import AUTO, HardwareSettings
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.layout import disk_files
from ldfleet.workflows.context import Context
from ldfleet.workflows.hardware import Hardware
from ldfleet.workflows.launch import look_first
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.newborn import NEEDED, Nursery
from ldfleet.workflows.quit import quit_
from ldfleet.workflows.ready import stopped_first

NEW_IDS = HardwareSettings(imei=AUTO, imsi=AUTO, sim_serial=AUTO, android_id=AUTO, mac=AUTO)
"""Clones keep the source's ids (ldconsole.md 7), for which accounts are banned (10)."""


async def clone(context: Context) -> Mapping[str, Any]:
    """Copy it under the workstation's disk lock, see the copy whole, put it on record.

    It has the source's tags: by these a scope holds it whose owner may not see the whole PC.
    """
    params, install = context.operation.params, context.install
    name: str | None = params.get("name")

    def failed(reason: str) -> errors.CloneFailed:
        return errors.CloneFailed(emulator=context.emulator.id, reason=reason)

    stopped = await _stop_source(context)
    nursery = Nursery(errand=context, install=install, failed=failed)
    async with disk_lock(context):
        before = await nursery.indexes()
        await nursery.look_for_room(await _size(context))
        command = commands.copy(context.emulator.index, name=name)
        said = await nursery.order(command, "copy", message="copying its disks")
        index = await nursery.arrived(before, said=said, name=name, limit=commands.COPY)
    place = f"{index} of {install.path}"
    hardware = Hardware(errand=context, install=install, index=index, name=place)
    if name is not None:
        await nursery.name_it(hardware, name)
    if params.get("new_ids", True):
        await hardware.apply(NEW_IDS, off=True)
    emulator = await nursery.enrol(index, tags=context.emulator.tags)
    return {
        "emulator_id": emulator.id,
        "index": index,
        "name": emulator.name,
        "source_stopped": stopped,
    }


async def _stop_source(context: Context) -> bool:
    """Whether it had to be quit; raises SourceRunning where that was not asked for."""
    async with context.journal.step("source") as notes:
        if notes.before is None:
            seen = await look_first(context, damaged_is_fatal=False)
            if not seen.off:
                if not context.operation.params.get("stop_source", False):
                    raise errors.SourceRunning(emulator=context.emulator.id)
                await quit_(context)
            await stopped_first(context)
            notes.result = {"stopped": not seen.off}
        return bool(notes.result["stopped"])


async def _size(context: Context) -> int:
    disks = disk_files(context.install, context.emulator.index)
    found = await context.through(lambda: context.transport.stat(disks), begun=context.again)
    return sum(each.size for each in found.values() if each is not None) or NEEDED
