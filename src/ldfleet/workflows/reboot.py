"""Reboot an emulator and see it boot again, rung by rung."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Power
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.outputs import Said
from ldfleet.workflows.context import Context
from ldfleet.workflows.ladder import Rung, rung_of
from ldfleet.workflows.launch import climb, look_first, refuse_without_desktop
from ldfleet.workflows.observe import Glimpse
from ldfleet.workflows.patience import look_until

DOWN_LIMIT = 60.0
"""Seconds until the virtual machine that ran is gone; a quit took 6 (ldconsole.md 7)."""


async def reboot(context: Context) -> Mapping[str, Any]:
    """Ask it to reboot, wait until its virtual machine is another, then until Android is up."""
    seen = await look_first(context)
    machine = await _machine_before(context, seen)
    await _ask(context)
    await _see_it_go(context, machine)
    started = context.clock.now()
    await climb(context)
    return {
        "power": Power.RUNNING.value,
        "android": Android.READY.value,
        "adb": Adb.READY.value,
        "boot_seconds": round((context.clock.now() - started).total_seconds(), 1),
    }


async def _machine_before(context: Context, seen: Glimpse) -> int | None:
    """The process of the virtual machine that is to go, remembered from the first run."""
    async with context.journal.step("look before") as notes:
        if notes.before is None or not context.again:
            if rung_of(seen) < Rung.MACHINE:
                raise errors.EmulatorWrongState(
                    emulator=context.emulator.id,
                    verb=context.operation.verb,
                    state=context.emulator.status.value,
                    needed=Power.RUNNING.value,
                )
            await refuse_without_desktop(context, begun=False)
            notes.result = {"vm_pid": seen.row.vm_pid}
        machine: int | None = notes.result["vm_pid"]
        return machine


async def _ask(context: Context) -> None:
    """The key makes it one reboot however often it is asked for (scripts.md, desktop)."""
    async with context.journal.step("reboot") as notes:
        if notes.before is not None:
            return
        await context.journal.progress(0.1, "asking it to reboot")

        async def ask() -> Said:
            command = commands.reboot(context.emulator.index)
            return await context.ldconsole(command, key=f"{context.operation.id}-reboot")

        try:
            await context.through(ask, acts=True, begun=notes.started_before)
        except errors.CommandTimedOut:
            await context.journal.log("reboot.unanswered", remedy="looking what became of it")
        notes.result = {"asked_at": context.clock.now().isoformat()}


async def _see_it_go(context: Context, machine: int | None) -> None:
    async with context.journal.step("down") as notes:
        if notes.before is not None:
            return
        await context.journal.progress(0.15, "waiting for its virtual machine to end")

        def is_another(seen: Glimpse) -> bool:
            return seen.row.vm_pid != machine

        if not await look_until(context, is_another, limit=DOWN_LIMIT, deep=False):
            raise errors.EmulatorDidNotReboot(
                emulator=context.emulator.id, seconds=round(DOWN_LIMIT)
            )
        notes.result = {"down_at": context.clock.now().isoformat()}
