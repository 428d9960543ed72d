"""Databases of both kinds, and a small farm in them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ldfleet.storage.database import Database
from support.stores import Place, a_place, a_workstation, an_emulator


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with a_place(request.param, request.config, tmp_path) as at:
        yield at


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    async with place.opened() as opened:
        yield opened


@pytest.fixture
async def farm(database: Database) -> Database:
    """Three workstations with four emulators each: em_0001 … em_0012."""
    async with database() as work:
        for number in (1, 2, 3):
            await work.workstations.add(a_workstation(number))
        await work.emulators.put(
            [an_emulator(n, workstation=(n - 1) // 4 + 1) for n in range(1, 13)]
        )
    return database
