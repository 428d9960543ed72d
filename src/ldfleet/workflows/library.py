"""Install an app of the library: bring it there, have it installed, and see which version came."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.app import LibraryApp, Packing
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.commands import Command, CommandClass
from ldfleet.ldplayer.outputs import Said
from ldfleet.workflows.context import Context
from ldfleet.workflows.delivery import Delivered, deliver, unpack
from ldfleet.workflows.guest import ask

LONGEST_LINE = 6_000  # characters; a command line has 8,191 (winrm.md 6)
_SHARED = "/sdcard"


async def bring(context: Context, app: LibraryApp, *, steps: str = "") -> Delivered:
    """Have it on the workstation, ready to be installed."""
    async with context.journal.step(f"{steps}deliver") as notes:
        await context.journal.progress(0.11, f"looking for {app.name} on the workstation")
        there = await deliver(context, app)
        await unpack(context, app, there)
        notes.result = {"file": there.file, "fetched": there.fetched}
    return there


def installing(context: Context, app: LibraryApp, there: Delivered) -> Command[Said]:
    """What installs it. A set is adb's business: LDPlayer's own command takes one file.

    Raises AppInstallFailed: it is more than a command line can name.
    """
    index = context.emulator.index
    if app.facts.packing is Packing.APK:
        return commands.installapp(index, file=there.file)
    words = " ".join(["install-multiple", "-r", *there.apks])
    if len(words) > LONGEST_LINE:
        raise errors.AppInstallFailed(
            emulator=context.emulator.id, app=app.name, reason="it has too many splits"
        )
    return commands.adb(index, words, kind=CommandClass.IDEMPOTENT, deadline=commands.INSTALL)


async def push_data(context: Context, app: LibraryApp, there: Delivered, *, steps: str) -> None:
    """Its data files, to where the app looks for them; seen by their sizes."""
    for number, (file, target) in enumerate(there.data_files, start=1):
        async with context.journal.step(f"{steps}data {number}") as notes:
            if notes.before is None:
                await context.journal.progress(0.9, f"copying {target.rpartition('/')[2]}")
                place = f"{_SHARED}/{target}"
                await _push(context, app, file, place)
                notes.result = {"file": place}


async def _push(context: Context, app: LibraryApp, file: str, place: str) -> None:
    words = f"push {file} {place}"
    push = commands.adb(
        context.emulator.index, words, kind=CommandClass.IDEMPOTENT, deadline=commands.INSTALL
    )
    said = await context.through(lambda: context.ldconsole(push), acts=True)
    if (await ask(context, f"shell ls {place}")).split()[:1] != [place]:
        raise errors.AppInstallFailed(
            emulator=context.emulator.id,
            app=app.name,
            reason=f"its data file {place} is not there: {said.error or said.text}",
        )


async def see_version(
    context: Context, app: LibraryApp, version: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Whether what was seen is what was to come. Raises AppInstallFailed."""
    code = version["version_code"]
    if code is not None and code != app.facts.version_code:
        raise errors.AppInstallFailed(
            emulator=context.emulator.id,
            app=app.name,
            reason=f"version code {code} is installed, not {app.facts.version_code}",
        )
    return {"app": app.id, **version, "observed": code is not None}
