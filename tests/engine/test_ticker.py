"""The ticker: each run once, by its rules, whoever dies and however many tick."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ldfleet import errors
from ldfleet.domain.actor import Actor, Role
from ldfleet.domain.batch import Policy
from ldfleet.domain.operation import Operation, Priority
from ldfleet.domain.problem import Problem, ProblemKind
from ldfleet.domain.schedule import Misfire, Outcome, Overlap, Pause, Schedule, Target
from ldfleet.domain.timing import Blackout, Timing
from ldfleet.domain.verb import Verb
from ldfleet.engine.ticker import EVERY, Ticker
from ldfleet.ports import OperationQuery, ProblemQuery, Runs, UnitOfWork
from ldfleet.services.batches import Batches
from ldfleet.services.scheduled import ScheduledBatches
from ldfleet.services.users import Rights
from support.accounts import ROOT, a_person, the_people
from support.engines import Floor, a_floor
from support.schedules import a_schedule
from support.stores import START

HOUR = 3600.0


class Dying:
    """Submits, and is gone before the transaction is committed."""

    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs after it."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def submit(self, work: UnitOfWork, schedule: Schedule, *, actor: Actor) -> str:
        await self._runs.submit(work, schedule, actor=actor)
        raise self.Killed

    async def unfinished(self, work: UnitOfWork, run: str) -> bool:
        return await self._runs.unfinished(work, run)

    def wake(self) -> None:
        self._runs.wake()


class Failing(Dying):
    """Raises what it is told, for schedules that are called so."""

    def __init__(self, runs: Runs, error: Exception) -> None:
        super().__init__(runs)
        self.error: Exception | None = error

    async def submit(self, work: UnitOfWork, schedule: Schedule, *, actor: Actor) -> str:
        submitted = await self._runs.submit(work, schedule, actor=actor)
        if schedule.name == "failing" and self.error is not None:
            raise self.error
        return submitted


class Stage:
    """A floor with emulators, schedules and a ticker."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        batches = Batches(
            storage=floor.database,
            admission=floor.database.admission,
            clock=floor.clock,
            new_id=floor.new_id,
        )
        self.runs = ScheduledBatches(
            batches=batches, admission=floor.database.admission, clock=floor.clock
        )
        self.chance = 0.0

    def ticker(self, runs: Runs | None = None) -> Ticker:
        return Ticker(
            storage=self.floor.database,
            reader=self.floor.database.reader,
            runs=runs or self.runs,
            clock=self.floor.clock,
            chance=lambda: self.chance,
        )

    async def tick(self, runs: Runs | None = None, *, after: float = 0.0) -> None:
        self.floor.clock.advance(after)
        await self.ticker(runs).turn()

    async def put(self, *schedules: Schedule) -> None:
        async with self.floor.database() as work:
            for schedule in schedules:
                await work.schedules.add(schedule)

    async def schedule(self, schedule_id: str = "sc_0001") -> Schedule:
        async with self.floor.database() as work:
            return await work.schedules.get(schedule_id)

    async def outcome(self, schedule_id: str = "sc_0001") -> tuple[Outcome, str | None] | None:
        last = (await self.schedule(schedule_id)).last
        return None if last is None else (last.outcome, last.reason)

    async def operations(self) -> list[Operation]:
        async with self.floor.database() as work:
            return list((await work.operations.list(OperationQuery(), limit=100)).items)

    async def problems(self) -> list[Problem]:
        async with self.floor.database() as work:
            return list((await work.problems.list(ProblemQuery())).items)


