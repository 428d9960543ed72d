"""Uninstall, run and end an app, and see in Android that it is so."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.commands import Command
from ldfleet.ldplayer.outputs import Said
from ldfleet.workflows.context import Context
from ldfleet.workflows.guest import packages, pid_of, until
from ldfleet.workflows.ready import ready_first

GONE_LIMIT = 60.0  # seconds
RUN_LIMIT = 30.0
KILL_LIMIT = 15.0


async def uninstall(context: Context) -> Mapping[str, Any]:
    """Have it removed, and see that it is no longer listed."""
    package = await _find(context)
    command = commands.uninstallapp(context.emulator.index, package=package)
    await _give(context, "uninstall", command)
    async with context.journal.step("gone") as notes:
        await context.journal.progress(0.6, "waiting until it is gone")
        left = await until(
            context,
            lambda: packages(context),
            lambda found: package not in found,
            limit=GONE_LIMIT,
        )
        if package in left:
            raise errors.AppStayed(
                emulator=context.emulator.id, package=package, seconds=round(GONE_LIMIT)
            )
        notes.result = {"observed": True}
    async with context.storage() as work:
        await work.installations.gone(context.emulator.id, package)
    return {"package": package, "observed": True}


async def run(context: Context) -> Mapping[str, Any]:
    """Have it opened, and see its process."""
    package = await _find(context)
    await _give(context, "run", commands.runapp(context.emulator.index, package=package))
    async with context.journal.step("running") as notes:
        await context.journal.progress(0.6, "waiting for its process")
        pid = await until(
            context, lambda: pid_of(context, package), lambda pid: pid != 0, limit=RUN_LIMIT
        )
        if pid == 0:
            raise errors.AppDidNotStart(
                emulator=context.emulator.id, package=package, seconds=round(RUN_LIMIT)
            )
        notes.result = {"pid": pid, "observed": pid is not None}
        return {"package": package, **notes.result}


async def kill(context: Context) -> Mapping[str, Any]:
    """Have it ended, and see that it has no process."""
    package = await _find(context)
    await _give(context, "kill", commands.killapp(context.emulator.index, package=package))
    async with context.journal.step("ended") as notes:
        await context.journal.progress(0.6, "waiting for its process to end")
        pid = await until(
            context, lambda: pid_of(context, package), lambda pid: not pid, limit=KILL_LIMIT
        )
        if pid:
            raise errors.AppDidNotStop(
                emulator=context.emulator.id, package=package, seconds=round(KILL_LIMIT)
            )
        notes.result = {"observed": pid is not None}
        return {"package": package, **notes.result}


async def _find(context: Context) -> str:
    """The app that is meant. Raises AppNotInstalled, once: an uninstall may be half done."""
    package = str(context.operation.params["package"])
    await ready_first(context)
    async with context.journal.step("app") as notes:
        if notes.before is None:
            await context.journal.progress(0.1, "looking for the app")
            if package not in await packages(context):
                raise errors.AppNotInstalled(emulator=context.emulator.id, package=package)
            notes.result = {"package": package}
    return package


async def _give(context: Context, step: str, command: Command[Said]) -> None:
    async with context.journal.step(step) as notes:
        if notes.before is None:
            await context.journal.progress(0.3, "telling LDPlayer")
            said = await context.through(lambda: context.ldconsole(command), acts=True)
            notes.result = {"said": said.text or said.error}
