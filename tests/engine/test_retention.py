"""Old operations are forgotten by themselves, while the work goes on."""

import asyncio
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from ldfleet import errors
from ldfleet.domain.batch import Batch, BatchStatus
from ldfleet.domain.ids import BatchId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.retention import EVERY, FIRST, Retention
from ldfleet.services.history import History
from support.clock import START, ManualClock
from support.engines import Floor
from support.stores import an_operation

KEEP = timedelta(hours=1)


async def test_old_operations_and_keys_go_and_young_ones_stay(floor: Floor) -> None:
    await floor.farm(emulators=2)
    over: dict[str, Any] = {"status": OperationStatus.SUCCEEDED, "created_at": START}
    await floor.put(
        an_operation(1, finished_at=START, **over),
        an_operation(2, finished_at=START + timedelta(hours=23, minutes=30), **over),
        an_operation(3, emulator=2),
    )
    async with floor.database() as work:
        await work.keys.keep("k", request={}, subject="op_0001", at=START, since=START)
    floor.clock.advance(24 * 3600 + 1)

    forgotten = await History(storage=floor.database, clock=floor.clock).forget(KEEP)

    assert forgotten == 1
    assert set(await floor.statuses()) == {"op_0002", "op_0003"}
    async with floor.database() as work:
        assert await work.keys.find("k", since=START - KEEP) is None


async def test_it_happens_every_hour_and_a_busy_database_is_no_end() -> None:
    clock = ManualClock()
    asked: list[timedelta] = []

    async def forget(keep: timedelta) -> int:
        asked.append(keep)
        if len(asked) == 1:
            raise errors.DatabaseBusy
        return 3

    with capture_logs() as lines:
        async with Retention(forget=forget, keep=KEEP, clock=clock).running():
            await asyncio.sleep(0)
            before = list(asked)
            for seconds in (FIRST, EVERY, EVERY - 1):
                await clock.run(seconds, by=seconds)

    assert before == []
    assert asked == [KEEP, KEEP]
    assert [line["event"] for line in lines] == ["retention.hindered", "retention.forgot"]


async def test_it_is_left_to_the_process_that_leads() -> None:
    clock = ManualClock()
    asked: list[timedelta] = []
    leading = False

    async def forget(keep: timedelta) -> int:
        asked.append(keep)
        return 0

    retention = Retention(forget=forget, keep=KEEP, clock=clock, leads=lambda: leading)
    async with retention.running():
        await asyncio.sleep(0)
        await clock.run(FIRST, by=FIRST)
        before = list(asked)
        leading = True
        await clock.run(EVERY, by=EVERY)

    assert (before, asked) == ([], [KEEP])


async def test_a_batch_goes_with_the_last_of_its_operations(floor: Floor) -> None:
    await floor.farm()
    batch = Batch(
        id=BatchId("ba_1"),
        verb=Verb.SCAN,
        status=BatchStatus.SUCCEEDED,
        total=1,
        requested_by="anna",
        source="api",
        created_at=START,
        finished_at=START,
    )
    over: dict[str, Any] = {"status": OperationStatus.SUCCEEDED, "created_at": START}
    async with floor.database() as work:
        await work.batches.add(batch)
    await floor.put(an_operation(1, finished_at=START, batch_id=batch.id, **over))
    floor.clock.advance(7200)

    await History(storage=floor.database, clock=floor.clock).forget(KEEP)

    async with floor.database() as work:
        assert (await work.batches.list()).items == []
