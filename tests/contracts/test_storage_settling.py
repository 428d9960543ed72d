"""What was brought back from a backup starts nothing by itself."""

from datetime import timedelta

from ldfleet.domain.operation import OperationStatus
from ldfleet.storage.database import Database
from ldfleet.storage.settling import Settled
from support.schedules import a_schedule
from support.stores import START, an_operation

SOON = timedelta(seconds=30)


async def test_nothing_of_a_restored_database_goes_on_by_itself(farm: Database) -> None:
    async with farm() as work:
        running = an_operation(1, emulator=1).admitted(owner="run_1", now=START, lease=SOON)
        await work.operations.add(running)
        await work.operations.add(an_operation(2, emulator=2))
        await work.schedules.add(a_schedule())

    settled = await farm.settle()

    assert settled == Settled(cancelled=1, lost=1, paused=1, signed_out=0)
    async with farm() as work:
        ran, waited = [await work.operations.get(f"op_000{number}") for number in (1, 2)]
        pause = await work.schedules.pause_of_all()
    assert (ran.status, waited.status) == (OperationStatus.LOST, OperationStatus.CANCELLED)
    assert ran.finished_at == waited.finished_at == START
    assert ran.failure is not None
    assert ran.failure["reason"] == "ldfleet was restored from a backup"
    assert pause is not None
    assert pause.reason == "restored from a backup"


async def test_without_schedules_nothing_is_paused(farm: Database) -> None:
    settled = await farm.settle()

    assert settled.paused == 0
    async with farm() as work:
        assert await work.schedules.pause_of_all() is None


async def test_who_follows_the_feed_starts_anew_after_a_restore(farm: Database) -> None:
    before = await farm.feed.head()

    await farm.settle()

    after = await farm.feed.head()
    assert after.partition(".")[0] != before.partition(".")[0]
    feed = farm.feed.follow(before)
    assert await anext(feed) == []  # a reset
    await feed.aclose()
