"""A command of ADB, a property, a place: what is set inside an emulator."""

from collections.abc import Mapping
from typing import Any

from ldfleet import errors
from ldfleet.domain.hardware import AUTO
from ldfleet.ldplayer import commands
from ldfleet.ldplayer.configfile import read_location
from ldfleet.ldplayer.layout import config_file
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.workflows.context import Context
from ldfleet.workflows.guest import until
from ldfleet.workflows.launch import look_first
from ldfleet.workflows.once import give_once
from ldfleet.workflows.ready import ready_first

KEPT = 64 << 10  # characters of an output
PROPERTY_LIMIT = 15.0  # seconds
PLACE_LIMIT = 5.0
NEAR = 0.00001  # degrees: about a metre


async def adb(context: Context) -> Mapping[str, Any]:
    """Run it, and answer its output; its exit code is a result. It is never given twice."""
    await ready_first(context)
    async with context.journal.step("adb") as notes:
        if notes.before is None:
            if notes.started_before:
                raise _unheard(context, "it may have run before this server did")
            await context.journal.progress(0.3, "running the command")
            command = commands.adb(context.emulator.index, str(context.operation.params["command"]))
            try:
                said = await context.ldconsole(command)
            except errors.OutcomeUnknown as error:
                raise _unheard(context, str(error)) from error
            notes.result = {
                "exit_code": said.exit_code,
                "output": said.text[:KEPT],
                "error": said.error[:KEPT],
                "cut": max(len(said.text), len(said.error)) > KEPT,
            }
        return notes.result


def _unheard(context: Context, reason: str) -> errors.OperationLost:
    return errors.OperationLost(operation=context.operation.id, reason=reason)


async def setprop(context: Context) -> Mapping[str, Any]:
    """Set it, and read it back."""
    key, value = str(context.operation.params["key"]), str(context.operation.params["value"])
    await ready_first(context)
    before = await _property_before(context, key)

    def is_set(found: str) -> bool:
        return found not in {"", before} if value == AUTO else found == value

    async def happened() -> bool:
        return is_set(await _property(context, key))

    async with context.journal.step("setprop") as notes:
        if notes.before is None:
            await context.journal.progress(0.4, "setting the property")
            command = commands.setprop(context.emulator.index, key=key, value=value)
            await give_once(
                context,
                lambda: context.ldconsole(command),
                begun=notes.started_before,
                happened=happened,
            )
            notes.result = {"set_at": context.clock.now().isoformat()}
    async with context.journal.step("read") as notes:
        await context.journal.progress(0.8, "reading it back")
        found = await until(context, lambda: _property(context, key), is_set, limit=PROPERTY_LIMIT)
        if not is_set(found):
            raise errors.PropertyNotSet(emulator=context.emulator.id, key=key, found=found or "''")
        notes.result = {"key": key, "value": found, "observed": True}
        return notes.result


async def _property_before(context: Context, key: str) -> str:
    async with context.journal.step("before") as notes:
        if notes.before is None:
            notes.result = {"value": await _property(context, key)}
        return str(notes.result["value"])


async def _property(context: Context, key: str) -> str:
    async def ask() -> str:
        return (await context.ldconsole(commands.getprop(context.emulator.index, key))).strip()

    return await context.through(ask, begun=context.operation.attempt > 1)


async def locate(context: Context) -> Mapping[str, Any]:
    """Set its place; LDPlayer 14 writes it down at once, where it can be read back."""
    place = (
        float(context.operation.params["longitude"]),
        float(context.operation.params["latitude"]),
    )
    await look_first(context, damaged_is_fatal=False)
    async with context.journal.step("locate") as notes:
        if notes.before is None:
            await context.journal.progress(0.4, "setting its place")
            command = commands.locate(context.emulator.index, longitude=place[0], latitude=place[1])
            await context.through(lambda: context.ldconsole(command), acts=True)
            notes.result = {"set_at": context.clock.now().isoformat()}
    async with context.journal.step("read") as notes:
        await context.journal.progress(0.8, "reading it back")
        found = await until(
            context,
            lambda: context.through(lambda: _place(context), begun=True),
            lambda found: _near(found, place),
            limit=PLACE_LIMIT,
        )
        observed = _near(found, place)
        notes.result = {"longitude": place[0], "latitude": place[1], "observed": observed}
        return notes.result


async def _place(context: Context) -> tuple[float, float] | None:
    path = config_file(context.install, context.emulator.index)
    content = (await context.transport.read_files([path]))[path]
    try:
        return None if content is None else read_location(content)
    except NotUnderstood:
        return None  # damaged, or written in a way that was never recorded: not observed


def _near(found: tuple[float, float] | None, wanted: tuple[float, float]) -> bool:
    return found is not None and all(
        abs(one - other) < NEAR for one, other in zip(found, wanted, strict=True)
    )
