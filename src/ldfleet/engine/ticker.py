"""Starts schedules when their time has come: each time once, whoever dies and however many tick.

A run is claimed and submitted in one transaction: its next time is moved only if it still is
the one that was due. A process that dies before the commit has done nothing, and one that comes
second finds nothing to do. What was missed is never made up for one by one.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from ldfleet import errors
from ldfleet.domain import problem
from ldfleet.domain.actor import Actor
from ldfleet.domain.schedule import LastRun, Outcome, Overlap, Schedule
from ldfleet.domain.telling import of_problem
from ldfleet.ports import Clock, Runs, Storage, UnitOfWork
from ldfleet.telemetry import logger

log = logger("ldfleet.ticker")

EVERY = 2.0  # seconds; cron's grain is a minute
_AT_ONCE = 100  # schedules in one look
SOURCE = "schedule"


class Ticker:
    """`chance` gives 0 to 1: how much of a jitter is taken."""

    def __init__(
        self,
        *,
        storage: Storage,
        reader: Storage,
        runs: Runs,
        clock: Clock,
        chance: Callable[[], float],
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`reader` opens units of work that only read: most looks find nothing due."""
        self._storage = storage
        self._reader = reader
        self._leads = leads
        self._runs = runs
        self._clock = clock
        self._chance = chance

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Tick while the body runs; a run that is being submitted at its end is ended first."""
        busy = asyncio.Lock()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._loop(busy), name="ticker")
            try:
                yield
            finally:
                async with busy:
                    task.cancel()

    async def turn(self) -> None:
        """Start what is due now."""
        async with self._reader() as work:
            due = await work.schedules.due(self._clock.now(), limit=_AT_ONCE)
        for schedule in due:
            await self._fire_guarded(schedule)

    async def _loop(self, busy: asyncio.Lock) -> None:
        hindered = False
        while True:
            try:
                async with busy:
                    if self._leads():
                        await self.turn()
            except errors.DatabaseError as error:
                if not hindered:
                    log.warning("ticker.hindered", code=error.code, reason=str(error))
                hindered = True
            else:
                hindered = False
            await self._clock.sleep(EVERY)

    async def _fire_guarded(self, schedule: Schedule) -> None:
        """A named boundary: one schedule that can't be submitted hinders no other."""
        try:
            await self._fire(schedule)
        except errors.DatabaseError:
            raise
        except errors.FleetError as error:
            log.warning("schedule.failed", schedule_id=schedule.id, code=error.code)
            await self._give_up(schedule, error)
        except Exception:
            log.exception("schedule.broke", schedule_id=schedule.id)
            await self._give_up(schedule, errors.InternalError())

    async def _fire(self, schedule: Schedule) -> None:
        async with self._storage() as work:
            if not await self._claim(work, schedule):
                return
            last = await self._run(work, schedule)
            await work.schedules.note(schedule.id, last)
            if last.outcome is Outcome.SUBMITTED:
                await self._settle(work, problem.of_schedule(schedule, None))
        log.info("schedule.due", schedule_id=schedule.id, outcome=last.outcome, batch_id=last.run)
        if last.outcome is Outcome.SUBMITTED:
            self._runs.wake()

    async def _claim(self, work: UnitOfWork, schedule: Schedule) -> bool:
        next_at = schedule.timing.next(self._clock.now(), chance=self._chance())
        return await work.schedules.move(schedule.id, due=schedule.next_at, next_at=next_at)

    async def _run(self, work: UnitOfWork, found: Schedule) -> LastRun:
        # As it is now, under the claim: it may have been changed since it was found due.
        schedule = replace(await work.schedules.get(found.id), next_at=found.next_at)
        now = self._clock.now()
        skipped = await self._skipped(work, schedule, now)
        if skipped is not None:
            return skipped
        actor = Actor(name=schedule.requested_by, source=SOURCE)
        run = await self._runs.submit(work, schedule, actor=actor)
        return LastRun(at=now, outcome=Outcome.SUBMITTED, run=run)

    async def _skipped(self, work: UnitOfWork, schedule: Schedule, now: datetime) -> LastRun | None:
        pause = await work.schedules.pause_of_all()
        if pause is not None:
            return LastRun(at=now, outcome=Outcome.PAUSED, reason=pause.reason)
        passed_over = schedule.passed_over(now)
        if passed_over is not None:
            return LastRun(at=now, outcome=passed_over)
        before = None if schedule.last is None else schedule.last.run
        if schedule.overlap is Overlap.QUEUE or before is None:
            return None
        if not await self._runs.unfinished(work, before):
            return None
        return LastRun(at=now, outcome=Outcome.OVERLAPPED, reason=f"{before} is not over")

    async def _give_up(self, schedule: Schedule, error: errors.FleetError) -> None:
        """What was begun is undone; the next time it is tried anew."""
        async with self._storage() as work:
            if await self._claim(work, schedule):
                failed = LastRun(at=self._clock.now(), outcome=Outcome.FAILED, reason=str(error))
                await work.schedules.note(schedule.id, failed)
                await self._settle(work, problem.of_schedule(schedule, error))

    async def _settle(self, work: UnitOfWork, look: problem.Look) -> None:
        now = self._clock.now()
        for turn, found in await work.problems.settle(look, at=now):
            work.tell(of_problem(turn, found, at=now))
