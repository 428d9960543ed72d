"""What `ports.Feed` promises, held against SQLite and PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from ldfleet.domain.event import Event, EventType
from ldfleet.storage.database import Database
from support.stores import START, Place


def an_event(number: int) -> Event:
    return Event(
        type=EventType.EMULATOR_CHANGED, subject=f"em_{number}", at=START, data={"n": number}
    )


async def tell(database: Database, *numbers: int) -> None:
    async with database() as work:
        for number in numbers:
            work.tell(an_event(number))


async def next_batch(
    stream: AsyncIterator[Sequence[tuple[str, Event]]],
) -> Sequence[tuple[str, Event]]:
    async with asyncio.timeout(10):
        return await anext(stream)


async def subjects(
    stream: AsyncIterator[Sequence[tuple[str, Event]]], count: int
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while len(found) < count:
        found += [(event_id, event.subject) for event_id, event in await next_batch(stream)]
    return found


async def test_the_feed_is_read_on_from_an_id(farm: Database) -> None:
    start = await farm.feed.head()
    await tell(farm, 1, 2)
    await tell(farm, 3)

    async with contextlib.aclosing(farm.feed.follow(start)) as stream:
        seen = await subjects(stream, 3)
    async with contextlib.aclosing(farm.feed.follow(seen[1][0])) as stream:
        again = await next_batch(stream)

    epoch, _, seq = start.partition(".")
    assert [event_id for event_id, _ in seen] == [f"{epoch}.{int(seq) + n}" for n in (1, 2, 3)]
    assert [subject for _, subject in seen] == ["em_1", "em_2", "em_3"]
    expected = replace(an_event(3), seq=int(seq) + 3)
    assert list(again) == [(f"{epoch}.{expected.seq}", expected)]
    assert await farm.feed.head() == seen[2][0]


async def test_the_feed_wakes_who_follows_it(farm: Database) -> None:
    await tell(farm, 1)

    async with (
        contextlib.aclosing(farm.feed.follow(None)) as stream,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(subjects(stream, 1))
        await asyncio.sleep(0.05)
        started = asyncio.get_running_loop().time()
        await tell(farm, 2)
        seen = await task
        waited = asyncio.get_running_loop().time() - started

    assert [subject for _, subject in seen] == ["em_2"]
    assert waited < 0.8  # the poll alone would take a second


async def test_the_feed_crosses_processes(place: Place) -> None:
    async with (
        place.opened() as one,
        place.opened() as two,
        contextlib.aclosing(one.feed.follow(None)) as stream,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(subjects(stream, 2))
        await asyncio.sleep(0.1)
        started = asyncio.get_running_loop().time()
        await tell(two, 1, 2)
        seen = await task
        waited = asyncio.get_running_loop().time() - started

    assert [subject for _, subject in seen] == ["em_1", "em_2"]
    assert waited < (0.8 if place.url.startswith("postgresql") else 2)


async def test_who_resumes_with_an_unknown_id_is_told_to_read_anew(farm: Database) -> None:
    await tell(farm, 1)
    epoch, _, seq = (await farm.feed.head()).partition(".")

    for unknown in ("", "x", "other.1", f"{epoch}.{int(seq) + 99}", f"{epoch}.-1", f"{epoch}.²"):
        async with contextlib.aclosing(farm.feed.follow(unknown)) as stream:
            assert await next_batch(stream) == []
            await tell(farm, 2)
            assert [subject for _, subject in await subjects(stream, 1)] == ["em_2"]


async def test_who_resumes_too_late_is_told_to_read_anew(place: Place) -> None:
    async with place.opened(keep_events=100) as database:
        start = await database.feed.head()
        for _ in range(3):
            await tell(database, *range(400))

        async with contextlib.aclosing(database.feed.follow(start)) as stream:
            assert await next_batch(stream) == []
            await tell(database, 1)
            assert [subject for _, subject in await subjects(stream, 1)] == ["em_1"]


async def test_batches_of_the_feed_are_bounded(farm: Database) -> None:
    start = await farm.feed.head()
    await tell(farm, *range(1200))

    async with contextlib.aclosing(farm.feed.follow(start)) as stream:
        first = await next_batch(stream)
        rest = await subjects(stream, 1200 - len(first))

    assert len(first) <= 500
    assert [event.subject for _, event in first] + [subject for _, subject in rest] == [
        f"em_{n}" for n in range(1200)
    ]


async def test_a_follower_of_many_writers_misses_nothing(place: Place) -> None:
    async with (
        place.opened() as one,
        place.opened() as two,
        contextlib.aclosing(one.feed.follow(await one.feed.head())) as stream,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(subjects(stream, 200))
        for number in range(100):
            group.create_task(tell((one, two)[number % 2], 2 * number, 2 * number + 1))
        seen = await task

    numbers = [int(event_id.partition(".")[2]) for event_id, _ in seen]
    assert numbers == list(range(numbers[0], numbers[0] + 200))
    assert {subject for _, subject in seen} == {f"em_{n}" for n in range(200)}


async def test_several_follow_at_once(farm: Database) -> None:
    start = await farm.feed.head()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow_three(farm, start)) for _ in range(5)]
        await tell(farm, 1)
        await tell(farm, 2, 3)

    assert [task.result() for task in tasks] == [["em_1", "em_2", "em_3"]] * 5


async def follow_three(database: Database, start: str) -> list[str]:
    async with contextlib.aclosing(database.feed.follow(start)) as stream:
        return [subject for _, subject in await subjects(stream, 3)]
