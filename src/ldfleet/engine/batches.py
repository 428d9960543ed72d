"""Rolls batches on: releases waves after their pauses, halts and closes them.

All it knows is in the database: any process can do it, after any death of another.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from ldfleet import errors
from ldfleet.domain.batch import STANDING, Batch, BatchStatus, Counts, in_all
from ldfleet.domain.ids import BatchId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.telling import of_batch
from ldfleet.ports import Clock, Storage, UnitOfWork
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

TICK = 0.5  # seconds between looks while a batch is under way
IDLE = 2.0
AFTER_TROUBLE = 5.0


class Rollout:
    """A loop over the batches that are not over, in the process that leads."""

    def __init__(
        self,
        *,
        storage: Storage,
        reader: Storage,
        clock: Clock,
        leads: Callable[[], bool] = lambda: True,
        tick: float = TICK,
        idle: float = IDLE,
    ) -> None:
        """`reader` opens units of work that only read: most looks find nothing to do."""
        self._storage = storage
        self._reader = reader
        self._clock = clock
        self._leads = leads
        self._tick = tick
        self._idle = idle

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Roll on while the body runs."""
        async with asyncio.TaskGroup() as group:
            loop = group.create_task(self._loop(), name="batches")
            try:
                yield
            finally:
                loop.cancel()

    async def turn(self) -> bool:
        """Look at every batch once; whether there was any."""
        async with self._reader() as work:
            unfinished = await work.batches.unfinished()
            due = [batch_id for batch_id in unfinished if await self._is_due(work, batch_id)]
        for batch_id in due:
            async with self._storage() as work:
                await self._advance(work, batch_id)
        return bool(unfinished)

    async def _loop(self) -> None:
        while True:
            await self._clock.sleep(await self._turn_guarded())

    async def _turn_guarded(self) -> float:
        try:
            return self._tick if self._leads() and await self.turn() else self._idle
        except errors.DatabaseError as error:
            log.warning("batches.hindered", code=error.code, reason=str(error))
        except Exception:  # the loop's boundary: a bug must not leave every batch standing
            log.exception("batches.broke")
        return AFTER_TROUBLE

    async def _is_due(self, work: UnitOfWork, batch_id: BatchId) -> bool:
        """Whether it moves on, or one of its operations does not stand as it does."""
        batch = await work.batches.get(batch_id)
        counts = (await work.batches.counts([batch_id]))[batch_id]
        if batch.advanced(counts, now=self._clock.now()) != batch:
            return True
        if batch.status is BatchStatus.CANCELLING:
            return bool(in_all(counts)[OperationStatus.QUEUED])
        return batch.status in STANDING and await work.batches.at_large(batch_id)

    async def _advance(self, work: UnitOfWork, batch_id: BatchId) -> None:
        batch = await work.batches.get(batch_id, lock=True)
        if batch.status.over:
            return
        counts = (await work.batches.counts([batch_id]))[batch_id]
        now = self._clock.now()
        moved = batch.advanced(counts, now=now)
        await self._carry_out(work, batch, moved)
        if moved != batch:
            await work.batches.put(moved)
            work.tell(of_batch(moved, counts, at=now))
            _tell_log(moved, counts)

    async def _carry_out(self, work: UnitOfWork, batch: Batch, moved: Batch) -> None:
        """Its operations follow it; also one that came back to the queue after a try."""
        if moved.released > batch.released:
            await work.batches.release(moved.id, upto=moved.released)
        elif moved.status in STANDING:
            await work.batches.hold(moved.id, f"its batch is {moved.status}")
        elif moved.status is BatchStatus.CANCELLING:
            await work.batches.cancel_queued(moved.id, at=self._clock.now())


def _tell_log(batch: Batch, counts: Counts) -> None:
    log.info(
        "batch.moved",
        batch_id=batch.id,
        status=batch.status.value,
        wave=batch.released,
        halted=batch.halted,
        waves=len(counts),
    )
