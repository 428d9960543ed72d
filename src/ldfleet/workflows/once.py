"""Giving a command that must not be given twice: where the answer is lost, the PC is asked."""

import csv
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ldfleet import errors
from ldfleet.ldplayer.commands import Command
from ldfleet.workflows.context import Context
from ldfleet.workflows.errand import LINK_LOST, RETRY_EVERY

T = TypeVar("T")
Happened = Callable[[], Awaitable[bool]]
"""Looks at the workstation for the command's effect."""
TASKLIST = ("tasklist.exe", "/FI", "IMAGENAME eq ldconsole.exe", "/FO", "CSV", "/NH")
LISTING = 20.0  # seconds tasklist may take
SETTLE_EVERY = 5.0  # seconds


async def give_once(
    context: Context, command: Command[T], *, begun: bool, happened: Happened
) -> T | None:
    """Give it, and answer what it said; None: it was given, but its answer was not heard.

    `begun`: an earlier run may have given it. It is given only where that is ruled out: no
    ldconsole of that time runs any more, and it has had no effect.

    Raises:
        OperationLost: what became of it could not be seen before the time was nearly up.
        CommandTimedOut: it was ended, and has had no effect.
    """
    while True:
        if begun and await _has_happened(context, happened):
            return None
        try:
            return await context.ldconsole(command)
        except errors.CommandTimedOut:
            if await context.through(happened, begun=True):
                return None
            raise
        except LINK_LOST as error:
            begun = begun or isinstance(error, errors.OutcomeUnknown)
            if context.too_late:
                raise (context.lost(error) if begun else error) from error
        await context.clock.sleep(RETRY_EVERY)


async def _has_happened(context: Context, happened: Happened) -> bool:
    await settled(context)
    return await context.through(happened, begun=True)


async def settled(context: Context) -> None:
    """Wait until no ldconsole that runs now is left: what was given before is over then.

    Raises:
        OperationLost: one still ran, or could not be asked for, when the time was nearly up.
    """
    await context.journal.progress(None, "finding out what became of an interrupted command")
    earlier = await _running(context)
    while earlier:
        if context.too_late:
            raise errors.OperationLost(
                operation=context.operation.id,
                reason="an ldconsole of before the interruption still runs on the workstation",
            )
        await context.clock.sleep(SETTLE_EVERY)
        earlier &= await _running(context)


async def _running(context: Context) -> frozenset[int]:
    async def ask() -> bytes:
        return (await context.transport.run(TASKLIST, deadline=LISTING)).stdout

    printed = await context.through(ask, begun=True)
    rows = csv.reader(printed.decode("ascii", errors="replace").splitlines())
    return frozenset(int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit())
