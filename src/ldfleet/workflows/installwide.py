"""What is asked of a whole LDPlayer: its settings, its windows, the end of all its emulators."""

from collections.abc import Mapping, Sequence
from typing import Any

from ldfleet import errors
from ldfleet.domain.facts import Install
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.configfile import GlobalConfig, read_global
from ldfleet.ldplayer.layout import global_config
from ldfleet.ldplayer.outputs import Row, Said
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.observe import Glimpse

STOP_LIMIT = 60.0
"""Seconds for all to be gone: one takes 6, and up to 30 (ldconsole.md 5, 7)."""
LOOK_EVERY = 1.5
KEPT_LIMIT = 10.0
_SETTINGS = ("fps", "audio", "fast_play", "clean_mode")


async def global_settings(errand: Errand) -> Mapping[str, Any]:
    """Set them for every emulator of every LDPlayer there, and read them back."""
    wanted = {name: errand.operation.params[name] for name in _SETTINGS if _given(errand, name)}
    told = await _installs(errand)
    for number, install in enumerate(told):
        async with errand.journal.step(f"set {install.path}") as notes:
            if notes.before is None:
                await errand.journal.progress(number / len(told), f"setting {install.path}")
                await _set(errand, install, wanted)
                await _see_kept(errand, install, wanted)
                notes.result = wanted
    return {
        "installs": [install.path for install in told],
        "settings": wanted,
        "in_force": "at each emulator's next start",
    }


def _given(errand: Errand, name: str) -> bool:
    return errand.operation.params.get(name) is not None


async def _set(errand: Errand, install: Install, wanted: Mapping[str, Any]) -> None:
    command = commands.globalsetting(
        fps=wanted.get("fps"),
        audio=wanted.get("audio"),
        fastplay=wanted.get("fast_play"),
        cleanmode=wanted.get("clean_mode"),
    )
    await errand.through(lambda: errand.console(install)(command), acts=True)


async def _see_kept(errand: Errand, install: Install, wanted: Mapping[str, Any]) -> None:
    end = errand.clock.monotonic() + KEPT_LIMIT
    while True:
        found = await errand.through(lambda: _global(errand, install), begun=True)
        lost = [name for name, value in wanted.items() if getattr(found, name, None) != value]
        if not lost:
            return
        if errand.clock.monotonic() >= end:
            raise errors.GlobalSettingsNotKept(
                workstation=errand.workstation.name,
                install=install.path,
                settings=", ".join(lost),
            )
        await errand.clock.sleep(LOOK_EVERY)


async def _global(errand: Errand, install: Install) -> GlobalConfig | None:
    path = global_config(install)
    content = (await errand.transport.read_files([path]))[path]
    try:
        return None if content is None else read_global(content)
    except NotUnderstood:
        return None


async def sort_windows(errand: Errand) -> Mapping[str, Any]:
    """Have the windows lined up; nothing that can be read from afar shows that they are."""
    told = await _installs(errand)
    for number, install in enumerate(told):
        async with errand.journal.step(f"sort {install.path}") as notes:
            if notes.before is None:
                await errand.journal.progress(number / len(told), "lining the windows up")
                await _sort(errand, install, number)
                notes.result = {"sorted_at": errand.clock.now().isoformat()}
    return {"installs": [install.path for install in told], "observed": False}


async def _sort(errand: Errand, install: Install, number: int) -> None:
    facts = await errand.through(errand.transport.query)
    if facts.desktop is None:
        raise errors.NoDesktopSession(workstation=errand.workstation.name)

    async def sort() -> Said:
        key = f"{errand.operation.id}-sort-{number}"
        return await errand.console(install)(commands.sort_wnd(), key=key)

    await errand.through(sort, acts=True)


async def quit_all(errand: Errand) -> Mapping[str, Any]:
    """Have all emulators quit, and wait until the last of them is gone."""
    told = await _installs(errand)
    stopped = 0
    for number, install in enumerate(told):
        running = await _ask_to_quit(errand, install)
        await errand.journal.progress((number + 0.5) / len(told), f"{running} are stopping")
        await _see_them_go(errand, install)
        stopped += running
    return {"installs": [install.path for install in told], "stopped": stopped}


async def _ask_to_quit(errand: Errand, install: Install) -> int:
    async with errand.journal.step(f"quit {install.path}") as notes:
        if notes.before is None:
            running = len(await _running(errand, install))
            if running:
                command = commands.quitall()
                await errand.through(lambda: errand.console(install)(command), acts=True)
            notes.result = {"running": running}
        return int(notes.result["running"])


async def _see_them_go(errand: Errand, install: Install) -> None:
    async with errand.journal.step(f"stopped {install.path}") as notes:
        end = errand.clock.monotonic() + STOP_LIMIT
        while left := await _running(errand, install):
            if errand.clock.monotonic() >= end:
                raise errors.EmulatorsDidNotStop(
                    workstation=errand.workstation.name,
                    emulators=", ".join(row.name for row in left),
                    seconds=round(STOP_LIMIT),
                )
            await errand.clock.sleep(LOOK_EVERY)
        notes.result = {"stopped_at": errand.clock.now().isoformat()}


async def _running(errand: Errand, install: Install) -> Sequence[Row]:
    rows = await errand.through(lambda: errand.console(install)(commands.list2()), begun=True)
    return [row for row in rows if not Glimpse(row=row).off]


async def _installs(errand: Errand) -> Sequence[Install]:
    """The one that is named, or all that were found there.

    Raises:
        FieldInvalid: LDPlayer is not in the folder that was named.
        LDPlayerNotInstalled: there is none at all.
    """
    named = errand.operation.params.get("install")
    known = errand.workstation.health.installs
    found = [one for one in known if named is None or _same(one.path, named)]
    if not known:
        raise errors.LDPlayerNotInstalled(
            workstation=errand.workstation.name, looked_at="what the last scan found: nothing"
        )
    if not found:
        there = ", ".join(one.path for one in known)
        raise errors.FieldInvalid(field="install", reason=f"LDPlayer is not there, but in {there}")
    return found


def _same(path: str, named: str) -> bool:
    return path.casefold() == named.rstrip("\\").casefold()
