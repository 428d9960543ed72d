"""The engine on a real database: what starts, what ends how, what a death leaves behind."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ldfleet import errors
from ldfleet.domain.actor import SYSTEM
from ldfleet.domain.event import EventType
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation, OperationStatus, StepStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Limits
from ldfleet.engine.engine import Engine, Team
from ldfleet.engine.inprocess import InProcess
from ldfleet.ports import Journal, Sent, Verdict
from ldfleet.services.operations import Operations
from support.engines import Floor
from support.stores import an_operation

S = OperationStatus
WIDE = Limits(boots=8, boot_gap=0)


def cancelling(floor: Floor, engine: Engine) -> Operations:
    return Operations(
        storage=floor.database,
        feed=floor.database.feed,
        admission=floor.database.admission,
        dispatcher=engine.dispatcher,
        clock=floor.clock,
    )


async def cancel(floor: Floor, engine: Engine, operation: Operation) -> Operation:
    return await cancelling(floor, engine).cancel(SYSTEM, operation.id)


async def queued(floor: Floor, count: int = 1, **changes: Any) -> list[Operation]:
    await floor.farm(emulators=count, limits=changes.pop("limits", WIDE))
    operations = [an_operation(n + 1, emulator=n + 1, **changes) for n in range(count)]
    await floor.put(*operations)
    return operations


async def died(floor: Floor, *, attempt: int = 1) -> Operation:
    """The one operation, begun by an earlier process that did not end it."""
    admission = floor.database.admission

    def everything(queue: Any) -> Verdict:
        return Verdict(admitted={c.operation.id: {"global": 0} for c in queue.candidates})

    [held] = await admission.admit(everything, owner="dead", lease=timedelta(seconds=30))
    for _ in range(attempt - 1):
        [held] = await admission.take_over([held], owner="dead", lease=timedelta(seconds=30))
    return held


async def test_an_admitted_operation_runs_and_succeeds(floor: Floor) -> None:
    [operation] = await queued(floor)
    floor.bench.let_go.set()

    async with floor.engine().running():
        ended = await floor.until_status(operation, S.SUCCEEDED)

    assert ended.result == {"done": True}
    assert ended.progress == 1.0
    assert ended.finished_at == floor.at()


async def test_limits_hold_and_the_next_starts_when_a_place_is_free(floor: Floor) -> None:
    first, second = await queued(floor, 2, limits=Limits(boots=1, boot_gap=0))

    async with floor.engine().running():
        await floor.until_begun(first)
        await asyncio.sleep(0.02)
        waiting = await floor.operation(second.id)
        floor.bench.let_go.set()
        await floor.until_status(second, S.SUCCEEDED)

    assert (waiting.status, waiting.waiting_for) == (
        S.QUEUED,
        "1 of 1 boots in flight on farm-0001",
    )
    assert floor.bench.begun == [(first.id, 1), (second.id, 1)]


async def test_limits_that_are_changed_hold_at_once(floor: Floor) -> None:
    first, second = await queued(floor, 2, limits=Limits(boots=1, boot_gap=0))

    async with floor.engine().running():
        await floor.until_begun(first)
        async with floor.database() as work:
            found = await work.workstations.get(first.workstation_id)
            wider = replace(found, limits=Limits(boots=2, boot_gap=0))
            await work.workstations.change(wider, expected_version=found.version)
        floor.database.admission.wake()
        await floor.until_begun(second)

    assert floor.bench.begun == [(first.id, 1), (second.id, 1)]


async def test_a_named_failure_is_kept_with_its_fields(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def fail(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with journal.step("launch"):
            raise errors.EmulatorDidNotBoot(emulator="em_0001", seconds=180)

    floor.bench.act = fail
    async with floor.engine().running():
        ended = await floor.until_status(operation, S.FAILED)

    assert ended.failure == {"code": "emulator_did_not_boot", "emulator": "em_0001", "seconds": 180}


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (errors.NoDesktopSession(workstation="farm-0001"), ["ws_0001"]),
        (errors.EmulatorGone(emulator="em_0001"), []),
    ],
)
async def test_trouble_of_a_whole_workstation_is_told(
    floor: Floor, failure: errors.FleetError, told: list[str]
) -> None:
    async def fail(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        raise failure

    floor.bench.act = fail
    [operation] = await queued(floor)
    troubled: list[str] = []
    async with floor.engine(troubled=troubled.append).running():
        await floor.until_status(operation, S.FAILED)

    assert troubled == told


@pytest.mark.parametrize("result", [{"seen": object()}, None])
async def test_a_mistake_of_ours_is_logged_once_and_told_as_such(
    floor: Floor, result: Mapping[str, Any] | None
) -> None:
    [operation] = await queued(floor)

    async def blunder(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        if result is None:
            raise ZeroDivisionError
        return result

    floor.bench.act = blunder
    with capture_logs() as lines:
        async with floor.engine().running():
            ended = await floor.until_status(operation, S.FAILED)

    assert ended.failure == {"code": "internal_error"}
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["operation.broke"]


async def test_what_could_not_be_found_out_is_lost(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def lose(operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        raise errors.OperationLost(operation=operation.id, reason="the PC burnt down")

    floor.bench.act = lose
    async with floor.engine().running():
        ended = await floor.until_status(operation, S.LOST)

    assert ended.failure is not None
    assert ended.failure["reason"] == "the PC burnt down"


async def test_a_work_that_cancels_itself_has_failed(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def vanish(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        raise asyncio.CancelledError

    floor.bench.act = vanish
    async with floor.engine().running():
        ended = await floor.until_status(operation, S.FAILED)

    assert ended.failure == {"code": "internal_error"}


async def test_time_out_is_not_cancelled(floor: Floor) -> None:
    [operation] = await queued(floor, timeout=0.02)

    async with floor.engine().running():
        ended = await floor.until_status(operation, S.TIMED_OUT)

    assert ended.failure is not None
    assert ended.failure["code"] == errors.OperationTimedOut.code
    assert floor.bench.ended == [operation.id]


async def test_a_failure_that_a_time_out_brought_about_is_a_time_out(floor: Floor) -> None:
    [operation] = await queued(floor, timeout=0.02)

    async def cut(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        try:
            await floor.bench.let_go.wait()
        except asyncio.CancelledError:
            raise errors.OutcomeUnknown(workstation="pc", program="x", reason="cut") from None
        return {}

    floor.bench.act = cut
    async with floor.engine().running():
        await floor.until_status(operation, S.TIMED_OUT)


async def test_a_clean_up_keeps_its_place_until_it_has_ended(floor: Floor) -> None:
    first, second = await queued(floor, 2, limits=Limits(boots=1, boot_gap=0))
    floor.bench.clean.clear()
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(first)
        asked = await cancel(floor, engine, first)
        again = await cancel(floor, engine, first)
        await asyncio.sleep(0.03)
        meanwhile = (await floor.statuses(), list(floor.bench.begun))
        floor.bench.clean.set()
        await floor.until_status(first, S.CANCELLED)
        await floor.until_begun(second)

    assert asked.status is again.status is S.CANCELLING
    assert meanwhile == ({first.id: S.CANCELLING, second.id: S.QUEUED}, [(first.id, 1)])


async def test_a_second_cancellation_does_not_cut_the_clean_up_short(floor: Floor) -> None:
    """The time-out comes while the clean-up of the cancellation runs."""
    [operation] = await queued(floor, timeout=0.05)
    floor.bench.clean.clear()
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(operation)
        await cancel(floor, engine, operation)
        await asyncio.sleep(0.08)
        cut_short = list(floor.bench.ended)
        floor.bench.clean.set()
        ended = await floor.until_status(operation, S.CANCELLED)

    assert cut_short == []
    assert ended.failure is None


async def test_a_clean_up_without_end_is_cut_off_and_told_as_lost(floor: Floor) -> None:
    [operation] = await queued(floor)
    floor.bench.clean.clear()
    engine = floor.engine(clean_up=0.02)

    async with engine.running():
        await floor.until_begun(operation)
        await cancel(floor, engine, operation)
        ended = await floor.until_status(operation, S.LOST)

    assert ended.failure is not None
    assert ended.failure["reason"] == "its clean-up did not end within 0.02 s"


async def test_what_was_done_before_the_cancellation_came_is_a_success(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def finish(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        try:
            await floor.bench.let_go.wait()
        except asyncio.CancelledError:
            return {"it": "was ready"}
        return {}

    floor.bench.act = finish
    engine = floor.engine()
    async with engine.running():
        await floor.until_begun(operation)
        await cancel(floor, engine, operation)
        ended = await floor.until_status(operation, S.SUCCEEDED)

    assert ended.result == {"it": "was ready"}


async def test_a_queued_operation_is_cancelled_at_once(floor: Floor) -> None:
    [operation] = await queued(floor)

    cancelled = await cancel(floor, floor.engine(), operation)

    assert cancelled.status is S.CANCELLED
    with pytest.raises(errors.OperationFinished):
        await cancel(floor, floor.engine(), operation)


async def test_an_aborted_run_ends_cancelled_by_the_legal_way(floor: Floor) -> None:
    [operation] = await queued(floor)
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(operation)
        await engine.dispatcher.abort(operation.id)
        await floor.until_status(operation, S.CANCELLED)

    assert floor.bench.ended == [operation.id]


async def test_a_cancellation_written_elsewhere_arrives_with_the_next_beat(floor: Floor) -> None:
    [operation] = await queued(floor)

    async with floor.engine().running():
        await floor.until_begun(operation)
        async with floor.database() as work:
            await work.operations.put((await work.operations.get(operation.id)).cancelling())
        await beat(floor)
        await floor.until_status(operation, S.CANCELLED)

    assert floor.bench.ended == [operation.id]


async def beat(floor: Floor, seconds: float = 10.0) -> None:
    async def asleep() -> bool:
        return floor.clock.sleepers >= 2  # who beats, and who leads

    await floor.until(asleep)
    floor.clock.advance(seconds)


async def test_a_beat_keeps_the_lease(floor: Floor) -> None:
    [operation] = await queued(floor)

    async with floor.engine().running():
        await floor.until_begun(operation)
        for _ in range(4):
            await beat(floor)
            end = floor.at() + timedelta(seconds=30)

            async def renewed(end: datetime = end) -> bool:
                return (await floor.operation(operation.id)).lease_until == end

            await floor.until(renewed)
        floor.bench.let_go.set()
        await floor.until_status(operation, S.SUCCEEDED)

    assert floor.bench.begun == [(operation.id, 1)]


async def test_the_same_token_runs_once(floor: Floor) -> None:
    [operation] = await queued(floor)
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(operation)
        held = await floor.operation(operation.id)
        await engine.dispatcher.dispatch(held)
        floor.bench.let_go.set()
        await floor.until_status(operation, S.SUCCEEDED)
        await engine.dispatcher.dispatch(held)
        await asyncio.sleep(0.03)

    assert floor.bench.begun == [(operation.id, 1)]


async def test_a_newer_token_starts_after_the_older_ones_clean_up(floor: Floor) -> None:
    [operation] = await queued(floor)
    floor.bench.clean.clear()
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(operation)
        [taken] = await floor.database.admission.take_over(
            [await floor.operation(operation.id)], owner="one", lease=timedelta(seconds=30)
        )
        await engine.dispatcher.dispatch(taken)
        await asyncio.sleep(0.02)
        meanwhile = list(floor.bench.begun)
        floor.bench.clean.set()
        await floor.until_begun(operation, attempt=2)
        floor.bench.let_go.set()
        await floor.until_status(operation, S.SUCCEEDED)

    assert meanwhile == [(operation.id, 1)]


async def test_who_lost_its_lease_ends_and_writes_nothing(floor: Floor) -> None:
    """A zombie: another runner took the operation over while this one was stopped."""
    [operation] = await queued(floor)

    async def insist(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return {"written by": "the zombie"}
        return {}

    floor.bench.act = insist
    async with floor.engine().running():
        await floor.until_begun(operation)
        held = await floor.operation(operation.id)
        [taken] = await floor.database.admission.take_over(
            [held], owner="another", lease=timedelta(seconds=300)
        )
        await beat(floor)
        await floor.until_free(operation)
        await asyncio.sleep(0.02)

    assert await floor.operation(operation.id) == taken


async def test_a_write_under_an_old_token_ends_the_work(floor: Floor) -> None:
    [operation] = await queued(floor)
    taken_over = asyncio.Event()

    async def go_on(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        await taken_over.wait()
        async with journal.step("touch the PC"):
            floor.bench.running.add("touched")
        return {}

    floor.bench.act = go_on
    async with floor.engine().running():
        await floor.until_begun(operation)
        held = await floor.operation(operation.id)
        [taken] = await floor.database.admission.take_over(
            [held], owner="another", lease=timedelta(seconds=300)
        )
        taken_over.set()
        await floor.until_free(operation)

    assert "touched" not in floor.bench.running
    assert await floor.operation(operation.id) == taken
    assert await floor.steps(operation) == []


async def test_who_can_not_renew_ends_its_work_before_the_lease_does(floor: Floor) -> None:
    [operation] = await queued(floor)
    admission = BrokenAdmission(floor)

    async with floor.engine(admission=admission).running():
        await floor.until_begun(operation)
        admission.broken = True
        await floor.clock.run(23)
        before = list(floor.bench.ended)
        await floor.clock.run(4)
        await floor.until_free(operation)
        untouched = await floor.operation(operation.id)
        admission.broken = False
        floor.bench.let_go.set()
        await floor.clock.run(15)
        await floor.until_status(operation, S.SUCCEEDED)

    assert before == []
    assert untouched.status is S.RUNNING
    assert len(floor.bench.begun) == 2


class BrokenAdmission:
    """The database's admission, with a line that can be cut."""

    def __init__(self, floor: Floor) -> None:
        self._real = floor.database.admission
        self.broken = False
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def renew(self, *, owner: str, lease: timedelta) -> Sequence[Operation]:
        if self.broken:
            raise errors.DatabaseUnreachable(reason="the cable is out")
        return await self._real.renew(owner=owner, lease=lease)

    async def admit(self, *arguments: Any, **named: Any) -> Sequence[Operation]:
        if self.broken:
            self.refused += 1
            raise errors.DatabaseBusy
        return await self._real.admit(*arguments, **named)