@pytest.fixture
async def stage(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_floor(pytestconfig, tmp_path) as floor:
        await floor.farm(emulators=3)
        await a_person(the_people(floor), "anna", Role.OPERATOR)
        yield Stage(floor)


async def test_what_is_due_becomes_a_batch_in_its_owners_name(stage: Stage) -> None:
    await stage.put(a_schedule(params={"package": "com.example.app"}))

    await stage.tick(after=HOUR)

    (operation,) = await stage.operations()
    assert (operation.verb, operation.emulator_id) == (Verb.LAUNCH, "em_0001")
    assert operation.params == {"package": "com.example.app"}
    assert (operation.requested_by, operation.source) == ("anna", "schedule")
    assert (operation.priority, operation.reason) == (Priority.SCHEDULE, "schedule schedule 1")
    schedule = await stage.schedule()
    assert schedule.next_at == START + timedelta(hours=2)
    assert schedule.last is not None and schedule.last.run == operation.batch_id
    async with stage.floor.database() as work:
        assert (await work.batches.get(operation.batch_id or "")).schedule_id == "sc_0001"


@pytest.mark.parametrize(
    ("rights", "reason"),
    [
        (Rights(role=Role.OPERATOR, enabled=False), "the account is disabled"),
        (Rights(role=Role.VIEWER), "takes a role of operator"),
        (None, "no such account"),
    ],
)
async def test_who_may_no_more_acts_by_no_schedule(
    stage: Stage, rights: Rights | None, reason: str
) -> None:
    """Once a schedule went on with an operator's power, whatever became of its owner."""
    await stage.put(a_schedule())
    who = the_people(stage.floor)
    anna = next(each for each in (await who.users.list(ROOT)).items if each.name == "anna")
    if rights is None:
        await who.users.remove(ROOT, anna.id)
    else:
        await who.users.change(ROOT, anna.id, rights)

    await stage.tick(after=HOUR)

    outcome, why = await stage.outcome() or (None, None)
    assert (outcome, await stage.operations()) == (Outcome.FAILED, [])
    assert why is not None and reason in why
    (problem,) = await stage.problems()
    assert problem.evidence["code"] == "schedule_owner_unfit"


async def test_a_run_rolls_out_as_its_schedule_says(stage: Stage) -> None:
    policy = Policy(waves=("1",), pause=60.0, stop_on_failures="50%")
    await stage.put(a_schedule(target=Target(everything=True), policy=policy))

    await stage.tick(after=HOUR)

    waves = [(each.wave, each.held) for each in await stage.operations()]
    assert sorted(waves) == [(1, False), (2, True), (2, True)]
    async with stage.floor.database() as work:
        (batch,) = (await work.batches.list()).items
    assert batch.policy == policy


async def test_a_filter_is_looked_at_anew_each_time(stage: Stage) -> None:
    await stage.put(
        a_schedule(target=Target(filter="player"), overlap=Overlap.QUEUE, verb=Verb.QUIT)
    )

    await stage.tick(after=HOUR)

    assert len(await stage.operations()) == 3


async def test_nothing_is_done_before_its_time(stage: Stage) -> None:
    await stage.put(a_schedule(1), a_schedule(2, enabled=False, next_at=None))

    await stage.tick(after=HOUR - 1)

    assert await stage.operations() == []
    assert await stage.outcome() is None


async def test_a_run_is_not_repeated(stage: Stage) -> None:
    await stage.put(a_schedule())

    for _ in range(3):
        await stage.tick(after=HOUR / 2)

    assert len(await stage.operations()) == 1


async def test_two_tickers_start_it_once(stage: Stage) -> None:
    await stage.put(*(a_schedule(n, target=Target(ids=(f"em_000{n}",))) for n in (1, 2, 3)))
    stage.floor.clock.advance(HOUR)

    await asyncio.gather(*(stage.ticker().turn() for _ in range(4)))

    assert sorted(str(each.emulator_id) for each in await stage.operations()) == [
        "em_0001",
        "em_0002",
        "em_0003",
    ]


async def test_a_ticker_that_dies_amid_a_run_neither_loses_nor_doubles_it(stage: Stage) -> None:
    await stage.put(a_schedule())

    with pytest.raises(Dying.Killed):
        await stage.tick(Dying(stage.runs), after=HOUR)
    left = (await stage.operations(), (await stage.schedule()).next_at)
    await stage.tick()
    await stage.tick()

    assert left == ([], START + timedelta(hours=1))
    assert len(await stage.operations()) == 1


async def test_what_is_late_within_its_grace_runs(stage: Stage) -> None:
    await stage.put(a_schedule(grace=300))

    await stage.tick(after=HOUR + 300)

    assert await stage.outcome() == (Outcome.SUBMITTED, None)


async def test_what_was_missed_is_skipped_by_rule(stage: Stage) -> None:
    await stage.put(a_schedule(grace=300))

    await stage.tick(after=HOUR + 301)

    assert await stage.operations() == []
    assert await stage.outcome() == (Outcome.MISSED, None)
    assert (await stage.schedule()).next_at == START + timedelta(hours=2)


async def test_what_was_missed_many_times_runs_once_by_rule(stage: Stage) -> None:
    await stage.put(a_schedule(misfire=Misfire.RUN_ONCE, overlap=Overlap.QUEUE))

    await stage.tick(after=7.5 * HOUR)
    await stage.tick()

    assert len(await stage.operations()) == 1
    assert (await stage.schedule()).next_at == START + timedelta(hours=8)


async def test_a_run_is_skipped_while_the_one_before_is_not_over(stage: Stage) -> None:
    await stage.put(a_schedule())
    await stage.tick(after=HOUR)
    (first,) = await stage.operations()

    await stage.tick(after=HOUR)
    during = await stage.outcome()
    async with stage.floor.database() as work:
        batch = await work.batches.get(first.batch_id or "")
        await work.operations.put(first.cancelled(at=stage.floor.clock.now()))
        counts = (await work.batches.counts([batch.id]))[batch.id]
        await work.batches.put(batch.advanced(counts, now=stage.floor.clock.now()))
    await stage.tick(after=HOUR)

    assert during == (Outcome.OVERLAPPED, f"{first.batch_id} is not over")
    assert await stage.outcome() == (Outcome.SUBMITTED, None)
    assert len(await stage.operations()) == 2


async def test_a_run_lines_up_behind_the_one_before_by_rule(stage: Stage) -> None:
    await stage.put(
        a_schedule(overlap=Overlap.QUEUE, verb=Verb.SCAN, target=Target(ids=("ws_0001",)))
    )

    await stage.tick(after=HOUR)
    await stage.tick(after=HOUR)

    assert len({each.batch_id for each in await stage.operations()}) == 2


async def test_a_pause_passes_over_what_is_due_for_good(stage: Stage) -> None:
    await stage.put(a_schedule(misfire=Misfire.RUN_ONCE))
    async with stage.floor.database() as work:
        await work.schedules.pause_all(Pause(reason="new fan", by="otto", since=START))

    await stage.tick(after=HOUR)
    paused = await stage.outcome()
    async with stage.floor.database() as work:
        await work.schedules.resume_all()
    await stage.tick(after=HOUR / 2)
    early = await stage.operations()
    await stage.tick(after=HOUR / 2)

    assert paused == (Outcome.PAUSED, "new fan")
    assert early == []
    assert len(await stage.operations()) == 1


async def test_what_was_missed_is_not_made_up_for_in_a_blackout(stage: Stage) -> None:
    """START is noon, UTC."""
    timing = Timing(cron="0 * * * *", blackouts=(Blackout(start=time(14), end=time(16)),))
    await stage.put(a_schedule(timing=timing, misfire=Misfire.RUN_ONCE))

    await stage.tick(after=2.5 * HOUR)

    assert await stage.outcome() == (Outcome.BLACKOUT, None)
    assert (await stage.schedule()).next_at == START + timedelta(hours=4)


async def test_the_next_time_has_its_jitter(stage: Stage) -> None:
    stage.chance = 0.5
    await stage.put(a_schedule(timing=Timing(cron="0 * * * *", jitter=600)))

    await stage.tick(after=HOUR)

    assert (await stage.schedule()).next_at == START + timedelta(hours=2, minutes=5)


async def test_what_can_not_be_submitted_says_why_and_hinders_no_other(stage: Stage) -> None:
    await stage.put(a_schedule(1, target=Target(ids=("em_0009",))), a_schedule(2))

    await stage.tick(after=HOUR)

    assert await stage.outcome() == (Outcome.FAILED, "There is no emulator em_0009.")
    [problem] = await stage.problems()
    assert (problem.kind, problem.subject) == (ProblemKind.SCHEDULE_FAILED, "sc_0001")
    assert problem.evidence["code"] == "emulator_not_found"
    assert await stage.outcome("sc_0002") == (Outcome.SUBMITTED, None)
    assert (await stage.schedule()).next_at == START + timedelta(hours=2)


async def test_a_mistake_of_ours_in_one_schedule_hinders_no_other(stage: Stage) -> None:
    await stage.put(a_schedule(1, name="failing"), a_schedule(2, target=Target(ids=("em_0002",))))

    with capture_logs() as lines:
        await stage.tick(Failing(stage.runs, RuntimeError("oops")), after=HOUR)

    assert "schedule.broke" in [line["event"] for line in lines]
    assert await stage.outcome() == (Outcome.FAILED, str(errors.InternalError()))
    assert [each.emulator_id for each in await stage.operations()] == ["em_0002"]


async def test_a_busy_database_is_tried_again(stage: Stage) -> None:
    await stage.put(a_schedule(name="failing"))
    runs = Failing(stage.runs, errors.DatabaseBusy())

    with capture_logs() as lines:
        async with stage.ticker(runs).running():
            await until(stage, lambda: len(lines) > 0, after=HOUR)
            assert await stage.operations() == []
            runs.error = None
            await until(stage, lambda: any(line["event"] == "schedule.due" for line in lines))

    assert [line["event"] for line in lines] == ["ticker.hindered", "schedule.due"]
    assert len(await stage.operations()) == 1


async def until(stage: Stage, holds: Callable[[], bool], *, after: float = 0.0) -> None:
    """Let the ticker's own loop come round."""
    stage.floor.clock.advance(after)
    async with asyncio.timeout(5):
        while not holds():
            stage.floor.clock.advance(EVERY)
            await asyncio.sleep(0.01)


async def test_a_look_that_finds_nothing_due_waits_for_no_writer(stage: Stage) -> None:
    await stage.put(a_schedule())

    async with asyncio.timeout(1), stage.floor.database():
        await stage.tick()

    assert await stage.outcome() is None
