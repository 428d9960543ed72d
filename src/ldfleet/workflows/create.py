"""Create an emulator with a name and settings, and put it on record."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.facts import Install
from ldfleet.domain.hardware import settings_of
from ldfleet.ldplayer import commands
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.hardware import Hardware, beyond_modify
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.newborn import NEEDED, Nursery

SHOWN_LIMIT = 300.0
"""Seconds its disks may take, once they are being written; 2 s is usual (ldconsole.md 5)."""


async def create(errand: Errand) -> Mapping[str, Any]:
    """Add it, see it whole, set what is asked for."""
    params = errand.operation.params
    settings = settings_of(params.get("settings") or {})
    install = _install(errand)
    name: str | None = params.get("name")

    def failed(reason: str) -> errors.EmulatorNotCreated:
        return errors.EmulatorNotCreated(workstation=errand.workstation.name, reason=reason)

    nursery = Nursery(errand=errand, install=install, failed=failed)
    beyond_modify(install, settings)
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
    emulator = await nursery.enrol(index, tags=params.get("tags") or ())
    return {"emulator_id": emulator.id, "index": index, "name": emulator.name}


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
