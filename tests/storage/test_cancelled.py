"""A unit of work that is cancelled at any moment leaves the database free."""

import asyncio
from pathlib import Path

import pytest

from support.stores import a_place, a_workstation, an_emulator


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_cancelled_unit_of_work_frees_the_database(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    async with (
        a_place(kind, request.config, tmp_path) as place,
        place.opened(patience=2.0) as database,
    ):
        async with database() as work:
            await work.workstations.add(a_workstation())
            await work.emulators.put([an_emulator()])

        async def write_without_end() -> None:
            while True:
                async with database() as work:
                    await work.emulators.put([await work.emulators.get(an_emulator().id)])

        for tenths in range(25):
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(write_without_end())
                await asyncio.sleep(tenths / 10_000)
                writing.cancel()

            async with database() as work:  # DatabaseBusy if a lock was left behind
                await work.emulators.put([an_emulator()])
