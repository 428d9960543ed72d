"""Install an app from a file on the workstation or from LDPlayer's store, and see it listed."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.packages import install_failure
from ldfleet.workflows.context import Context
from ldfleet.workflows.guest import packages, until
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import ready_first

FILE_LIMIT = 30.0  # seconds after installapp has ended
STORE_LIMIT = 300.0
"""The store's page is opened and installs by itself (ldconsole.md 5)."""


async def install(context: Context) -> Mapping[str, Any]:
    """Remember what is installed, have the app installed, and see what has come."""
    params = context.operation.params
    file, package = params.get("file"), params.get("package")
    await ready_first(context)
    before = await _before(context, file)
    if package is not None and package in before:
        return {"package": package, "already_installed": True, "observed": True}
    said = await _give(context, before)
    come = await _see(context, before, said)
    return {"package": come, "already_installed": come in before, "observed": True}


async def _before(context: Context, file: str | None) -> Mapping[str, str]:
    async with context.journal.step("before") as notes:
        if notes.before is None:
            await context.journal.progress(0.1, "looking at what is installed")
            if file is not None and file not in await context.transport.exists([file]):
                raise errors.FileMissing(workstation=context.workstation.name, path=file)
            notes.result = {"packages": dict(await packages(context))}
        before: Mapping[str, str] = notes.result["packages"]
        return before


async def _give(context: Context, before: Mapping[str, str]) -> str:
    """What was said of it; nothing where its answer was not heard."""
    params, index = context.operation.params, context.emulator.index
    async with context.journal.step("install") as notes:
        if notes.before is None:
            await context.journal.progress(0.3, "installing")
            if "file" in params:
                command = commands.installapp(index, file=params["file"])
            else:
                command = commands.installapp_from_store(index, package=params["package"])

            async def has_come() -> bool:
                return _come(context, before, await packages(context)) is not None

            said = await give_once(context, command, begun=notes.started_before, happened=has_come)
            notes.result = {"said": "" if said is None else f"{said.text}\n{said.error}".strip()}
        return str(notes.result["said"])


async def _see(context: Context, before: Mapping[str, str], said: str) -> str:
    from_file = "file" in context.operation.params
    limit = FILE_LIMIT if from_file else STORE_LIMIT
    async with context.journal.step("listed") as notes:
        if notes.before is None:
            await context.journal.progress(0.8, "waiting until it is listed")
            refused = install_failure(said)
            found = await until(
                context,
                lambda: packages(context),
                lambda now: _come(context, before, now) is not None,
                limit=0.0 if refused else limit,
            )
            come = _come(context, before, found)
            if come is None:
                raise _failed(context, refused, said, limit)
            notes.result = {"package": come}
        return str(notes.result["package"])


def _come(context: Context, before: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    """The app that is new, or whose place has moved: Android gives each install its own."""
    wanted = context.operation.params.get("package")
    moved = [name for name, place in now.items() if before.get(name) != place]
    if wanted is not None:
        return wanted if wanted in moved else None
    return moved[0] if moved else None


def _failed(
    context: Context, refused: str | None, said: str, limit: float
) -> errors.AppInstallFailed:
    params = context.operation.params
    silent = f"nothing came within {limit:g} s, and nothing was said"
    return errors.AppInstallFailed(
        emulator=context.emulator.id,
        app=str(params.get("file") or params["package"]),
        reason=refused or said or silent,
    )
