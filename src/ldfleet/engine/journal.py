"""How running work tells of itself, written through storage under the operation's token."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.operation import LogLine, Operation, Step, StepStatus
from ldfleet.engine.record import Move, Record
from ldfleet.errors import JSON
from ldfleet.ports import Clock

EVERY = 0.25  # seconds between two writes of progress and log lines
_PLAIN = (str, int, float, bool, type(None))


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is remembered of a step across restarts (`ports.StepNotes`)."""

    before: Mapping[str, Any] | None = None
    started_before: bool = False
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])


class StoredJournal:
    """`ports.Journal`. Progress and log lines are gathered; steps are written before they act."""

    def __init__(
        self,
        record: Record,
        *,
        earlier: Sequence[Step],
        clock: Clock,
        at_the_door: Callable[[], None] | None = None,
    ) -> None:
        """`at_the_door` is called before a step that no earlier run has ended."""
        self._record = record
        self._earlier = {step.name: step for step in earlier}
        self._open = {s.name: s for s in earlier if s.status is StepStatus.RUNNING}
        self._clock = clock
        self._at_the_door = at_the_door
        self._begun = set(self._earlier)
        self._latest: tuple[float | None, str] | None = None
        self._lines: list[LogLine] = []
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()

    @property
    def begun(self) -> Collection[str]:
        """The names of the steps that were ever begun, by earlier runners too."""
        return self._begun

    async def progress(self, fraction: float | None, message: str) -> None:
        self._record.check()
        self._latest = (fraction, message)
        self._news.set()

    async def log(self, event: str, **fields: object) -> None:
        self._record.check()
        plain = {name: _plain(value) for name, value in fields.items()}
        line = LogLine(
            operation_id=self._record.id, at=self._clock.now(), event=event, fields=plain
        )
        self._lines.append(line)
        self._news.set()

    @asynccontextmanager
    async def step(self, name: str) -> AsyncGenerator[Notes]:
        """A step that raises a FleetError has failed; one that is cut off stays open."""
        earlier = self._earlier.get(name)
        begun = Step(
            operation_id=self._record.id,
            name=name,
            status=StepStatus.RUNNING,
            started_at=self._clock.now(),
        )
        notes = Notes(started_before=earlier is not None)
        if earlier is not None and earlier.status is StepStatus.SUCCEEDED:
            notes.before = notes.result = earlier.result or {}
        else:
            await self._enter(begun)
        try:
            yield notes
        except errors.FleetError as error:
            if not self._record.fenced:
                failed = replace(begun, status=StepStatus.FAILED, failure=error.dump())
                await self._write(replace(failed, finished_at=self._clock.now()))
            raise
        if notes.result != notes.before:
            done = replace(begun, status=StepStatus.SUCCEEDED, result=dict(notes.result))
            await self._write(replace(done, finished_at=self._clock.now()))

    async def _enter(self, step: Step) -> None:
        if self._at_the_door is not None:
            self._at_the_door()
            await asyncio.sleep(0)  # where the cancellation arrives
        self._begun.add(step.name)
        await self._write(step)

    async def tell(self) -> None:
        """Write what was gathered, again and again, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush()
            await self._clock.sleep(EVERY)

    async def flush(self) -> None:
        """Write what was gathered."""
        await self._write()

    async def hush(self, teller: asyncio.Task[None]) -> None:
        """End the task that runs `tell`, but not in the middle of a transaction."""
        async with self._writing:
            teller.cancel()

    async def close(self, move: Move) -> None:
        """End the operation, with the last word of its progress, in one transaction."""
        now = self._clock.now()
        cut = [
            replace(step, status=StepStatus.FAILED, finished_at=now) for step in self._open.values()
        ]
        await self._write(*cut, move=move)

    async def _write(self, *steps: Step, move: Move | None = None) -> None:
        async with self._writing:
            lines, latest = tuple(self._lines), self._latest

            def moved(row: Operation) -> Operation:
                told = _told(row, latest)
                return told if move is None else move(told)

            def written() -> None:
                del self._lines[: len(lines)]
                self._latest = None if self._latest is latest else self._latest
                for step in steps:
                    self._open.pop(step.name, None)
                    if step.status is StepStatus.RUNNING:
                        self._open[step.name] = step

            await self._record.write(moved, steps=steps, lines=lines, written=written)


def _told(row: Operation, latest: tuple[float | None, str] | None) -> Operation:
    return row if latest is None else replace(row, progress=latest[0], message=latest[1])


def _plain(value: object) -> JSON:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("Iterable[object]", value)]
    return value if isinstance(value, _PLAIN) else str(value)
