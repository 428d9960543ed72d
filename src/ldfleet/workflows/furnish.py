"""Start a new emulator, install what belongs on it, and stop it again unless it is to stay on."""

from collections.abc import Mapping, Sequence
from typing import Any

from ldfleet import errors
from ldfleet.workflows.context import Context
from ldfleet.workflows.install import App
from ldfleet.workflows.launch import launch
from ldfleet.workflows.leaving import left_on_record
from ldfleet.workflows.quit import quit_

_TOLD = (
    errors.EmulatorError,
    errors.NoDesktopSession,
    errors.DesktopTaskMissing,
    errors.LDPlayerServiceWedged,
    errors.CommandTimedOut,
    errors.FileMissing,
    errors.AppNotFound,
    errors.AppTransferFailed,
    errors.NotEnoughDisk,
    errors.PublicUrlNeeded,
)
"""What is told of an app while the others are installed all the same."""


async def furnish(context: Context) -> Sequence[Mapping[str, Any]]:
    """The packages that are on it now. Raises AppsMissing, with the reason of each."""
    async with left_on_record(context):
        async with context.journal.step("apps") as notes:
            if notes.before is None:
                notes.result = {"apps": await _installed(context)}
            apps: Sequence[Mapping[str, Any]] = notes.result["apps"]
        missing = [app for app in apps if "reason" in app]
        if not context.operation.params.get("stay_on"):
            await _stop(context, tell_only=bool(missing))
    if missing:
        raise errors.AppsMissing(
            emulator=context.emulator.id,
            missing=len(missing),
            wanted=len(apps),
            reason="; ".join(f"{app['app']}: {app['reason']}" for app in missing),
        )
    return apps


async def _installed(context: Context) -> list[Mapping[str, Any]]:
    wanted: Sequence[Mapping[str, str]] = context.operation.params.get("apps") or ()
    apps = [
        App(context=context, steps=f"app {number} ", **app)
        for number, app in enumerate(wanted, start=1)
    ]
    try:
        await launch(context)
    except _TOLD as error:
        if not apps:
            raise
        if isinstance(error, errors.EmulatorError):
            await context.trouble(error)
        return [_failure(app, f"it did not start ({error})") for app in apps]
    done: list[Mapping[str, Any]] = []
    for app in apps:
        try:
            done.append({"app": app.name, "package": (await app())["package"]})
        except _TOLD as error:
            await context.journal.log("app.missing", app=app.name, reason=str(error))
            done.append(_failure(app, str(error)))
    return done


def _failure(app: App, reason: str) -> Mapping[str, Any]:
    return {"app": app.name, "reason": reason.rstrip(".")}


async def _stop(context: Context, *, tell_only: bool) -> None:
    """With `tell_only` something else is the failure of the operation."""
    try:
        await quit_(context)
    except _TOLD as error:
        if not tell_only:
            raise
        await context.journal.log("emulator.not_stopped", reason=str(error))
