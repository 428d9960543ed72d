"""What failed for a moment is tried again; what may have had an effect is not."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.operation import Operation, OperationStatus, StepStatus
from ldfleet.domain.workstation import Health, Limits, WorkstationStatus
from ldfleet.engine import retry
from ldfleet.errors import Kind
from ldfleet.ports import Journal
from support.clock import START
from support.engines import Floor
from support.stores import an_emulator, an_operation

S = OperationStatus
WIDE = Limits(boots=8, boot_gap=0)
UNREACHABLE = errors.WorkstationUnreachable(
    workstation="farm-0001", address="10.0.0.1:5986", reason="no route"
)


async def queued(floor: Floor, **changes: Any) -> Operation:
    await floor.farm(limits=changes.pop("limits", WIDE))
    operation = an_operation(1, **changes)
    await floor.put(operation)
    return operation


def failing(floor: Floor, failure: errors.FleetError, *, times: int, step: str = "look") -> None:
    """The first few runs fail in that step; the next one is done."""

    async def act(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with journal.step(step) as notes:
            if len(floor.bench.begun) <= times:
                raise failure
            notes.result = {"seen": True}
        return {"done": True}

    floor.bench.act = act


async def until_put_back(floor: Floor, operation: Operation, tries: int) -> Operation:
    async def there() -> bool:
        found = await floor.operation(operation.id)
        return found.status is S.QUEUED and found.tries == tries

    await floor.until(there)
    return await floor.operation(operation.id)


async def pass_time(floor: Floor, seconds: float) -> None:
    floor.clock.advance(seconds)
    floor.database.admission.wake()


async def test_a_passing_failure_before_anything_was_done_is_tried_again(floor: Floor) -> None:
    operation = await queued(floor)
    failing(floor, UNREACHABLE, times=1)

    async with floor.engine().running():
        back = await until_put_back(floor, operation, 1)
        await pass_time(floor, 20)
        ended = await floor.until_status(operation, S.SUCCEEDED)

    assert back.not_before == START + timedelta(seconds=20)
    assert (back.owner, back.lease_until, back.started_at) == (None, None, None)
    assert back.waiting_for == f"trying again in 20 s after: {UNREACHABLE}"
    assert (ended.tries, ended.attempt, ended.token, ended.failure) == (1, 1, 2, None)
    assert ended.started_at == START + timedelta(seconds=20)


async def test_it_is_not_tried_again_before_its_time_and_says_when(floor: Floor) -> None:
    operation = await queued(floor)
    failing(floor, UNREACHABLE, times=1)

    async with floor.engine().running():
        await until_put_back(floor, operation, 1)
        await pass_time(floor, 11)

        async def counted_down() -> bool:
            told = (await floor.operation(operation.id)).waiting_for
            return told == f"trying again in 10 s after: {UNREACHABLE}"

        await floor.until(counted_down)

    assert len(floor.bench.begun) == 1


async def test_the_pauses_grow_and_the_fourth_failure_is_the_last(floor: Floor) -> None:
    operation = await queued(floor)
    failing(floor, UNREACHABLE, times=9)

    async with floor.engine(chance=lambda: 1.0).running():
        for tries, seconds in ((1, 30), (2, 60), (3, 120)):
            back = await until_put_back(floor, operation, tries)
            assert back.not_before == floor.at() + timedelta(seconds=seconds)
            await pass_time(floor, seconds)
        ended = await floor.until_status(operation, S.FAILED)

    assert ended.failure == UNREACHABLE.dump()
    assert len(floor.bench.begun) == 4


async def test_a_try_holds_no_place_while_it_waits(floor: Floor) -> None:
    operation = await queued(floor, limits=Limits(boots=1, boot_gap=0))
    failing(floor, UNREACHABLE, times=1)

    async with floor.engine().running():
        await until_put_back(floor, operation, 1)
        await floor.put(an_emulator(2), an_operation(2, emulator=2))
        await floor.until_status(an_operation(2), S.SUCCEEDED)


async def test_what_may_have_had_an_effect_is_not_repeated(floor: Floor) -> None:
    operation = await queued(floor)
    failing(floor, UNREACHABLE, times=1, step="launch")

    async with floor.engine().running():
        ended = await floor.until_status(operation, S.FAILED)

    assert ended.tries == 0
    assert [(s.name, s.status) for s in await floor.steps(operation)] == [
        ("launch", StepStatus.FAILED)
    ]


@pytest.mark.parametrize(
    "failure",
    [
        errors.EmulatorGone(emulator="em_0001"),
        errors.OperationLost(operation="op_0001", reason="nobody knows"),
        errors.InternalError(),
    ],
)
async def test_a_failure_that_does_not_pass_is_final(
    floor: Floor, failure: errors.FleetError
) -> None:
    operation = await queued(floor)
    failing(floor, failure, times=1)

    async with floor.engine().running():
        ended = await floor.until_status(operation, S.FAILED, S.LOST)

    assert ended.tries == 0


async def test_what_is_cancelled_while_it_fails_is_cancelled(floor: Floor) -> None:
    operation = await queued(floor)

    async def fail(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        await floor.bench.let_go.wait()
        raise UNREACHABLE

    floor.bench.act = fail
    async with floor.engine().running():
        await floor.until_begun(operation)
        async with floor.database() as work:
            await work.operations.put((await work.operations.get(operation.id)).cancelling())
        floor.bench.let_go.set()
        ended = await floor.until_status(operation, S.CANCELLED)

    assert ended.tries == 0


async def test_a_queued_try_is_cancelled_at_once(floor: Floor) -> None:
    operation = await queued(floor)
    failing(floor, UNREACHABLE, times=1)

    async with floor.engine().running():
        back = await until_put_back(floor, operation, 1)
        async with floor.database() as work:
            await work.operations.put(back.cancelled(at=floor.at()))
        await pass_time(floor, 60)
        await asyncio.sleep(0.03)

    assert len(floor.bench.begun) == 1


def test_every_kind_of_failure_has_a_policy() -> None:
    assert set(retry.POLICIES) == set(Kind)


async def expiring(floor: Floor, operation: Operation, **options: Any) -> Operation:
    """What it is after a beat of the engine."""
    async with floor.engine(**options).running():

        async def asleep() -> bool:
            return floor.clock.sleepers > 0

        await floor.until(asleep)
        floor.clock.advance(10)
        return await floor.until_status(operation, S.EXPIRED)


async def test_what_waits_past_its_end_expires_with_what_it_waited_for(floor: Floor) -> None:
    await floor.farm(health=Health(status=WorkstationStatus.UNREACHABLE, changed_at=START))
    operation = an_operation(1, expires_at=START + timedelta(seconds=10))
    await floor.put(operation)
    after = await floor.database.feed.head()

    ended = await expiring(floor, operation)

    told = "farm-0001 is unreachable since 12:00 UTC"
    assert ended.failure == {
        "code": errors.OperationExpired.code,
        "operation": operation.id,
        "waiting_for": told,
    }
    assert ended.finished_at == START + timedelta(seconds=10)
    assert [event.data["status"] for event in await floor.told(after)][-1] == "expired"


async def test_what_waits_for_an_unreachable_workstation_expires_after_a_while(
    floor: Floor,
) -> None:
    await floor.farm(health=Health(status=WorkstationStatus.UNREACHABLE, changed_at=START))
    operation = an_operation(1, created_at=START)
    await floor.put(operation)

    await expiring(floor, operation, queue_ttl=timedelta(seconds=10))


@pytest.mark.parametrize(("deaths", "releases"), [(0, 4), (2, 4)])
async def test_an_orderly_restart_is_no_death(floor: Floor, deaths: int, releases: int) -> None:
    operation = await queued(floor)
    admission = floor.database.admission
    async with floor.engine("first").running():
        await floor.until_begun(operation)
    for number in range(releases):
        async with floor.engine(f"restarted {number}", attempts=2 + deaths).running():
            await floor.until_begun_often(number + 2)
    for _ in range(deaths):
        held = await floor.operation(operation.id)
        await admission.take_over([held], owner="dies", lease=timedelta(seconds=30))
    floor.bench.let_go.set()
    async with floor.engine("last", attempts=2 + deaths).running():
        ended = await floor.until_status(operation, S.SUCCEEDED, S.LOST)

    assert ended.status is S.SUCCEEDED
    assert ended.attempt == 2 + deaths
