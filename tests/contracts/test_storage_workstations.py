"""What `ports.Workstations` promises, held against SQLite and PostgreSQL."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import (
    LogLine,
    Step,
    StepStatus,
)
from ldfleet.domain.workstation import (
    Credentials,
    Health,
    Limits,
    LoginMethod,
    WorkstationStatus,
)
from ldfleet.ports import EmulatorQuery, OperationQuery, WorkstationQuery
from ldfleet.storage.database import Database
from support.keeping import (
    FACTS,
    INSTALL,
    LEASE,
    OP,
    PASSWORD,
    WS,
    every_page,
    health,
    start_all,
    the_queue,
)
from support.stores import START, a_workstation, an_emulator, an_operation


async def test_a_workstation_comes_back_as_it_was_put(database: Database) -> None:
    plain = a_workstation()
    full = a_workstation(
        2,
        name="ферма №2",
        address=replace(
            plain.address, tls=False, login=LoginMethod.NTLM, certificate_sha256="ab", ca_pem="PEM"
        ),
        ldplayer_path=r"D:\LD Player",
        tags=("b", "a"),
        notes="by the window",
        limits=Limits(boots=5, disk=2, light=9, boot_gap=7.5),
        maintenance="new fan",
        health=health(
            WorkstationStatus.NO_DESKTOP,
            reason="nobody is logged on",
            failure="no_desktop_session",
            misses=3,
            desktop_user="anna",
            facts=FACTS,
            facts_at=START + timedelta(microseconds=1),
            installs=(INSTALL,),
        ),
        version=7,
    )

    async with database() as work:
        await work.workstations.add(plain)
        await work.workstations.add(full)

    async with database() as work:
        assert await work.workstations.get(plain.id) == plain
        assert await work.workstations.get(full.id) == full


async def test_an_unknown_workstation_is_not_found(database: Database) -> None:
    with pytest.raises(errors.WorkstationNotFound, match="ws_9"):
        async with database() as work:
            await work.workstations.get("ws_9")


async def test_a_name_is_given_once_and_the_unit_goes_on(database: Database) -> None:
    async with database() as work:
        await work.workstations.add(a_workstation(1))
        with pytest.raises(errors.WorkstationNameTaken, match="farm-0001"):
            await work.workstations.add(a_workstation(2, name="farm-0001"))
        await work.workstations.add(a_workstation(2))
        with pytest.raises(errors.WorkstationNameTaken):
            await work.workstations.change(a_workstation(2, name="farm-0001"), expected_version=1)

    async with database() as work:
        assert [w.name for w in await work.workstations.every()] == ["farm-0001", "farm-0002"]


async def test_a_change_raises_the_version_and_leaves_the_health(farm: Database) -> None:
    seen = health(WorkstationStatus.ONLINE, facts=FACTS)
    async with farm() as work:
        await work.workstations.observe(WS, seen)

    async with farm() as work:
        changed = await work.workstations.change(
            a_workstation(name="new", tags=("x",)), expected_version=1
        )

    assert (changed.version, changed.name, changed.tags) == (2, "new", ("x",))
    assert changed.health == seen
    async with farm() as work:
        assert await work.workstations.get(WS) == changed


async def test_a_change_of_an_old_version_is_refused(farm: Database) -> None:
    async with farm() as work:
        await work.workstations.change(a_workstation(notes="first"), expected_version=1)

    with pytest.raises(errors.RecordChanged, match="ws_0001"):
        async with farm() as work:
            await work.workstations.change(a_workstation(notes="second"), expected_version=1)

    async with farm() as work:
        assert (await work.workstations.get(WS)).notes == "first"


async def test_of_two_changes_at_once_one_is_refused(farm: Database) -> None:
    async def change(notes: str) -> bool:
        with contextlib.suppress(errors.RecordChanged):
            async with farm() as work:
                await work.workstations.change(a_workstation(notes=notes), expected_version=1)
                return True
        return False

    outcomes = await asyncio.gather(*(change(str(number)) for number in range(10)))

    assert sum(outcomes) == 1


async def test_an_observation_leaves_what_people_set(farm: Database) -> None:
    async with farm() as work:
        await work.workstations.change(a_workstation(notes="mine"), expected_version=1)
        await work.workstations.observe(WS, health(WorkstationStatus.UNREACHABLE, misses=2))

    async with farm() as work:
        stored = await work.workstations.get(WS)
    assert (stored.notes, stored.version) == ("mine", 2)
    assert (stored.status, stored.health.misses) == (WorkstationStatus.UNREACHABLE, 2)


async def test_a_workstation_that_was_removed_meanwhile_can_not_be_observed(
    farm: Database,
) -> None:
    async with farm() as work:
        await work.workstations.remove(WS)

    with pytest.raises(errors.WorkstationNotFound):
        async with farm() as work:
            await work.workstations.observe(WS, Health())
    with pytest.raises(errors.WorkstationNotFound):
        async with farm() as work:
            await work.emulators.put([an_emulator()])
    with pytest.raises(errors.WorkstationNotFound):
        async with farm() as work:
            await work.operations.add(an_operation(emulator=None))
    with pytest.raises(errors.WorkstationNotFound):
        async with farm() as work:
            await work.secrets.put(WS, Credentials(password="x"))


async def test_removing_a_workstation_removes_all_that_is_its_own(farm: Database) -> None:
    async with farm() as work:
        await work.secrets.put(WS, Credentials(password=PASSWORD))
        await work.operations.add(an_operation())
        await work.operations.add(an_operation(2, emulator=5, workstation=2))
    await farm.admission.admit(start_all, owner="me", lease=LEASE)
    async with farm() as work:
        await work.operations.put_steps(
            [Step(operation_id=OP, name="look", status=StepStatus.RUNNING, started_at=START)]
        )
        await work.operations.log([LogLine(operation_id=OP, at=START, event="x")])

    async with farm() as work:
        await work.workstations.remove(WS)

    async with farm() as work:
        assert [o.id for o in (await work.operations.list(OperationQuery())).items] == ["op_0002"]
        assert len((await work.emulators.list(EmulatorQuery())).items) == 8
        assert await work.secrets.get(WS) == Credentials()
        assert await work.operations.steps(OP) == []
        assert await work.operations.log_of(OP) == []
    queue = await the_queue(farm)
    assert all(not lane.startswith(WS) for lane in [*queue.slots, *queue.last_start])


async def test_workstations_are_listed_by_name_page_by_page(database: Database) -> None:
    names = ["b", "a", "Ж", "Z", "д", "10", "9"]
    async with database() as work:
        for number, name in enumerate(names):
            await work.workstations.add(a_workstation(number, name=name))

    async with database() as work:
        found = await every_page(lambda cursor: work.workstations.list(cursor=cursor, limit=3))

        assert [w.name for w in found] == sorted(names)
        assert [w.name for w in await work.workstations.every()] == sorted(names)


async def test_maintenance_covers_what_is_observed_in_the_list(farm: Database) -> None:
    async with farm() as work:
        for number in (1, 2):
            await work.workstations.observe(
                WorkstationId(f"ws_000{number}"), health(WorkstationStatus.ONLINE)
            )
        await work.workstations.change(a_workstation(maintenance="fan"), expected_version=1)

        for status, expected in {
            WorkstationStatus.MAINTENANCE: ["ws_0001"],
            WorkstationStatus.ONLINE: ["ws_0002"],
            WorkstationStatus.UNKNOWN: ["ws_0003"],
        }.items():
            listed = await work.workstations.list(WorkstationQuery(status=status))
            assert [w.id for w in listed.items] == expected
