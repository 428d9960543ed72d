"""Create an emulator with a name, settings and apps, and put it on record."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.facts import Install
from ldfleet.domain.hardware import settings_of
from ldfleet.domain.verb import boots
from ldfleet.ldplayer import commands
from ldfleet.workflows.context import Context
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.furnish import furnish
from ldfleet.workflows.hardware import Hardware, beyond_modify
from ldfleet.workflows.install import check_files
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.newborn import NEEDED, Nursery

SHOWN_LIMIT = 300.0
"""Seconds its disks may take, once they are being written; 2 s is usual (ldconsole.md 5)."""


async def create(errand: Errand) -> Mapping[str, Any]:
    """Add it, see it whole, set what is asked for, put on it what belongs there."""
    params = errand.operation.params
    settings = settings_of(params.get("settings") or {})
    install = _install(errand)
    name: str | None = params.get("name")

    def failed(reason: str) -> errors.EmulatorNotCreated:
        return errors.EmulatorNotCreated(workstation=errand.workstation.name, reason=reason)

    nursery = Nursery(errand=errand, install=install, failed=failed)
    beyond_modify(install, settings)
    await _look_for_files(errand)
    async with disk_lock(errand):
        before = await nursery.indexes()
        await nursery.look_for_room(NEEDED)
        said = await nursery.order(commands.add(name), "add", message="adding an emulator")
        index = await nursery.arrived(before, said=said, name=name, limit=SHOWN_LIMIT)
    place = f"{index} of {install.path}"
    hardware = Hardware(errand=errand, install=install, index=index, name=place)
    if name is not None:
        await nursery.name_it(hardware, name)
    if not settings.empty:
        await hardware.apply(settings, off=True)
    if settings.adb is None or boots(errand.operation.verb, params):
        await hardware.switch_adb_on()
    emulator = await nursery.enrol(index, tags=params.get("tags") or ())
    made = {"emulator_id": emulator.id, "index": index, "name": emulator.name}
    if not boots(errand.operation.verb, params):
        return made
    return {**made, "apps": await furnish(_context(errand, emulator))}


async def _look_for_files(errand: Errand) -> None:
    """Before anything is made: later it would be an emulator without its apps."""
    files = [app["file"] for app in errand.operation.params.get("apps") or () if "file" in app]
    if files:
        async with errand.journal.step("look for its apps") as notes:
            if notes.before is None:
                await check_files(errand, files)
                notes.result = {"files": files}


def _context(errand: Errand, emulator: Emulator) -> Context:
    return Context(
        operation=errand.operation,
        journal=errand.journal,
        workstation=errand.workstation,
        emulator=emulator,
        transport=errand.transport,
        clock=errand.clock,
        storage=errand.storage,
        new_id=errand.new_id,
        tickets=errand.tickets,
    )


def _install(errand: Errand) -> Install:
    """The one that is named, or the only one there is."""
    named: str | None = errand.operation.params.get("install")
    known = errand.workstation.health.installs
    if not known:
        raise errors.LDPlayerNotInstalled(
            workstation=errand.workstation.name, looked_at="what scans have found"
        )
    if named is None and len(known) == 1:
        return known[0]
    wanted = (named or "").rstrip("\\").casefold()
    for install in known:
        if install.path.casefold() == wanted:
            return install
    there = ", ".join(install.path for install in known)
    raise errors.FieldInvalid(field="install", reason=f"name one of {there}")
