"""One reading of the feed serves all who follow it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from ldfleet.domain.event import Event, EventType
from ldfleet.services.sharing import GATHER, Numbered, SharedFeed
from support.engines import Floor
from support.stores import START


async def tell(floor: Floor, *names: str) -> None:
    async with floor.database() as work:
        for name in names:
            work.tell(Event(type=EventType.EMULATOR_CHANGED, subject=name, at=START))


async def heard(stream: AsyncIterator[Numbered]) -> list[str]:
    async with asyncio.timeout(5):
        return [event.subject for _, event in await anext(stream)]


async def start(stream: AsyncIterator[Numbered]) -> "asyncio.Task[list[str]]":
    """Listening, before anything is told."""
    task = asyncio.ensure_future(heard(stream))
    await asyncio.sleep(0)
    return task


async def waits_to_gather(floor: Floor) -> bool:
    return floor.clock.sleepers > 0


async def test_all_who_follow_get_the_very_same_batch(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock)
    async with (
        shared.running(),
        aclosing(shared.follow(None)) as one,
        aclosing(shared.follow(None)) as two,
    ):
        first, second = asyncio.ensure_future(anext(one)), asyncio.ensure_future(anext(two))
        await asyncio.sleep(0)
        await tell(floor, "em_1", "em_2")
        async with asyncio.timeout(5):
            batch, same = await first, await second

    assert [event.subject for _, event in batch] == ["em_1", "em_2"]
    assert batch is same


async def test_what_happens_within_a_moment_is_told_together(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock)
    async with shared.running(), aclosing(shared.follow(None)) as stream:
        listening = await start(stream)
        await tell(floor, "em_1")
        first = await listening
        await floor.until(lambda: waits_to_gather(floor))
        await tell(floor, "em_2")
        await tell(floor, "em_3")
        floor.clock.advance(GATHER)
        second = await heard(stream)

    assert (first, second) == (["em_1"], ["em_2", "em_3"])


async def test_who_resumes_misses_nothing_and_hears_nothing_twice(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock)
    before = await floor.database.feed.head()
    async with shared.running(), aclosing(shared.follow(None)) as live:
        listening = await start(live)
        await tell(floor, "em_1")
        await listening
        async with aclosing(shared.follow(before)) as stream:
            missed = await heard(stream)
            await floor.until(lambda: waits_to_gather(floor))
            await tell(floor, "em_2")
            floor.clock.advance(GATHER)
            fresh = await heard(stream)

    assert (missed, fresh) == (["em_1"], ["em_2"])


async def test_an_id_of_another_epoch_means_to_read_anew(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock)
    async with shared.running(), aclosing(shared.follow("other.1")) as stream:
        reset = await heard(stream)
        listening = await start(stream)
        await tell(floor, "em_1")

        assert (reset, await listening) == ([], ["em_1"])


async def test_who_falls_too_far_behind_is_told_to_read_anew(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock, keep=2)
    async with (
        shared.running(),
        aclosing(shared.follow(None)) as slow,
        aclosing(shared.follow(None)) as quick,
    ):
        listening, other = await start(slow), await start(quick)
        await tell(floor, "em_1")
        assert await listening == await other
        for number in range(2, 6):
            await floor.until(lambda: waits_to_gather(floor))
            await tell(floor, f"em_{number}")
            floor.clock.advance(GATHER)
            await heard(quick)

        assert await heard(slow) == []


async def test_who_follows_is_let_go_at_the_end(floor: Floor) -> None:
    shared = SharedFeed(floor.database.feed, clock=floor.clock)

    async def all_of(stream: AsyncIterator[Numbered]) -> Sequence[Any]:
        return [batch async for batch in stream]

    async with shared.running():
        following = asyncio.ensure_future(all_of(shared.follow(None)))
        await asyncio.sleep(0)

    async with asyncio.timeout(5):
        assert await following == []
