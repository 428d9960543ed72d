"""Giving a command that must not be given twice: where the answer is lost, the PC is asked."""

import csv
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ldfleet import errors
from ldfleet.workflows.errand import LINK_LOST, RETRY_EVERY, Errand

T = TypeVar("T")
Happened = Callable[[], Awaitable[bool]]
"""Looks at the workstation for the command's effect."""
TASKLIST = ("tasklist.exe", "/FI", "IMAGENAME eq ldconsole.exe", "/FO", "CSV", "/NH")
LISTING = 20.0  # seconds tasklist may take
SETTLE_EVERY = 5.0  # seconds


async def give_once(
    errand: Errand,
    give: Callable[[], Awaitable[T]],
    *,
    begun: bool,
    happened: Happened | None = None,
    torn: bool = False,
) -> T | None:
    """Give it, and answer what it said; None: it may have been given, but nothing was heard.

    `begun`: an earlier run may have given it. It is given again only where that is ruled out: no
    ldconsole of that time runs any more, and it has had no effect. Without `happened` it is never
    given again, and the caller looks what became of it. `torn`: ended at its deadline it leaves
    half of its effect, which is none.

    Raises what it is certain of that nothing was done by it, and:
        OperationLost: what became of it could not be seen before the time was nearly up.
        CommandTimedOut: it was ended, and has had no effect.
    """
    while True:
        if begun and await _has_happened(errand, happened):
            return None
        try:
            return await give()
        except (errors.CommandTimedOut, errors.LDPlayerSaidNonsense) as error:
            if not await _worked(errand, error, happened, torn=torn):
                raise
            return None
        except LINK_LOST as error:
            unheard = isinstance(error, errors.OutcomeUnknown)
            begun = begun or unheard
            if errand.too_late and not (unheard and happened is None):
                raise (errand.lost(error) if begun else error) from error
        await errand.clock.sleep(RETRY_EVERY)


async def _worked(
    errand: Errand, error: errors.FleetError, happened: Happened | None, *, torn: bool
) -> bool:
    """Whether it has or may have had its effect, though its answer says nothing of that."""
    if happened is None:
        await errand.journal.log("once.unanswered", reason=str(error))
        return True
    if torn or isinstance(error, errors.LDPlayerSaidNonsense):
        return False
    return await errand.through(happened, begun=True)


async def _has_happened(errand: Errand, happened: Happened | None) -> bool:
    if happened is None:
        await errand.journal.log("once.not_repeated", remedy="looking what became of it")
        return True
    await settled(errand)
    return await errand.through(happened, begun=True)


async def settled(errand: Errand) -> None:
    """Wait until no ldconsole that runs now is left: what was given before is over then.

    Raises:
        OperationLost: one still ran, or could not be asked for, when the time was nearly up.
    """
    await errand.journal.progress(None, "finding out what became of an interrupted command")
    earlier = await _running(errand)
    while earlier:
        if errand.too_late:
            raise errors.OperationLost(
                operation=errand.operation.id,
                reason="an ldconsole of before the interruption still runs on the workstation",
            )
        await errand.clock.sleep(SETTLE_EVERY)
        earlier &= await _running(errand)


async def _running(errand: Errand) -> frozenset[int]:
    async def ask() -> bytes:
        return (await errand.transport.run(TASKLIST, deadline=LISTING)).stdout

    printed = await errand.through(ask, begun=True)
    rows = csv.reader(printed.decode("ascii", errors="replace").splitlines())
    return frozenset(int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit())