class StuckReaping(BrokenAdmission):
    """The database's admission, where to look for what others left takes for ever."""

    async def abandoned(self, *, all_owners: bool = False) -> Sequence[Operation]:
        if not all_owners:
            await asyncio.Event().wait()
        return await self._real.abandoned(all_owners=all_owners)


async def test_who_looks_after_others_keeps_its_own_leases_meanwhile(floor: Floor) -> None:
    """Sixty operations of a dead worker, taken over one by one, once cost the leader its own."""
    [operation] = await queued(floor)

    async with floor.engine(admission=StuckReaping(floor)).running():
        await floor.until_begun(operation)
        await beat(floor)
        for _ in range(5):
            end = floor.at() + timedelta(seconds=30)

            async def renewed(end: datetime = end) -> bool:
                return (await floor.operation(operation.id)).lease_until == end

            await floor.until(renewed)
            floor.clock.advance(10.0)
        floor.bench.let_go.set()
        await floor.until_status(operation, S.SUCCEEDED)

    assert floor.bench.begun == [(operation.id, 1)]


class Post:
    """What carries operations between processes, open for a while only; it delivers them here."""

    def __init__(self, floor: Floor, runs: InProcess) -> None:
        self._floor = floor
        self._runs = runs
        self.open = False
        self.swept: list[bool] = []
        """Whether it was open when it was swept."""

    async def send(self, admitted: Sequence[Operation]) -> None:
        sent = [Sent(operation_id=o.id, token=o.token, sender=o.owner or "") for o in admitted]
        admission = self._floor.database.admission
        claimed = await admission.claim(sent, owner="one", lease=timedelta(seconds=30))
        await self._runs.send(list(claimed.values()))

    async def dispatch(self, operation: Operation) -> None:
        await self.send([operation])

    async def abort(self, operation_id: OperationId) -> None:
        await self._runs.abort(operation_id)

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        self.open = True
        try:
            yield
        finally:
            self.open = False

    async def sweep(self) -> None:
        self.swept.append(self.open)


