"""A writer that holds on keeps nobody from hearing how the server is, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from ldfleet.domain.site import Site
from ldfleet.storage.database import Database
from support.edges import Edge, an_edge
from support.stores import START

SOON = 2.0  # seconds; a writer is waited for longer
PATHS = ("/api/health", "/api/health?ready=1", "/api/status", "/api/version")


@pytest.fixture(params=["sqlite", "postgresql"])
async def edge(
    request: pytest.FixtureRequest, pytestconfig: pytest.Config, tmp_path: Path
) -> AsyncIterator[Edge]:
    async with an_edge(pytestconfig, tmp_path, kind=request.param) as edge:
        await edge.added()
        yield edge


async def held(database: Database, until: asyncio.Event, holds: asyncio.Event) -> None:
    async with database() as work:
        await work.sites.add(Site(name="held", created_at=START))
        holds.set()
        await until.wait()


async def answers(edge: Edge) -> list[int]:
    async with asyncio.timeout(SOON):
        return [(await edge.http.get(path)).status_code for path in PATHS]


async def test_a_writer_that_holds_on_keeps_nobody_from_hearing_how_it_is(edge: Edge) -> None:
    let_go, holds = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(held(edge.floor.database, let_go, holds))
        await holds.wait()
        # Longer ago than a token's last use is worth a note of it.
        edge.floor.clock.advance(timedelta(hours=1).total_seconds())
        try:
            told = await answers(edge)
        finally:
            let_go.set()

    assert told == [200] * len(PATHS)
