import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.polled import INSTALL, Polled, facts_of, polled
from ldfleet import errors
from ldfleet.domain.emulator import EmulatorStatus, Observation, Power
from ldfleet.domain.event import EventType
from ldfleet.domain.facts import Disk
from ldfleet.domain.workstation import Health, Workstation, WorkstationStatus
from ldfleet.ports import Queue, Verdict
from support.fastfleet import LEASE
from support.stores import START, a_workstation, an_emulator, an_operation

ONE = "farm-0001"
LOST = errors.WorkstationUnreachable(workstation=ONE, address="10.0.0.1:5986", reason="no answer")
REFUSED = errors.WorkstationRefusedLogin(workstation=ONE, user="farm")
NONSENSE = errors.LDPlayerSaidNonsense(workstation=ONE, command="list2", reason="garbage")


@pytest.fixture
async def farm(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Polled]:
    async with polled(request.config, tmp_path) as made:
        yield made


def with_installs(number: int = 1) -> Workstation:
    return a_workstation(number, health=Health(installs=(INSTALL,)))


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier) for earlier, later in pairwise(times)]


# Pace


async def test_an_idle_workstation_is_looked_at_every_half_minute(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(300, by=2.0)

    assert all(26 <= gap <= 36 for gap in gaps(farm.times(ONE)))
    assert (await farm.health()).status is WorkstationStatus.ONLINE


async def test_a_workstation_with_a_running_emulator_is_looked_at_more_often(farm: Polled) -> None:
    running = Observation(at=START, power=Power.RUNNING, since=START)
    await farm.put(a_workstation(), emulators=[an_emulator(observed=running)])

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(60)

    assert all(9 <= gap <= 12 for gap in gaps(farm.times(ONE)))


async def test_a_workstation_with_an_operation_is_looked_at_most_often(farm: Polled) -> None:
    await farm.put(a_workstation(), emulators=[an_emulator()])
    async with farm.database() as work:
        await work.operations.add(an_operation())

    def everything(queue: Queue) -> Verdict:
        return Verdict(admitted={each.operation.id: {} for each in queue.candidates})

    await farm.database.admission.admit(everything, owner="test", lease=LEASE)

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(20, by=0.25)

    assert all(gap in {2, 3} for gap in gaps(farm.times(ONE)))


async def test_a_workstation_in_maintenance_is_still_looked_at_but_slowly(farm: Polled) -> None:
    await farm.put(a_workstation(maintenance="new disks"))

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(300, by=2.0)

    assert all(52 <= gap <= 68 for gap in gaps(farm.times(ONE)))


async def test_a_thorough_look_comes_first_and_then_every_five_minutes(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(700, by=5.0)

    thorough = [asked.at for asked in farm.scans if asked.thorough]
    assert thorough[0] == 0
    assert all(300 <= gap <= 340 for gap in gaps(thorough))


async def test_a_quiet_while_is_no_news(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        head = await farm.head()
        await farm.pass_time(600, by=10.0)

    assert await farm.events(head) == []
    seen_at = (await farm.health()).seen_at
    assert seen_at is not None and (farm.now - seen_at).total_seconds() < 60


# Lost and back


async def test_one_lost_poll_is_no_alarm(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        farm.answers[ONE] = LOST
        farm.collector.poke("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest()

        health = await farm.health()

    assert (health.status, health.misses) == (WorkstationStatus.ONLINE, 1)


async def test_a_workstation_lost_twice_is_unreachable_and_nothing_on_it_is_stopped(
    farm: Polled,
) -> None:
    await farm.put(a_workstation(), emulators=[an_emulator()])

    async with farm.collector.running():
        await farm.rest()
        head = await farm.head()
        farm.answers[ONE] = LOST
        await farm.pass_time(60)

        health = await farm.health()
        event, opened = await farm.events(head)
        async with farm.database() as work:
            emulator = await work.emulators.get("em_0001")

    assert (health.status, health.failure) == (
        WorkstationStatus.UNREACHABLE,
        "workstation_unreachable",
    )
    assert emulator.status is EmulatorStatus.UNKNOWN
    assert emulator.observed.power is Power.STOPPED
    assert (event.type, event.data["status"]) == (EventType.WORKSTATION_CHANGED, "unreachable")
    assert (opened.type, opened.data["kind"]) == (
        EventType.PROBLEM_OPENED,
        "workstation_unreachable",
    )


async def test_the_longer_it_is_lost_the_rarer_it_is_tried(farm: Polled) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = LOST

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(1500, by=5.0)

    waits = gaps(farm.times(ONE))
    assert waits[0] < 20
    assert all(later > earlier for earlier, later in pairwise(waits[:5]))
    assert 265 <= waits[-1] <= 335


async def test_a_workstation_that_is_back_is_told_once_and_looked_at_thoroughly(
    farm: Polled,
) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = LOST

    with capture_logs() as lines:
        async with farm.collector.running():
            await farm.rest()
            await farm.pass_time(100, by=2.0)
            del farm.answers[ONE]
            head = await farm.head()
            back = farm.clock.monotonic()
            await farm.pass_time(200, by=2.0)
            events = await farm.events(head)

    assert [event.type.value for event in events] == ["workstation.changed", "problem.ended"]
    assert events[0].data["status"] == "online"
    assert next(asked.thorough for asked in farm.scans if asked.at > back)
    told = [line["event"] for line in lines if line["event"].startswith("workstation.")]
    assert told == ["workstation.lost", "workstation.back"]


async def test_a_host_that_hangs_counts_as_lost_and_slows_nobody(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with polled(request.config, tmp_path, deadline=0.05) as farm:
        await farm.put(a_workstation(1), a_workstation(2))
        farm.hanging.add(ONE)

        async with farm.collector.running():
            await farm.rest(loops=2)
            await farm.pass_time(60, loops=2)

        assert (await farm.health("ws_0001")).status is WorkstationStatus.UNREACHABLE
        assert (await farm.health("ws_0002")).status is WorkstationStatus.ONLINE
        assert len(farm.times("farm-0002")) >= 2


# Refused


async def test_a_refused_login_is_tried_once(farm: Polled) -> None:
    await farm.put(a_workstation(), emulators=[an_emulator()])
    farm.answers[ONE] = REFUSED

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(3600, by=10.0)

    assert len(farm.times(ONE)) == 1
    health = await farm.health()
    assert (health.status, health.failure) == (
        WorkstationStatus.AUTH_FAILED,
        "workstation_refused_login",
    )


async def test_after_a_restart_a_refused_login_is_still_not_tried(farm: Polled) -> None:
    refused = Health(status=WorkstationStatus.AUTH_FAILED, failure=REFUSED.code)
    await farm.put(a_workstation(health=refused))

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(600, by=10.0)

    assert farm.scans == []


async def test_other_credentials_are_tried(farm: Polled) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = REFUSED

    async with farm.collector.running():
        await farm.rest()
        async with farm.database() as work:
            workstation = await work.workstations.get("ws_0001")
            await work.workstations.change(workstation, expected_version=workstation.version)
        del farm.answers[ONE]
        await farm.pass_time(40)

    assert (await farm.health()).status is WorkstationStatus.ONLINE


async def test_a_person_may_have_it_tried_again(farm: Polled) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = REFUSED

    async with farm.collector.running():
        await farm.rest()
        farm.collector.poke("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest()
        await farm.pass_time(600, by=10.0)

    assert len(farm.times(ONE)) == 2


async def test_a_refused_login_is_not_tried_anew_because_an_operation_failed(farm: Polled) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = REFUSED

    async with farm.collector.running():
        await farm.rest()
        farm.collector.look("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest()

    assert len(farm.times(ONE)) == 1


# Reached, but something is wrong


async def test_trouble_that_an_operation_met_is_looked_for_at_once(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(5)
        farm.facts[ONE] = facts_of(desktop=None)
        farm.collector.look("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest()
        health = await farm.health()

    assert health.status is WorkstationStatus.NO_DESKTOP


async def test_without_a_desktop_session_it_says_so(farm: Polled) -> None:
    await farm.put(a_workstation())
    farm.facts[ONE] = facts_of(desktop=None)

    async with farm.collector.running():
        await farm.rest()
        nobody = await farm.health()
        farm.facts[ONE] = facts_of()
        await farm.pass_time(100)

    assert (nobody.status, nobody.desktop_user) == (WorkstationStatus.NO_DESKTOP, None)
    health = await farm.health()
    assert (health.status, health.desktop_user) == (WorkstationStatus.ONLINE, "anna")


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(
            errors.LDPlayerNotInstalled(workstation=ONE, looked_at=r"C:\LDPlayer"), id="no LDPlayer"
        ),
        pytest.param(NONSENSE, id="garbage"),
        pytest.param(
            errors.WorkstationDeniedAccess(workstation=ONE, reason="HTTP 403"), id="no rights"
        ),
        pytest.param(
            errors.ConfigFileUnreadable(workstation=ONE, path="x", reason="cut"), id="config"
        ),
    ],
)
async def test_what_is_wrong_with_one_that_answers_is_the_reason_of_degraded(
    farm: Polled, failure: errors.FleetError
) -> None:
    await farm.put(a_workstation())
    farm.answers[ONE] = failure

    async with farm.collector.running():
        await farm.rest()

    health = await farm.health()
    assert (health.status, health.failure) == (WorkstationStatus.DEGRADED, failure.code)
    assert health.reason == str(failure)


async def test_emulators_that_can_t_be_read_twice_are_last_known_only(farm: Polled) -> None:
    await farm.put(a_workstation(), emulators=[an_emulator()])
    farm.answers[ONE] = NONSENSE

    async with farm.collector.running():
        await farm.rest()
        await farm.pass_time(60)
        async with farm.database() as work:
            emulator = await work.emulators.get("em_0001")

    assert emulator.status is EmulatorStatus.UNKNOWN
    assert emulator.name == "player 1"


@pytest.mark.parametrize(("gib", "failure"), [(5, None), (1, "disk_full")])
async def test_a_disk_that_fills_up_is_a_reason(
    farm: Polled, gib: int, failure: str | None
) -> None:
    await farm.put(with_installs())
    farm.facts[ONE] = facts_of(disks=(Disk(letter="C:", size=500 << 30, free=gib << 30),))

    async with farm.collector.running():
        await farm.rest()

    health = await farm.health()
    assert (health.status, health.failure) == (WorkstationStatus.DEGRADED, failure)
    assert f"{gib}.0 GiB" in (health.reason or "")


async def test_several_stuck_starts_hint_at_a_wedged_service(farm: Polled) -> None:
    stuck = Observation(at=START, power=Power.STARTING, since=START, trouble="stuck")
    await farm.put(
        a_workstation(),
        emulators=[an_emulator(number, observed=stuck) for number in (1, 2)],
    )

    async with farm.collector.running():
        await farm.rest()

    assert (await farm.health()).failure == "ldplayer_service_wedged"


# Coming and going


async def test_an_added_workstation_is_looked_at_as_soon_as_it_is_told(farm: Polled) -> None:
    async with farm.collector.running():
        await farm.rest(loops=0)
        await farm.put(a_workstation())
        farm.collector.poke("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest()

    assert farm.times(ONE) == [0]


async def test_a_workstation_another_process_added_is_found(farm: Polled) -> None:
    async with farm.collector.running():
        await farm.rest(loops=0)
        await farm.put(a_workstation())
        farm.clock.advance(16)
        await farm.rest(loops=1)

    assert len(farm.times(ONE)) == 1


async def test_a_removed_workstation_is_left_alone(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        async with farm.database() as work:
            await work.workstations.remove(a_workstation().id)
        farm.collector.poke("ws_0001")
        await asyncio.sleep(0.05)
        await farm.rest(loops=0)
        await farm.pass_time(120, by=10.0, loops=0)

    assert len(farm.times(ONE)) == 1


async def test_only_so_many_are_scanned_at_once(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with polled(request.config, tmp_path, at_once=2, deadline=60.0) as farm:
        workstations = [a_workstation(number) for number in range(1, 7)]
        await farm.put(*workstations)
        farm.hanging = {each.name for each in workstations}

        async with farm.collector.running():
            async with asyncio.timeout(10):
                while farm.at_once < 2:  # noqa: ASYNC110 - a scan under way tells nobody
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            under_way = farm.at_once

        assert (under_way, len(farm.scans)) == (2, 2)


async def test_a_mistake_of_ours_on_one_workstation_blinds_no_other(farm: Polled) -> None:
    await farm.put(a_workstation(1), a_workstation(2))
    farm.answers[ONE] = ValueError("a bug")

    with capture_logs() as lines:
        async with farm.collector.running():
            await farm.rest(loops=2)
            await farm.pass_time(40, loops=2)

    assert len(farm.times("farm-0002")) == 2
    assert "collector.bug" in [line["event"] for line in lines]


async def test_it_is_alive_while_it_runs(farm: Polled) -> None:
    before = farm.collector.alive

    async with farm.collector.running():
        await farm.rest(loops=0)
        during = farm.collector.alive

    assert (before, during, farm.collector.alive) == (False, True, False)


async def test_what_people_set_meanwhile_is_not_overwritten(farm: Polled) -> None:
    await farm.put(a_workstation())

    async with farm.collector.running():
        await farm.rest()
        async with farm.database() as work:
            mine = replace(await work.workstations.get("ws_0001"), notes="mine")
            await work.workstations.change(mine, expected_version=1)
        await farm.pass_time(60)
        async with farm.database() as work:
            workstation = await work.workstations.get("ws_0001")

    assert workstation.notes == "mine"
