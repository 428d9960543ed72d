"""The row of one admitted operation, as its runner may write it: under its token only."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.event import of_operation
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import LogLine, Operation, Step
from ldfleet.ports import Clock, Storage, UnitOfWork

T = TypeVar("T")

Move = Callable[[Operation], Operation]
"""What becomes of the row as it is found."""

_PAUSE = 0.25  # seconds before a busy database is tried again; doubled each time
_LONGEST_PAUSE = 5.0


class Record:
    """Reads and writes its row in one transaction, since others write it too.

    A person cancels it, the heartbeat lengthens its lease; neither must be overwritten.
    """

    def __init__(self, operation: Operation, *, storage: Storage, clock: Clock) -> None:
        self.id: OperationId = operation.id
        self.token = operation.token
        self.fenced = False
        self._storage = storage
        self._clock = clock

    def fence(self) -> None:
        """Write nothing more, whatever the row says: the lease may be someone else's by now."""
        self.fenced = True

    def check(self) -> None:
        """Raises RecordChanged once this runner may write no more."""
        if self.fenced:
            raise errors.RecordChanged(record=self.id)

    async def open(self) -> tuple[Operation, Sequence[Step]]:
        """The row and its steps; tells that it runs. Raises RecordChanged."""
        return await self._insist(self._opened)

    async def write(
        self, move: Move, *, steps: Sequence[Step] = (), lines: Sequence[LogLine] = ()
    ) -> None:
        """Move the row, and write steps and lines with it. Raises RecordChanged."""

        async def written() -> None:
            async with self._storage() as work:
                await self._move(work, move)
                for step in steps:
                    await work.operations.put_step(step)
                if lines:
                    await work.operations.log(lines)

        await self._insist(written)

    async def _opened(self) -> tuple[Operation, Sequence[Step]]:
        async with self._storage() as work:
            row = await self._own(work)
            work.tell(of_operation(row, at=self._clock.now()))
            return row, await work.operations.steps(self.id)

    async def _move(self, work: UnitOfWork, move: Move) -> None:
        found = await self._own(work)
        moved = move(found)
        if moved != found:
            await work.operations.put(moved)
            work.tell(of_operation(moved, at=self._clock.now()))

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

    async def _own(self, work: UnitOfWork) -> Operation:
        self.check()
        try:
            row = await work.operations.get(self.id)
        except errors.OperationNotFound:
            self.fence()
            raise errors.RecordChanged(record=self.id) from None
        if row.token != self.token or not row.status.active:
            self.fence()
        self.check()
        return row