class Leading:
    """Duties of a process that leads."""

    leads = True

    def polls(self, site: str) -> bool:
        return bool(site)

    def worked(self, site: str) -> bool:
        return bool(site)

    async def attend(self) -> bool:
        return False

    async def resign(self) -> None:
        """Nobody else wants them."""


async def test_jobs_are_swept_only_as_long_as_jobs_are_taken(floor: Floor) -> None:
    """It was tried after Procrastinate had been closed, while running work had its grace."""
    [operation] = await queued(floor)
    posts: list[Post] = []

    def deliver(runs: InProcess) -> Post:
        posts.append(Post(floor, runs))
        return posts[-1]

    async def swept() -> bool:
        return bool(posts[0].swept)

    async def let_time_pass() -> None:
        while posts[0].open:  # noqa: ASYNC110 - an end that is waited for from aside
            await asyncio.sleep(0.005)
        floor.clock.advance(10.0)

    team = Team(duties=Leading(), deliver=deliver, changed=lambda: None, look_every=1e6)
    engine = floor.engine("one", sole=False, team=team, grace=0.2)
    async with asyncio.TaskGroup() as group, engine.running():
        await floor.until_begun(operation)
        floor.clock.advance(10.0)
        await floor.until(swept)
        group.create_task(let_time_pass())

    assert posts[0].swept == [True]


