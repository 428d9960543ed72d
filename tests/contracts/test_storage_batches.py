"""What `ports.Batches` and the bulk half of `ports.Operations` promise, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.batch import Batch, BatchStatus, Policy
from ldfleet.domain.ids import BatchId, EmulatorId, ScheduleId
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.ports import OperationQuery
from ldfleet.storage.database import Database
from support.keeping import LEASE, start_all
from support.stores import START, an_operation

BA = BatchId("ba_0001")


def a_batch(number: int = 1, **changes: Any) -> Batch:
    fields: dict[str, Any] = {
        "id": BatchId(f"ba_{number:04}"),
        "verb": Verb.LAUNCH,
        "params": {"package": "com.example.app"},
        "policy": Policy(waves=("1", "25%"), pause=60.0, stop_on_failures="10%"),
        "total": 3,
        "sizes": (1, 2),
        "requested_by": "anna",
        "source": "api",
        "created_at": START + timedelta(seconds=number),
    }
    return Batch(**{**fields, **changes})


async def keep(database: Database, *waves: int, batch: Batch | None = None) -> None:
    """A batch with one operation on an emulator each; those beyond wave 1 are held."""
    many = [
        an_operation(n, emulator=n, batch_id=BA, wave=wave, held=wave > 1)
        for n, wave in enumerate(waves, start=1)
    ]
    async with database() as work:
        await work.batches.add(batch or a_batch())
        await work.operations.add_many(many)


async def admitted(database: Database) -> list[str]:
    return [each.id for each in await database.admission.admit(start_all, owner="me", lease=LEASE)]


async def test_a_batch_comes_back_as_it_was_put(farm: Database) -> None:
    batch = a_batch(retry_of=BatchId("ba_0000"), schedule_id=ScheduleId("sc_1"), reason="nightly")
    later = replace(
        batch,
        status=BatchStatus.HALTED,
        halted="2 of 3 targets failed",
        released=2,
        next_at=START,
        forgiven=1,
        finished_at=START,
    )
    async with farm() as work:
        await work.batches.add(batch)
        assert await work.batches.get(BA) == batch
        await work.batches.put(later)

    async with farm() as work:
        assert await work.batches.get(BA, lock=True) == later


async def test_an_unknown_batch_is_not_found(farm: Database) -> None:
    async with farm() as work:
        with pytest.raises(errors.BatchNotFound):
            await work.batches.get("ba_none")


async def test_batches_are_listed_newest_first_in_pages(farm: Database) -> None:
    async with farm() as work:
        for number in (1, 2, 3):
            await work.batches.add(a_batch(number))
        await work.batches.add(a_batch(4, status=BatchStatus.PARTIAL, finished_at=START))
        first = await work.batches.list(limit=3)
        second = await work.batches.list(limit=3, cursor=first.next_cursor)
        partial = await work.batches.list(status=BatchStatus.PARTIAL)
        unfinished = await work.batches.unfinished()

    assert [batch.id for batch in first.items] == ["ba_0004", "ba_0003", "ba_0002"]
    assert [batch.id for batch in second.items] == ["ba_0001"]
    assert [batch.id for batch in partial.items] == ["ba_0004"]
    assert unfinished == ["ba_0001", "ba_0002", "ba_0003"]


async def test_held_operations_are_not_admitted_until_their_wave_is_released(
    farm: Database,
) -> None:
    await keep(farm, 1, 2, 3)

    first = await admitted(farm)
    async with farm() as work:
        await work.batches.release(BA, upto=2)
    second = await admitted(farm)

    assert (first, second) == (["op_0001"], ["op_0002"])


async def test_a_held_operation_does_not_block_its_emulator(farm: Database) -> None:
    await keep(farm, 2)
    async with farm() as work:
        await work.operations.add(an_operation(9, emulator=1))

    assert await admitted(farm) == ["op_0009"]


async def test_what_is_held_says_why_and_comes_back_at_its_own_rank(farm: Database) -> None:
    await keep(farm, 1, 1)

    async with farm() as work:
        await work.batches.hold(BA, "its batch was paused by anna")
        held = await work.operations.get("op_0001")
    none = await admitted(farm)
    async with farm() as work:
        await work.batches.release(BA, upto=1)
        freed = await work.operations.get("op_0001")

    assert (held.held, held.waiting_for) == (True, "its batch was paused by anna")
    assert none == []
    assert freed.held is False
    assert await admitted(farm) == ["op_0001", "op_0002"]


async def test_cancelling_the_queued_leaves_what_runs(farm: Database) -> None:
    await keep(farm, 1, 2)
    await admitted(farm)

    async with farm() as work:
        await work.batches.cancel_queued(BA, at=START)
        counts = (await work.batches.counts([BA]))[BA]

    assert counts == {1: {OperationStatus.RUNNING: 1}, 2: {OperationStatus.CANCELLED: 1}}


async def test_counts_tell_waves_and_refusals_apart(farm: Database) -> None:
    refused = an_operation(8, emulator=8, batch_id=BA, status=OperationStatus.SKIPPED)
    await keep(farm, 1, 2, 2)
    async with farm() as work:
        await work.operations.add_many([refused])
        counts = await work.batches.counts([BA, BatchId("ba_none")])

    queued = OperationStatus.QUEUED
    assert counts[BA] == {1: {queued: 1}, 2: {queued: 2}, None: {OperationStatus.SKIPPED: 1}}
    assert counts[BatchId("ba_none")] == {}


async def test_operations_are_found_by_their_batch(farm: Database) -> None:
    await keep(farm, 1, 2)
    async with farm() as work:
        await work.operations.add(an_operation(9, emulator=9))
        page = await work.operations.list(OperationQuery(batch_id=BA))

    assert [(each.id, each.wave) for each in page.items] == [("op_0002", 2), ("op_0001", 1)]


async def test_operations_on_what_was_removed_are_refused_together(farm: Database) -> None:
    async with farm() as work:
        with pytest.raises(errors.WorkstationNotFound):
            await work.operations.add_many([an_operation(1, workstation=99, emulator=None)])


async def test_what_many_emulators_have_to_do_is_read_at_once(farm: Database) -> None:
    async with farm() as work:
        for number, emulator in ((1, 1), (2, 1), (3, 2)):
            await work.operations.add(an_operation(number, emulator=emulator))
        ids = [EmulatorId(f"em_{n:04}") for n in (1, 3, 999)]
        found = await work.operations.unfinished_of_some(ids)
        known = await work.emulators.some(ids)

    assert {key: [each.id for each in some] for key, some in found.items()} == {
        "em_0001": ["op_0001", "op_0002"]
    }
    assert set(known) == {"em_0001", "em_0003"}


async def test_what_is_usual_is_the_median_of_successes(farm: Database) -> None:
    took = [(1, 10.0, "succeeded"), (2, 30.0, "succeeded"), (3, 20.0, "succeeded")]
    many = [
        an_operation(
            number,
            emulator=number,
            status=OperationStatus(status),
            started_at=START,
            finished_at=START + timedelta(seconds=seconds),
        )
        for number, seconds, status in (*took, (4, 900.0, "failed"))
    ]
    async with farm() as work:
        await work.operations.add_many(many)
        assert await work.operations.usual_seconds(Verb.LAUNCH) == 20.0
        assert await work.operations.usual_seconds(Verb.QUIT) is None


async def test_what_is_held_is_not_at_large(farm: Database) -> None:
    await keep(farm, 1, 2)

    async with farm() as work:
        before = await work.batches.at_large(BA)
        await work.batches.hold(BA, "its batch is paused")
        after = await work.batches.at_large(BA)

    assert (before, after) == (True, False)


async def test_an_old_batch_goes_once_its_operations_have_gone(farm: Database) -> None:
    later = START + timedelta(hours=1)
    over: dict[str, Any] = {"status": BatchStatus.SUCCEEDED, "finished_at": START}
    young = {**over, "finished_at": later}
    await keep(farm, 1, batch=a_batch(1, **over))
    async with farm() as work:
        for number, state in ((2, over), (3, {}), (4, young), (5, over)):
            await work.batches.add(a_batch(number, **state))

        before = START + timedelta(minutes=1)
        pruned = [await work.batches.prune(before, limit=1) for _ in range(3)]

        left = (await work.batches.list()).items
    assert pruned == [1, 1, 0]
    assert [batch.id for batch in left] == ["ba_0004", "ba_0003", "ba_0001"]
