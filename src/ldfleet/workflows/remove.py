"""Remove an emulator for good, and see that it stays away."""

from collections.abc import Mapping, Sequence
from enum import StrEnum, auto
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.configfile import is_bare, read_instance
from ldfleet.ldplayer.layout import config_file, instance_folder
from ldfleet.ldplayer.outputs import Said
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.workflows.context import Context
from ldfleet.workflows.lock import disk_lock
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import stopped_first

ROUNDS = 3
"""LDPlayer 14 makes an empty one in its place now and then (ldconsole.md 5)."""
GONE_LIMIT = 30.0
STAYS_AWAY = 10.0
"""Seconds in which an empty one would have come."""
LOOK_EVERY = 1.5


class Occupant(StrEnum):
    """Who has the emulator's index."""

    NOBODY = auto()
    ITSELF = auto()
    BARE = auto()
    """The empty instance that LDPlayer makes by itself."""
    ANOTHER = auto()


async def remove(context: Context) -> Mapping[str, Any]:
    """Remove it where it is stopped and not protected; sweep what LDPlayer leaves behind."""
    context.emulator.check_unprotected()
    if context.emulator.removed_at is not None and not context.again:
        raise context.gone
    async with context.journal.step("look whether it may go") as notes:
        if notes.before is None or not context.again:
            await stopped_first(context)
            notes.result = {"index": context.emulator.index}
    async with disk_lock(context, makes_room=True):
        rounds = await _remove(context)
        swept, left = await _sweep(context)
    async with context.journal.step("record") as notes:
        await context.mark_removed()
        notes.result = {"removed_at": context.clock.now().isoformat()}
    return {"index": context.emulator.index, "rounds": rounds, "swept": swept, "left_behind": left}


async def _remove(context: Context) -> int:
    for number in range(1, ROUNDS + 1):
        await _ask(context, number)
        if await _stays_away(context, number):
            return number
    raise _failed(context, f"LDPlayer made an empty one in its place {ROUNDS} times")


async def _ask(context: Context, number: int) -> None:
    """Once: the index is given out again."""
    async with context.journal.step(f"remove {number}") as notes:
        if notes.before is not None:
            return
        await context.journal.progress(0.2 + 0.2 * number, "removing it")

        async def ask() -> Said:
            return await context.ldconsole(commands.remove(context.emulator.index))

        try:
            await give_once(context, ask, begun=notes.started_before)
        except errors.EmulatorGone:
            await context.journal.log("remove.gone_already")
        notes.result = {"asked_at": context.clock.now().isoformat()}


async def _stays_away(context: Context, number: int) -> bool:
    async with context.journal.step(f"gone {number}") as notes:
        if notes.before is None:
            expected = Occupant.ITSELF if number == 1 else Occupant.BARE
            if not await _see_it_go(context, expected):
                raise _failed(context, f"list2 still shows it {GONE_LIMIT:g} s later")
            notes.result = {"stays": not await _see_it_come_back(context)}
        return bool(notes.result["stays"])


async def _see_it_go(context: Context, expected: Occupant) -> bool:
    until = context.clock.monotonic() + GONE_LIMIT
    while await _occupant(context) is expected:
        if context.clock.monotonic() >= until:
            return False
        await context.clock.sleep(LOOK_EVERY)
    return True


async def _see_it_come_back(context: Context) -> bool:
    until = context.clock.monotonic() + STAYS_AWAY
    while context.clock.monotonic() < until:
        if await _occupant(context) is Occupant.BARE:
            return True
        await context.clock.sleep(LOOK_EVERY)
    return False


async def _occupant(context: Context) -> Occupant:
    index, path = context.emulator.index, config_file(context.install, context.emulator.index)

    async def look() -> Occupant:
        rows = await context.ldconsole(commands.list2())
        if all(row.index != index for row in rows):
            return Occupant.NOBODY
        return _whose(context, (await context.transport.read_files([path]))[path])

    return await context.through(look, begun=True)


def _whose(context: Context, content: bytes | None) -> Occupant:
    """A file that is missing or damaged proves nothing, so it is taken for the one meant."""
    try:
        marker = read_instance(content or b"").marker
        if context.emulator.marker.same(marker) is not False:
            return Occupant.ITSELF
        return Occupant.BARE if is_bare(content or b"") else Occupant.ANOTHER
    except NotUnderstood:
        return Occupant.ITSELF


async def _sweep(context: Context) -> tuple[list[str], list[str]]:
    """What LDPlayer left of it: (removed, what could not be). Never where another has moved in."""
    index, install = context.emulator.index, context.install
    config = config_file(install, index)
    paths = [instance_folder(install, index), config, f"{config}.resbak"]

    async with context.journal.step("sweep") as notes:
        if notes.before is None:
            swept: frozenset[str] = frozenset()
            left: frozenset[str] = frozenset()
            if await _occupant(context) is Occupant.NOBODY:
                await context.journal.progress(0.9, "sweeping what is left of it")
                swept, left = await _swept(context, paths)
            notes.result = {"swept": sorted(swept), "left": sorted(left)}
        return list(notes.result["swept"]), list(notes.result["left"])


async def _swept(context: Context, paths: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """A file that can't be removed is no reason to fail: the emulator is gone."""
    transport = context.transport
    found = await context.through(lambda: transport.exists(paths), begun=True)
    try:
        await context.through(lambda: transport.remove_files(sorted(found)), acts=True)
    except errors.FileForbidden as error:
        await context.journal.log("sweep.refused", reason=str(error))
    left = await context.through(lambda: transport.exists(paths), begun=True)
    return found - left, left


def _failed(context: Context, reason: str) -> errors.EmulatorNotRemoved:
    return errors.EmulatorNotRemoved(emulator=context.emulator.id, reason=reason)
