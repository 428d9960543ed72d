"""`kill -9` of a process in the middle of starting a schedule."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from ldfleet.domain.schedule import Outcome
from ldfleet.engine.ticker import Ticker
from ldfleet.ports import OperationQuery
from ldfleet.services.batches import Batches
from ldfleet.services.scheduled import ScheduledBatches
from support.schedules import a_schedule, an_owner
from support.stores import START, Place, a_place, a_workstation, an_emulator

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_run_is_started_once_though_its_process_is_killed_amid_it(
    kind: str, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    async with a_place(kind, pytestconfig, tmp_path) as place, place.opened() as database:
        async with database() as work:
            await work.workstations.add(a_workstation())
            await work.emulators.put([an_emulator()])
            await work.users.add(an_owner(), password_hash=None)
            await work.schedules.add(a_schedule())

        lost = await submitted_and_killed(place)
        place.clock.move(3600)
        batches = Batches(
            storage=database,
            admission=database.admission,
            clock=place.clock,
            new_id=lambda prefix: f"{prefix}_{os.urandom(8).hex()}",
        )
        runs = ScheduledBatches(batches=batches, admission=database.admission, clock=place.clock)
        ticker = Ticker(
            storage=database,
            reader=database.reader,
            runs=runs,
            clock=place.clock,
            chance=lambda: 0.0,
        )
        for _ in range(3):
            await ticker.turn()

        async with database() as work:
            schedule = await work.schedules.get("sc_0001")
            operations = (await work.operations.list(OperationQuery())).items
    assert schedule.last is not None and schedule.last.outcome is Outcome.SUBMITTED
    assert [each.batch_id for each in operations] == [schedule.last.run]
    assert schedule.last.run != lost
    assert schedule.next_at is not None and (schedule.next_at - START).total_seconds() == 7200


async def submitted_and_killed(place: Place) -> str:
    """The batch that a process had written when it was killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.dying_ticker", place.url, str(place.folder), "1"),
        cwd=TESTS,
        stdout=PIPE,
    )
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
    finally:
        process.kill()
        await process.wait()
    assert line.startswith(b"ba_")
    return line.decode().strip()
