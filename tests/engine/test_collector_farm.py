"""The collector with the real scan, over real WinRM, on simulated workstations."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.workstation import Credentials, WorkstationStatus
from ldfleet.engine.collector import Collector
from ldfleet.workflows.facts import collect_facts
from support.fastfleet import Fleet, a_fleet


@pytest.fixture
async def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    async with a_fleet(request.config, tmp_path, workstations=2, scale=120.0) as made:
        yield made


def collector_of(fleet: Fleet) -> Collector:
    return Collector(
        storage=fleet.database,
        scan=fleet.scanner,
        facts=partial(collect_facts, storage=fleet.database, connector=fleet.connector),
        clock=fleet.clock,
        chance=random.Random(1),
    )


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - what it waits for tells nobody
            await asyncio.sleep(0.02)


async def test_an_outage_is_seen_and_its_end_too(fleet: Fleet) -> None:
    await fleet.add(1)
    await fleet.add(2)

    async def all_emulators_are(status: EmulatorStatus) -> bool:
        found = [
            each.status for each in await fleet.emulators() if each.workstation_id == "ws_0001"
        ]
        return len(found) == 3 and set(found) == {status}

    async with collector_of(fleet).running():
        await until(lambda: all_emulators_are(EmulatorStatus.STOPPED))
        fleet.switch(unreachable=True)
        await until(lambda: all_emulators_are(EmulatorStatus.UNKNOWN))
        lost = await fleet.health()
        fleet.switch(unreachable=False)
        await until(lambda: all_emulators_are(EmulatorStatus.STOPPED))

    assert lost.status is WorkstationStatus.UNREACHABLE
    assert (await fleet.health(2)).status is WorkstationStatus.ONLINE


async def test_what_a_workstation_says_of_itself_is_kept(fleet: Fleet) -> None:
    await fleet.add()

    async def has_facts() -> bool:
        return (await fleet.health()).facts is not None

    async with collector_of(fleet).running():
        await until(has_facts)

    health = await fleet.health()
    assert health.status is WorkstationStatus.ONLINE
    assert health.desktop_user is not None
    assert [install.generation for install in health.installs] == [9]


async def test_a_wrong_password_is_tried_once(fleet: Fleet) -> None:
    workstation = await fleet.add()
    async with fleet.database() as work:
        await work.secrets.put(workstation.id, Credentials(password="wrong"))

    async def is_refused() -> bool:
        return (await fleet.health()).status is WorkstationStatus.AUTH_FAILED

    async with collector_of(fleet).running():
        await until(is_refused)
        first = await fleet.health()
        await asyncio.sleep(0.7)  # more than a simulated minute

    assert (await fleet.health()).misses == first.misses == 1


async def test_nobody_at_the_desktop_is_seen(fleet: Fleet) -> None:
    await fleet.add()
    fleet.switch(no_desktop_session=True)

    async def nobody() -> bool:
        return (await fleet.health()).status is WorkstationStatus.NO_DESKTOP

    async with collector_of(fleet).running():
        await until(nobody)

    assert "Nobody is logged on" in ((await fleet.health()).reason or "")