async def test_a_busy_database_hinders_the_engine_and_does_not_end_it(floor: Floor) -> None:
    [operation] = await queued(floor)
    admission = BrokenAdmission(floor)
    admission.broken = True
    floor.bench.let_go.set()
    engine = floor.engine(admission=admission)

    with capture_logs() as lines:
        async with engine.running():

            async def refused_thrice() -> bool:
                await floor.clock.run(1)
                return admission.refused == 3

            await floor.until(refused_thrice)
            hindered = engine.alive
            admission.broken = False
            await floor.clock.run(2)
            await floor.until_status(operation, S.SUCCEEDED)

    told = [line["event"] for line in lines if line.get("loop") == "admit"]
    assert hindered
    assert told == ["engine.hindered", "engine.recovered"]


async def test_an_engine_that_does_not_run_is_not_alive(floor: Floor) -> None:
    engine = floor.engine()
    before = engine.alive
    async with engine.running():
        await asyncio.sleep(0.01)
        during = engine.alive
        floor.clock.advance(0)
    after = engine.alive

    assert (before, during, after) == (False, True, False)


async def test_the_only_engine_there_can_be_stays_alive(floor: Floor) -> None:
    engine = floor.engine(sole=True)

    async with engine.running():

        async def alive() -> bool:
            floor.database.admission.wake()
            return engine.alive

        for _ in range(8):
            await floor.clock.run(10)
            await floor.until(alive)


