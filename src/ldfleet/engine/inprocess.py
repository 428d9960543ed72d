"""The dispatcher of one process: every admitted operation is an asyncio task."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation
from ldfleet.engine.runner import Run, Stop
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

_AT_ONCE = 10  # runs that begin in one turn of the event loop


@dataclass(slots=True, kw_only=True)
class _Held:
    run: Run
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Start(Protocol):
    """Makes the run of an operation; `known` as `Run` has it."""

    def __call__(self, operation: Operation, *, known: bool) -> Run:
        """Make it; it is called later."""
        ...


class InProcess:
    """`ports.Dispatcher`. Runs live in its task group, from `running` to the end of its body."""

    def __init__(self, start: Start, *, ended: Callable[[], None], limit: float) -> None:
        """`ended` is called when a run has freed its slots; `limit`: seconds a stop may take."""
        self._start = start
        self._ended = ended
        self._limit = limit
        self._held: dict[OperationId, _Held] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self, *, grace: float) -> AsyncGenerator[None]:
        """Take operations while the body runs.

        After it, what runs has `grace` seconds to end by itself; the rest is left to the next
        process, still `running`.
        """
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                yield
            finally:
                self._group = None
                await self._wait(grace)
                for held in self._held.values():
                    held.run.stop(Stop.RELEASED)
                await self._wait(self._limit)
                for task in self._tasks:
                    task.cancel()

    async def dispatch(self, operation: Operation) -> None:
        """Run it, after an older token's run of it in this process has ended."""
        self._dispatch(operation, known=False)

    async def send(self, admitted: Sequence[Operation]) -> None:
        """Run what was admitted, or claimed, this moment: their rows need not be read again."""
        for place, operation in enumerate(admitted, start=1):
            self._dispatch(operation, known=True)
            if place % _AT_ONCE == 0:
                await asyncio.sleep(0)  # others have their turn between the beginnings

    def _dispatch(self, operation: Operation, *, known: bool) -> None:
        held = self._held.get(operation.id)
        if self._group is None or (held and held.run.record.token >= operation.token):
            return
        if held is not None:
            held.run.stop(Stop.FENCED)
        new = _Held(run=self._start(operation, known=known))
        self._held[operation.id] = new
        task = self._group.create_task(self._run(new, after=held))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def abort(self, operation_id: OperationId) -> None:
        """Cancel its work, if it runs here."""
        self._stop(operation_id, Stop.CANCELLED)

    async def ended(self, operation_id: OperationId) -> None:
        """Come back once its work, with its clean-up, has ended here."""
        held = self._held.get(operation_id)
        if held is not None:
            await held.ended.wait()

    @property
    def tokens(self) -> Mapping[OperationId, int]:
        """What runs here, under which token."""
        return {key: held.run.record.token for key, held in self._held.items()}

    def fence(self, operation_id: OperationId) -> None:
        """Cancel its work; nothing more is written."""
        self._stop(operation_id, Stop.FENCED)

    def _stop(self, operation_id: OperationId, why: Stop) -> None:
        held = self._held.get(operation_id)
        if held is not None:
            held.run.stop(why)

    async def _run(self, held: _Held, *, after: _Held | None) -> None:
        operation_id = held.run.record.id
        try:
            if after is not None:
                await after.ended.wait()
            await held.run()
        except Exception:  # boundary: one run that broke must not end the others
            log.exception("run.broke", operation_id=operation_id)
        finally:
            held.ended.set()
            if self._held.get(operation_id) is held:
                del self._held[operation_id]
            self._ended()

    async def _wait(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
