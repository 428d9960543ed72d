"""Looking until something is so; a link that is lost for a while costs none of its time."""

from collections.abc import Callable

from ldfleet import errors
from ldfleet.workflows.context import Context
from ldfleet.workflows.errand import LINK_LOST
from ldfleet.workflows.observe import Glimpse

LOOK_EVERY = 1.5  # seconds
MISREADS = 3
"""So many looks in a row may go wrong on a busy PC."""
_MISREAD = (errors.LDPlayerSaidNonsense, errors.CommandTimedOut)


async def look_until(
    context: Context,
    reached: Callable[[Glimpse], bool],
    *,
    limit: float,
    deep: bool = True,
    stopping: bool = False,
) -> bool:
    """Look every 1.5 s and write what is seen; False: not reached within `limit` seconds.

    Raises:
        OperationLost: it could not be looked at until the operation's time was nearly up.
        LDPlayerSaidNonsense, CommandTimedOut: several looks in a row went wrong.
    """
    looks = _Looks(context, deep=deep)
    waited = 0.0
    while True:
        begun = context.clock.monotonic()
        seen = await looks.one()
        if seen is not None:
            await context.observe(seen, stopping=stopping)
            if reached(seen):
                return True
            if waited >= limit:
                return False
        await context.clock.sleep(LOOK_EVERY)
        if not looks.blind:
            waited += context.clock.monotonic() - begun


class _Looks:
    def __init__(self, context: Context, *, deep: bool) -> None:
        self.blind = False
        """The last look did not reach the workstation."""
        self._context = context
        self._deep = deep
        self._misreads = 0

    async def one(self) -> Glimpse | None:
        """A look, or None where it gave nothing this time."""
        self.blind = False
        try:
            seen = await self._context.look(deep=self._deep)
        except LINK_LOST as error:
            if self._context.too_late:
                raise self._context.lost(error) from error
            self.blind = True
        except _MISREAD:
            self._misreads += 1
            if self._misreads >= MISREADS:
                raise
        else:
            self._misreads = 0
            return seen
        return None
