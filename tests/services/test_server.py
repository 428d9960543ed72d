"""Operations waited for, tokens, status, events."""

import asyncio
from contextlib import aclosing

import pytest

from ldfleet import __version__, errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.event import EventType
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.telling import of_emulator
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.engine.engine import Engine
from ldfleet.ports import OperationQuery
from ldfleet.services.events import Events
from ldfleet.services.operations import Operations
from ldfleet.services.status import StatusReport
from support.engines import Floor
from support.stores import an_emulator, an_operation

ANNA = Actor(name="anna")


def operations(floor: Floor, engine: Engine) -> Operations:
    return Operations(
        storage=floor.database,
        feed=floor.database.feed,
        admission=floor.database.admission,
        dispatcher=engine.dispatcher,
        clock=floor.clock,
    )


async def test_waiting_ends_with_the_operation(floor: Floor) -> None:
    await floor.farm()
    await floor.put(an_operation(1))
    engine = floor.engine()

    async with engine.running():
        await floor.until_begun(an_operation(1))
        asyncio.get_running_loop().call_later(0.03, floor.bench.let_go.set)
        ended = await operations(floor, engine).wait(ANNA, "op_0001", timeout=5)

    assert ended.status is OperationStatus.SUCCEEDED


async def test_waiting_for_what_is_over_takes_no_time(floor: Floor) -> None:
    await floor.farm()
    await floor.put(an_operation(1))
    service = operations(floor, floor.engine())
    await service.cancel(ANNA, "op_0001")

    ended = await service.wait(ANNA, "op_0001", timeout=0)

    assert ended.status is OperationStatus.CANCELLED


async def test_waiting_gives_up_in_time_with_what_is(floor: Floor) -> None:
    await floor.farm()
    await floor.put(an_operation(1))

    waited = await operations(floor, floor.engine()).wait(ANNA, "op_0001", timeout=0.02)

    assert waited.status is OperationStatus.QUEUED


async def test_an_unknown_operation_is_not_found_by_any_way(floor: Floor) -> None:
    service = operations(floor, floor.engine())

    for asked in (
        service.get(ANNA, "op_nope"),
        service.wait(ANNA, "op_nope", timeout=1),
        service.cancel(ANNA, "op_nope"),
        service.steps(ANNA, "op_nope"),
        service.log_of(ANNA, "op_nope"),
    ):
        with pytest.raises(errors.OperationNotFound):
            await asked


async def test_operations_are_listed_newest_first(floor: Floor) -> None:
    await floor.farm(emulators=2)
    await floor.put(an_operation(1), an_operation(2, emulator=2))
    service = operations(floor, floor.engine())

    page = await service.list(ANNA, OperationQuery())

    assert [operation.id for operation in page.items] == ["op_0002", "op_0001"]
    assert await service.steps(ANNA, "op_0001") == []
    assert await service.log_of(ANNA, "op_0001") == []


async def test_the_status_counts_everything_and_tells_a_real_uptime(floor: Floor) -> None:
    report = StatusReport(
        reader=floor.database.reader,
        has_room=lambda: floor.database.has_room,
        clock=floor.clock,
        engine_alive=lambda: True,
        collector_alive=lambda: False,
        schema=lambda: floor.database.revision,
    )
    started = floor.at()
    await floor.farm(emulators=2)
    await floor.put(an_operation(1))
    floor.clock.advance(90_061.5)

    status = await report.status(ANNA)

    assert (status.uptime, status.uptime_seconds, status.started_at) == (
        "25:01:01",
        90_061.5,
        started,
    )
    assert status.version == report.version() == __version__
    assert status.workstations == {
        s: int(s is WorkstationStatus.UNKNOWN) for s in WorkstationStatus
    }
    assert status.emulators == {s: 2 * (s is EmulatorStatus.STOPPED) for s in EmulatorStatus}
    assert status.operations == {s: int(s is OperationStatus.QUEUED) for s in OperationStatus}
    assert await report.ready() == {"database": True, "engine": True, "collector": False}


async def test_without_its_database_it_is_not_ready_and_says_so(floor: Floor) -> None:
    def storage() -> object:
        raise errors.DatabaseUnreachable(reason="gone")

    report = StatusReport(
        reader=storage,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - never gives one
        has_room=lambda: floor.database.has_room,
        clock=floor.clock,
        engine_alive=lambda: True,
        collector_alive=lambda: True,
        schema=lambda: None,
    )

    assert await report.ready() == {"database": False, "engine": True, "collector": True}


async def test_events_are_followed_from_a_place(floor: Floor) -> None:
    await floor.farm()
    after = await floor.database.feed.head()
    async with floor.database() as work:
        work.tell(of_emulator(EventType.EMULATOR_CHANGED, an_emulator(), at=floor.at()))

    async with aclosing(
        Events(feed=floor.database.feed, reader=floor.database.reader).follow(ANNA, after)
    ) as stream:
        [(_, event)] = await anext(stream)

    assert (event.type, event.subject) == (EventType.EMULATOR_CHANGED, "em_0001")
