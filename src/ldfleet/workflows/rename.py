"""Rename an emulator, in any state, and read its name back."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.ldplayer import commands
from ldfleet.workflows.context import Context
from ldfleet.workflows.join import has_name
from ldfleet.workflows.launch import look_first

NAMED_LIMIT = 15.0
LOOK_EVERY = 1.5


async def rename(context: Context) -> Mapping[str, Any]:
    """Give it the name, which another may have too, and see that LDPlayer has it."""
    name = str(context.operation.params["name"])
    before = context.emulator.name
    await look_first(context, damaged_is_fatal=False)
    async with context.journal.step("rename") as notes:
        if notes.before is None:
            await context.journal.progress(0.4, "renaming it")
            command = commands.rename(context.emulator.index, title=name)
            await context.through(lambda: context.ldconsole(command), acts=True)
            notes.result = {"name": name, "before": before}
        before = str(notes.result["before"])
    async with context.journal.step("read_back") as notes:
        await context.journal.progress(0.7, "reading its name back")
        await _see_it_named(context, name)
        notes.result = {"name": name}
    return {"name": name, "before": before}


async def _see_it_named(context: Context, name: str) -> None:
    """The file has the true name; list2 tells it where the file can't be read."""
    until = context.clock.monotonic() + NAMED_LIMIT
    while True:
        file = await context.through(context.config, begun=True)
        seen = await context.through(lambda: context.look(deep=False), begun=True)
        written = None if file.config is None else file.config.name
        named = has_name(seen.row, name) if written is None else written == name
        if named or context.clock.monotonic() >= until:
            break
        await context.clock.sleep(LOOK_EVERY)
    await context.remember(seen, file)
    if not named:
        raise errors.EmulatorSettingNotTaken(
            emulator=context.emulator.id,
            setting="name",
            wanted=name,
            found=written or seen.row.name,
        )