async def test_a_start_takes_over_what_the_last_process_left(floor: Floor) -> None:
    [operation] = await queued(floor)
    await died(floor)
    floor.bench.let_go.set()

    async with floor.engine("two").running():
        ended = await floor.until_status(operation, S.SUCCEEDED)

    assert floor.bench.begun == [(operation.id, 2)]
    assert (ended.owner, ended.token) == ("two", 2)


async def test_what_is_old_when_it_is_taken_over_has_time_to_look(floor: Floor) -> None:
    [operation] = await queued(floor, timeout=300)
    await died(floor)
    floor.clock.advance(3600)

    async with floor.engine("two").running():
        await floor.until_begun(operation, attempt=2)
        await asyncio.sleep(0.03)
        floor.bench.let_go.set()
        ended = await floor.until_status(operation, S.SUCCEEDED, S.TIMED_OUT)

    assert ended.status is S.SUCCEEDED


async def test_where_others_may_live_only_an_ended_lease_is_taken_over(floor: Floor) -> None:
    [operation] = await queued(floor)
    await died(floor)
    floor.bench.let_go.set()

    async with floor.engine("two", sole=False).running():
        for _ in range(2):
            await beat(floor)
        await asyncio.sleep(0.03)
        early = list(floor.bench.begun)
        for _ in range(2):
            await asyncio.sleep(0.02)
            await beat(floor)
        await floor.until_status(operation, S.SUCCEEDED)

    assert early == []
    assert floor.bench.begun == [(operation.id, 2)]


