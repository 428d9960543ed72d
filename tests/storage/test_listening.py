"""What crosses processes on PostgreSQL, and what happens when the line breaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from psycopg import sql

from ldfleet.domain.event import Event, EventType
from ldfleet.storage.database import Database
from support.postgres import server_of
from support.stores import START, Place, a_place, a_workstation, an_operation

LONGEST = 5.0  # seconds; who is not woken comes back by itself then
_CUT = sql.SQL(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
)


@pytest.fixture
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with a_place("postgresql", request.config, tmp_path) as at:
        yield at


async def tell(database: Database) -> None:
    async with database() as work:
        work.tell(Event(type=EventType.WORKSTATION_CHANGED, subject="ws_1", at=START))


async def seconds_until_woken(waiter: Database, group: asyncio.TaskGroup) -> "asyncio.Task[float]":
    async def wait() -> float:
        started = asyncio.get_running_loop().time()
        await waiter.admission.woken(LONGEST)
        return asyncio.get_running_loop().time() - started

    await waiter.admission.woken(0.01)
    return group.create_task(wait())


async def test_a_wake_reaches_another_process(place: Place) -> None:
    async with place.opened() as one, place.opened() as two, asyncio.TaskGroup() as group:
        await two.admission.woken(0.01)
        task = await seconds_until_woken(one, group)
        await asyncio.sleep(0.05)

        for _ in range(50):
            two.admission.wake()

        assert await task < LONGEST - 1


async def test_a_new_operation_wakes_another_process(place: Place) -> None:
    async with place.opened() as one, place.opened() as two, asyncio.TaskGroup() as group:
        async with two() as work:
            await work.workstations.add(a_workstation())
        task = await seconds_until_woken(one, group)
        await asyncio.sleep(0.05)

        async with two() as work:
            await work.operations.add(an_operation(emulator=None))

        assert await task < LONGEST - 1


async def test_a_follower_hears_again_after_its_line_was_cut(
    place: Place, request: pytest.FixtureRequest
) -> None:
    server, name = server_of(request.config), place.url.partition("@/")[2].partition("?")[0]
    async with (
        place.opened() as one,
        place.opened() as two,
        contextlib.aclosing(one.feed.follow(None)) as stream,
        asyncio.TaskGroup() as group,
    ):

        async def hear() -> int:
            return len(await anext(stream))

        waiting = group.create_task(hear())
        await asyncio.sleep(0.1)
        cut = await asyncio.to_thread(server.query, name, _CUT)
        await asyncio.sleep(0.1)
        started = asyncio.get_running_loop().time()
        await tell(two)
        heard = await waiting
        waited = asyncio.get_running_loop().time() - started

        assert len(cut) == 1
        assert heard == 1
        assert waited < 0.8  # the poll alone would take a second


async def test_stopping_closes_every_connection(
    place: Place, request: pytest.FixtureRequest
) -> None:
    server, name = server_of(request.config), place.url.partition("@/")[2].partition("?")[0]
    async with place.opened() as database:
        await database.admission.woken(0.01)
        await tell(database)

    left = sql.SQL(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    counts: list[object] = []
    for _ in range(100):
        counts = await asyncio.to_thread(server.query, name, left)
        if counts == [(0,)]:
            break
        await asyncio.sleep(0.02)
    assert counts == [(0,)]
