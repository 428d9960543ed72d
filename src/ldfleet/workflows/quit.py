"""Quit an emulator and see it gone."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Power
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.outputs import Said
from ldfleet.workflows.context import Context
from ldfleet.workflows.launch import look_first
from ldfleet.workflows.observe import Glimpse
from ldfleet.workflows.patience import look_until

STOP_LIMIT = 30.0
"""Seconds; dnplayer rewrites the config file meanwhile, so nothing is killed (ldconsole.md 5)."""


async def quit_(context: Context) -> Mapping[str, Any]:
    """Ask it to quit, unless it is off already, and wait until its processes are gone."""
    seen = await look_first(context, damaged_is_fatal=False)
    if not seen.off:
        await _ask(context)
        await _see_it_go(context)
    return {"power": Power.STOPPED.value, "android": Android.OFF.value, "adb": Adb.NONE.value}


async def _ask(context: Context) -> None:
    async with context.journal.step("quit") as notes:
        if notes.before is not None:
            return
        await context.journal.progress(0.3, "asking it to quit")

        async def ask() -> Said:
            return await context.ldconsole(commands.quit_(context.emulator.index))

        await context.through(ask, acts=True)
        notes.result = {"asked_at": context.clock.now().isoformat()}


async def _see_it_go(context: Context) -> None:
    async with context.journal.step("stopped") as notes:
        await context.journal.progress(0.6, "waiting for its processes to end")
        gone = await look_until(context, _off, limit=STOP_LIMIT, deep=False, stopping=True)
        if not gone:
            raise errors.EmulatorDidNotStop(emulator=context.emulator.id, seconds=round(STOP_LIMIT))
        notes.result = {"stopped_at": context.clock.now().isoformat()}


def _off(seen: Glimpse) -> bool:
    return seen.off
