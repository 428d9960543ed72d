"""Asking a running Android, and waiting until it says so."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from ldfleet import errors
from ldfleet.ldplayer.commands import CommandClass, adb
from ldfleet.ldplayer.packages import read_packages, read_pid
from ldfleet.workflows.context import Context

T = TypeVar("T")
ASK_EVERY = 1.5  # seconds
SILENCE = 15.0


async def packages(context: Context) -> Mapping[str, str]:
    """What is installed, with the place of each. Raises EmulatorAdbSilent where none is told.

    No Android is without any. ADB is offline for moments at times (ldconsole.md 8).
    """

    async def look() -> Mapping[str, str]:
        return read_packages(await ask(context, "shell pm list packages -f"))

    found = await until(context, look, bool, limit=SILENCE)
    if not found:
        raise errors.EmulatorAdbSilent(emulator=context.emulator.id, seconds=SILENCE)
    return found


async def pid_of(context: Context, package: str) -> int | None:
    """The app's process, 0 where it has none, None where this Android can't tell."""
    return read_pid(await ask(context, f"shell pidof {package}"))


async def ask(context: Context, words: str) -> str:
    """What adb prints; safe to ask again over a link that is lost."""

    async def once() -> str:
        command = adb(context.emulator.index, words, kind=CommandClass.READ)
        said = await context.ldconsole(command)
        return f"{said.text}\n{said.error}"

    return await context.through(once, begun=context.operation.attempt > 1)


async def until(
    context: Context,
    look: Callable[[], Awaitable[T]],
    reached: Callable[[T], bool],
    *,
    limit: float,
) -> T:
    """Look again and again until it is reached or `limit` seconds are over; the last look."""
    end = context.clock.monotonic() + limit
    while True:
        seen = await look()
        if reached(seen) or context.clock.monotonic() >= end:
            return seen
        await context.clock.sleep(ASK_EVERY)
