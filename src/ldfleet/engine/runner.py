"""Runs one admitted operation to its end, and writes what became of it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum, auto

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.journal import StoredJournal
from ldfleet.engine.record import Move, Record
from ldfleet.engine.retry import pause
from ldfleet.engine.scribe import Scribe
from ldfleet.ports import Clock, Work
from ldfleet.telemetry import logger, telling

log = logger("ldfleet.engine")

LOOK = 60.0  # seconds a taken-over operation has at least, however old it is
CLEAN_UP = 60.0  # seconds from the cancellation of the work until it is cut off


class Stop(StrEnum):
    """Why running work is asked to end; also the message of its CancelledError."""

    CANCELLED = auto()
    TIMED_OUT = auto()
    FENCED = auto()
    """The lease is no longer surely ours: nothing may be written."""
    RELEASED = auto()
    """The process ends; the next one takes the operation over."""


class Run:
    """One operation under one token. Call it once; `stop` may come at any time.

    The work is cancelled once, so that its clean-up is not cut short; the operation holds its
    slots until that has ended.
    """

    def __init__(
        self,
        operation: Operation,
        *,
        scribe: Scribe,
        clock: Clock,
        works: Mapping[Verb, Work],
        known: bool = False,
        clean_up: float = CLEAN_UP,
        chance: Callable[[], float] = lambda: 0.0,
        troubled: Callable[[WorkstationId], None] = lambda _workstation: None,
    ) -> None:
        """`known`: the row is surely as `operation` says, and nobody has begun that admission.

        `chance` spreads the pauses before another try: from 0 to 1; `troubled`: see `Engine`.
        """
        self.record = Record(
            operation, scribe=scribe, clock=clock, asked_to_stop=self._found_cancelling
        )
        # One that was put back may have begun a step before.
        self._untouched = operation if known and _is_first(operation) else None
        self._clock = clock
        self._works = works
        self._clean_up = clean_up
        self._chance = chance
        self._troubled = troubled
        self._task: asyncio.Task[Move | None] | None = None
        self._why: Stop | None = None
        self._looking = False
        self._cutter: asyncio.TimerHandle | None = None
        self._cut = False

    def stop(self, why: Stop) -> None:
        """Ask the work to end. The first asking cancels it, later ones only silence it."""
        if why is Stop.FENCED:
            self.record.fence()
        if self._looking and why is Stop.CANCELLED:
            return
        first = self._why is None
        if first or why in {Stop.FENCED, Stop.RELEASED}:
            self._why = why
        if first and self._task is not None:
            self._cancel(self._task)

    async def __call__(self) -> None:
        """Run it. Does nothing if another token holds the operation, or it is over."""
        try:
            operation, journal = await self._open()
            with telling(operation_id=operation.id, correlation_id=operation.correlation_id):
                await self._run(operation, journal)
        except errors.RecordChanged:
            log.info("operation.fenced", operation_id=self.record.id)

    async def _open(self) -> tuple[Operation, StoredJournal]:
        if self._untouched is not None:
            return self._untouched, StoredJournal(self.record, earlier=(), clock=self._clock)
        operation, steps = await self.record.open()
        cancelling = operation.status is OperationStatus.CANCELLING
        self._looking = cancelling and bool(steps)
        if cancelling and not steps:
            self.stop(Stop.CANCELLED)
        journal = StoredJournal(
            self.record,
            earlier=steps,
            clock=self._clock,
            at_the_door=self._looked if self._looking else None,
        )
        return operation, journal

    def _found_cancelling(self) -> None:
        """The word of it may not have come here: it was said before this run was known."""
        if self._task is not None and not self._task.done():
            self.stop(Stop.CANCELLED)

    def _looked(self) -> None:
        """It was cancelled under an earlier runner: nothing new is begun."""
        self._looking = False
        self.stop(Stop.CANCELLED)

    async def _run(self, operation: Operation, journal: StoredJournal) -> None:
        async with asyncio.TaskGroup() as group:
            teller = group.create_task(self._tell(journal))
            self._task = group.create_task(self._work(operation, journal), name=operation.id)
            if self._why is not None:
                self._cancel(self._task)
            move = await self._ended(self._task, self._seconds(operation))
            await journal.hush(teller)
        if move is not None:
            if self._why is Stop.CANCELLED:
                await self.record.write(_asked_to_stop)
            await journal.close(move)
        elif not self.record.fenced:
            await journal.flush()

    async def _tell(self, journal: StoredJournal) -> None:
        try:
            await journal.tell()
        except errors.RecordChanged:
            self.stop(Stop.FENCED)

    async def _ended(self, task: asyncio.Task[Move | None], seconds: float) -> Move | None:
        """What the work came to. None: nothing is to be written."""
        alarm = asyncio.get_running_loop().call_later(seconds, self.stop, Stop.TIMED_OUT)
        try:
            await asyncio.wait({task})
        finally:
            alarm.cancel()
            if self._cutter is not None:
                self._cutter.cancel()
        move = self._moved_by_stop() if task.cancelled() else task.result()
        return None if self.record.fenced else move

    def _seconds(self, operation: Operation) -> float:
        started_at = operation.started_at or self._clock.now()
        left = operation.timeout - (self._clock.now() - started_at).total_seconds()
        return left if operation.attempt <= 1 else max(left, min(LOOK, operation.timeout))

    def _cancel(self, task: asyncio.Task[Move | None]) -> None:
        task.cancel(self._why)
        self._cutter = asyncio.get_running_loop().call_later(self._clean_up, self._cut_off, task)

    def _cut_off(self, task: asyncio.Task[Move | None]) -> None:
        self._cut = True
        task.cancel(self._why)

    async def _work(self, operation: Operation, journal: StoredJournal) -> Move | None:
        try:
            result = await self._works[operation.verb](operation, journal)
            json.dumps(result)  # what can't be stored has to fail here, as this work's mistake
        except errors.FleetError as error:
            return self._moved_by(operation, journal, error)
        except Exception:  # boundary: whatever a work does, its operation ends
            log.exception("operation.broke", operation_id=operation.id, verb=operation.verb)
            return self._failed(errors.InternalError())
        return lambda row: row.succeeded(at=self._clock.now(), result=result)

    def _moved_by(
        self, operation: Operation, journal: StoredJournal, error: errors.FleetError
    ) -> Move | None:
        if isinstance(error, errors.WorkstationError | errors.DiskFull):
            self._troubled(operation.workstation_id)
        if isinstance(error, errors.OperationLost):
            reason = error.reason
            return lambda row: row.lost(at=self._clock.now(), reason=reason)
        if self._why in {Stop.TIMED_OUT, Stop.RELEASED}:
            return self._moved_by_stop()
        seconds = pause(operation, error, begun=journal.begun, roll=self._chance())
        if seconds is not None and self._why is None:
            return self._put_back(error, seconds)
        log.warning(
            "operation.failed",
            operation_id=self.record.id,
            code=error.code,
            reason=str(error),
            hint=error.hint,
        )
        return self._failed(error)

    def _put_back(self, error: errors.FleetError, seconds: float) -> Move:
        log.info(
            "operation.put_back", operation_id=self.record.id, code=error.code, seconds=seconds
        )
        at = self._clock.now()
        until = at + timedelta(seconds=seconds)

        def moved(row: Operation) -> Operation:
            if row.status is OperationStatus.CANCELLING:
                return row.cancelled(at=at)
            return row.put_back(at=at, until=until, reason=str(error))

        return moved

    def _moved_by_stop(self) -> Move | None:
        """What its cancellation means, now that its clean-up has ended."""
        if self._cut:
            reason = f"its clean-up did not end within {self._clean_up:g} s"
            return lambda row: row.lost(at=self._clock.now(), reason=reason)
        match self._why:
            case Stop.CANCELLED:
                return lambda row: row.cancelled(at=self._clock.now())
            case Stop.TIMED_OUT:
                return lambda row: row.timed_out(at=self._clock.now())
            case Stop.FENCED | Stop.RELEASED:
                return None
            case None:
                log.error("operation.cancelled_itself", operation_id=self.record.id)
                return self._failed(errors.InternalError())

    def _failed(self, error: errors.FleetError) -> Move:
        return lambda row: row.failed(at=self._clock.now(), failure=error)


def _is_first(operation: Operation) -> bool:
    running = operation.status is OperationStatus.RUNNING
    return running and operation.attempt == 1 and not operation.tries


def _asked_to_stop(row: Operation) -> Operation:
    """Whoever aborts a run without having written so: the row goes the legal way."""
    return row.cancelling() if row.status is OperationStatus.RUNNING else row