async def test_what_kills_its_runners_ends_as_lost(floor: Floor) -> None:
    [operation] = await queued(floor)
    await died(floor, attempt=3)

    async with floor.engine(attempts=3).running():
        ended = await floor.until_status(operation, S.LOST)

    assert ended.failure is not None
    assert ended.failure["reason"] == "its runner died 3 times"
    assert floor.bench.begun == []


async def test_an_end_of_the_process_leaves_its_work_to_the_next(floor: Floor) -> None:
    [operation] = await queued(floor)

    async with floor.engine("one").running():
        await floor.until_begun(operation)
    between = await floor.operation(operation.id)
    floor.bench.let_go.set()
    async with floor.engine("two", sole=False).running():
        await beat(floor)
        ended = await floor.until_status(operation, S.SUCCEEDED)

    assert between.status is S.RUNNING
    assert between.lease_until == floor.at() - timedelta(seconds=10)
    assert floor.bench.begun == [(operation.id, 1), (operation.id, 2)]
    assert ended.attempt == 2


async def test_work_that_ends_within_the_grace_is_not_cut_off(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def quick(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        await asyncio.sleep(0.03)
        return {"in": "time"}

    floor.bench.act = quick
    async with floor.engine(grace=5.0).running():
        await floor.until_begun(operation)

    ended = await floor.operation(operation.id)
    assert (ended.status, ended.result) == (S.SUCCEEDED, {"in": "time"})


async def test_nothing_is_admitted_while_the_process_ends(floor: Floor) -> None:
    first, second = await queued(floor, 2, limits=Limits(boots=1, boot_gap=0))

    async with floor.engine(grace=5.0).running():
        await floor.until_begun(first)
        floor.bench.let_go.set()

    assert await floor.statuses() == {first.id: S.SUCCEEDED, second.id: S.QUEUED}


@asynccontextmanager
async def killed_in(floor: Floor, step: str) -> AsyncGenerator[list[str]]:
    """Steps `a`, `b`, `c` that each count their effect; the first run dies within `step`."""
    effects: list[str] = []
    halted = asyncio.Event()

    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        for name in ("a", "b", "c"):
            async with journal.step(name) as notes:
                if notes.before is not None:
                    continue
                if not notes.started_before:
                    effects.append(name)
                if name == step and operation.attempt == 1:
                    halted.set()
                    await asyncio.Event().wait()
                notes.result = {"made": name}
        return {"effects": len(effects)}

    floor.bench.act = work
    async with floor.engine("one").running():
        await halted.wait()
    yield effects


@pytest.mark.parametrize("step", ["a", "b", "c"])
async def test_a_run_that_died_between_steps_repeats_none(floor: Floor, step: str) -> None:
    [operation] = await queued(floor)

    async with killed_in(floor, step) as effects, floor.engine("two").running():
        await floor.until_status(operation, S.SUCCEEDED)

    steps = await floor.steps(operation)
    assert effects == ["a", "b", "c"]
    assert [(s.name, s.status) for s in steps] == [(n, StepStatus.SUCCEEDED) for n in "abc"]


async def test_what_was_being_cancelled_begins_nothing_new(floor: Floor) -> None:
    """Cancelled by a person, then the process died: the next one looks, and ends it."""
    [operation] = await queued(floor)

    async with killed_in(floor, "b") as effects:
        async with floor.database() as work:
            await work.operations.put((await work.operations.get(operation.id)).cancelling())
        async with floor.engine("two").running():
            await floor.until_status(operation, S.CANCELLED)

    steps = await floor.steps(operation)
    assert effects == ["a", "b"]
    assert [(s.name, s.status) for s in steps] == [
        ("a", StepStatus.SUCCEEDED),
        ("b", StepStatus.FAILED),
    ]
    assert len(floor.bench.begun) == 2


async def test_what_was_cancelled_before_its_first_step_is_not_begun(floor: Floor) -> None:
    [operation] = await queued(floor)
    held = await died(floor)
    async with floor.database() as work:
        await work.operations.put(held.cancelling())

    async with floor.engine("two").running():
        await floor.until_status(operation, S.CANCELLED)

    assert floor.bench.begun == []


async def test_progress_is_written_at_once_then_no_more_than_four_times_a_second(
    floor: Floor,
) -> None:
    [operation] = await queued(floor)
    told: list[float | None] = []

    async def busy(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        for percent in range(0, 100, 10):
            await journal.progress(percent / 100, f"{percent} done")
            await asyncio.sleep(0.005)
            told.append((await floor.operation(operation.id)).progress)
        floor.clock.advance(0.25)
        await floor.bench.let_go.wait()
        raise errors.EmulatorGone(emulator="em_0001")

    async def last_word() -> bool:
        return (await floor.operation(operation.id)).message == "90 done"

    floor.bench.act = busy
    async with floor.engine().running():
        await floor.until(last_word)
        floor.bench.let_go.set()
        ended = await floor.until_status(operation, S.FAILED)

    assert set(told) <= {None, 0.0}
    assert ended.progress == 0.9


async def test_the_last_word_is_written_with_the_end(floor: Floor) -> None:
    [operation] = await queued(floor)

    async def hasty(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        await journal.progress(0.1, "one")
        await journal.progress(0.4, "two")
        await journal.log("adb.silent", serial="emulator-5554", cause=ValueError("no"))
        raise errors.EmulatorGone(emulator="em_0001")

    floor.bench.act = hasty
    async with floor.engine().running():
        ended = await floor.until_status(operation, S.FAILED)

    assert ended.progress == 0.4
    assert await floor.log(operation) == ["adb.silent"]


async def test_every_change_of_state_is_an_event(floor: Floor) -> None:
    [operation] = await queued(floor, verb=Verb.QUIT)
    after = await floor.database.feed.head()
    floor.bench.let_go.set()

    async with floor.engine().running():
        await floor.until_status(operation, S.SUCCEEDED)

    batch = await floor.told(after)
    told = [(event.type, event.subject, event.data["status"]) for event in batch]
    assert told == [
        (EventType.OPERATION_CHANGED, operation.id, "running"),
        (EventType.OPERATION_CHANGED, operation.id, "succeeded"),
    ]
