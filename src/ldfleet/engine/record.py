"""The row of one admitted operation, as its runner may write it: under its token only."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import LogLine, Operation, OperationStatus, Step
from ldfleet.engine.scribe import Entry, Scribe
from ldfleet.ports import Clock

T = TypeVar("T")

Move = Callable[[Operation], Operation]
"""What becomes of the row as it is found."""

_PAUSE = 0.25  # seconds before a busy database is tried again; doubled each time
_LONGEST_PAUSE = 5.0


def _nothing() -> None:
    """For those who need not know."""


class Record:
    """Reads and writes its row in one transaction, since others write it too.

    A person cancels it, the heartbeat lengthens its lease; neither must be overwritten.
    """

    def __init__(
        self,
        operation: Operation,
        *,
        scribe: Scribe,
        clock: Clock,
        asked_to_stop: Callable[[], None] = _nothing,
    ) -> None:
        """`asked_to_stop` is called whenever the row is found to be cancelling."""
        self.id: OperationId = operation.id
        self.token = operation.token
        self.fenced = False
        self._scribe = scribe
        self._clock = clock
        self._asked_to_stop = asked_to_stop

    def fence(self) -> None:
        """Write nothing more, whatever the row says: the lease may be someone else's by now."""
        self.fenced = True

    def check(self) -> None:
        """Raises RecordChanged once this runner may write no more."""
        if self.fenced:
            raise errors.RecordChanged(record=self.id)

    async def open(self) -> tuple[Operation, Sequence[Step]]:
        """The row and its steps. Raises RecordChanged."""
        return await self._insist(self._opened)

    async def write(
        self,
        move: Move,
        *,
        steps: Sequence[Step] = (),
        lines: Sequence[LogLine] = (),
        written: Callable[[], None] = _nothing,
    ) -> None:
        """Move the row, and write steps and lines with it; then `written` is called.

        Raises RecordChanged.
        """

        def moved(row: Operation | None) -> Operation:
            return move(self._own(row))

        entry = Entry(operation_id=self.id, move=moved, steps=steps, lines=lines, written=written)
        await self._insist(lambda: self._scribe.write(entry))

    async def _opened(self) -> tuple[Operation, Sequence[Step]]:
        try:
            row, steps = await self._scribe.read(self.id)
        except errors.OperationNotFound:
            return self._own(None), ()
        return self._own(row), steps

    async def _insist(self, act: Callable[[], Awaitable[T]]) -> T:
        """Try again however long the database is away: the end of the lease fences it."""
        pause = _PAUSE
        while True:
            try:
                return await act()
            except errors.RecordChanged:
                if self.fenced:
                    raise  # else a person cancelled it between our reading and our writing
            except (errors.DatabaseBusy, errors.DatabaseUnreachable):
                pass
            await self._clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _own(self, row: Operation | None) -> Operation:
        self.check()
        if row is None or row.token != self.token or not row.status.active:
            self.fence()
            raise errors.RecordChanged(record=self.id)
        if row.status is OperationStatus.CANCELLING:
            self._asked_to_stop()
        return row
