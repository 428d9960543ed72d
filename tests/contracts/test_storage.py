"""What `ports.py` promises of keeping things, held against SQLite and PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import (
    Adb,
    Android,
    BirthMarker,
    EmulatorStatus,
    Observation,
    Power,
    Screen,
)
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.facts import DesktopSession, Disk, Install, PlayerProcess, SystemFacts
from ldfleet.domain.ids import EmulatorId, OperationId, WorkstationId
from ldfleet.domain.operation import (
    LogLine,
    Operation,
    OperationStatus,
    Priority,
    Step,
    StepStatus,
    Verb,
)
from ldfleet.domain.workstation import (
    Credentials,
    Health,
    Limits,
    LoginMethod,
    WorkstationStatus,
)
from ldfleet.ports import EmulatorQuery, OperationQuery, Page, Queue, Verdict
from ldfleet.storage.database import Database
from support.stores import START, Place, a_place, a_workstation, an_emulator, an_operation

WS, OP = WorkstationId("ws_0001"), OperationId("op_0001")
LEASE = timedelta(seconds=30)
PASSWORD = "correct horse battery staple"


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


async def every_page(read: Callable[[str | None], Any]) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page: Page[Any] = await read(cursor)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def health(status: WorkstationStatus, **changes: Any) -> Health:
    return Health(status=status, seen_at=START, changed_at=START, **changes)


FACTS = SystemFacts(
    computer_name="ФЕРМА-1",
    windows="Windows 11 Pro",
    build="22631",
    booted_at=START - timedelta(days=3, microseconds=7),
    cpu="AMD Ryzen 9",
    cpu_cores=16,
    cpu_load=None,
    memory=64 << 30,
    memory_free=5 << 30,
    disks=(Disk(letter="C", size=2 << 40, free=1 << 39),),
    gpus=("RTX 4070", "雷电"),
    desktop=DesktopSession(session_id=1, user=r"FARM\anna"),
    players=(PlayerProcess(pid=4242, session_id=1, path=None),),
)
INSTALL = Install(path=r"D:\LDPlayer", generation=9, version="9.1.2", data_path=r"D:\vms")


# The unit of work


async def test_what_was_written_is_there_after_a_restart(place: Place) -> None:
    async with place.opened() as first, first() as work:
        await work.workstations.add(a_workstation())

    async with place.opened() as second, second() as work:
        assert await work.workstations.get(WS) == a_workstation()


async def test_a_unit_that_fails_leaves_nothing(farm: Database) -> None:
    head = await farm.feed.head()

    async def failing() -> None:
        async with farm() as work:
            await work.workstations.remove(WS)
            await work.operations.add(an_operation(emulator=5, workstation=2))
            work.tell(Event(type=EventType.WORKSTATION_REMOVED, subject=WS, at=START))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()

    assert await farm.feed.head() == head
    async with farm() as work:
        assert (await work.workstations.get(WS)).id == WS
        with pytest.raises(errors.OperationNotFound):
            await work.operations.get(OP)


async def test_a_cancelled_unit_leaves_nothing(farm: Database) -> None:
    written = asyncio.Event()

    async def interrupted() -> None:
        async with farm() as work:
            await work.operations.add(an_operation())
            written.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(interrupted())
        await written.wait()
        task.cancel()

    async with farm() as work:
        assert (await work.operations.list(OperationQuery())).items == []


async def test_fifty_units_at_once_lose_no_write(farm: Database) -> None:
    async def one(number: int) -> None:
        async with farm() as work:
            emulator = await work.emulators.get("em_0001")
            await work.operations.add(an_operation(number, workstation=1))
            await work.emulators.put([emulator])

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(one(number))

    async with farm() as work:
        assert await work.operations.count_unfinished(WS) == 50


async def test_two_processes_write_to_one_database(place: Place) -> None:
    async def add(database: Database, numbers: Sequence[int]) -> None:
        for number in numbers:
            async with database() as work:
                await work.workstations.add(a_workstation(number))

    async with place.opened() as one, place.opened() as two:
        async with asyncio.TaskGroup() as group:
            group.create_task(add(one, range(1, 21)))
            group.create_task(add(two, range(21, 41)))

        async with one() as work:
            assert len(await work.workstations.every()) == 40


async def test_who_waits_too_long_for_a_lock_is_told_that_it_is_busy(place: Place) -> None:
    async with place.opened() as one, place.opened(patience=0.05) as two:
        async with one() as work:
            await work.workstations.add(a_workstation())

        async with one() as holder:
            await holder.workstations.change(a_workstation(notes="1"), expected_version=1)
            with pytest.raises(errors.DatabaseBusy):
                async with two() as work:
                    await work.workstations.change(a_workstation(notes="2"), expected_version=1)

        async with two() as work:
            assert (await work.workstations.get(WS)).notes == "1"


async def test_text_that_can_not_be_kept_is_the_senders_fault(farm: Database) -> None:
    with pytest.raises(errors.FieldInvalid):
        async with farm() as work:
            await work.workstations.change(a_workstation(notes="\ud800"), expected_version=1)


# Workstations


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
        await work.operations.put_step(
            Step(operation_id=OP, name="look", status=StepStatus.RUNNING, started_at=START)
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
            listed = await work.workstations.list(status=status)
            assert [w.id for w in listed.items] == expected


# Secrets


async def test_credentials_come_back_and_never_stand_in_the_database(place: Place) -> None:
    given = Credentials(password=PASSWORD, certificate_pem="CERT", private_key_pem=f"{PASSWORD}-k")
    async with place.opened() as database:
        async with database() as work:
            await work.workstations.add(a_workstation())
            await work.secrets.put(WS, Credentials(password=PASSWORD + "-old"))
            await work.secrets.put(WS, given)

        async with database() as work:
            assert await work.secrets.get(WS) == given
        stored = await bytes_of(place)
    assert b"farm-0001" in stored
    assert PASSWORD.encode() not in stored


async def bytes_of(place: Place) -> bytes:
    """All that the database keeps, as its files hold it."""
    if place.url.startswith("sqlite"):
        return b"".join(file.read_bytes() for file in place.folder.glob("fleet.db*"))
    process = await asyncio.create_subprocess_exec(
        "pg_dump", "--inserts", place.url, stdout=asyncio.subprocess.PIPE
    )
    dump, _ = await process.communicate()
    assert process.returncode == 0
    return dump


async def test_a_workstation_without_credentials_has_empty_ones(farm: Database) -> None:
    async with farm() as work:
        assert await work.secrets.get(WS) == Credentials()


async def test_credentials_are_unreadable_without_their_key(place: Place) -> None:
    async with place.opened() as database, database() as work:
        await work.workstations.add(a_workstation())
        await work.secrets.put(WS, Credentials(password=PASSWORD))
    (place.folder / "vault.key").unlink()

    async with place.opened() as database:
        with pytest.raises(errors.SecretUnreadable, match="ws_0001"):
            async with database() as work:
                await work.secrets.get(WS)


async def test_rotation_seals_all_credentials_with_a_new_key(place: Place) -> None:
    key_file = place.folder / "vault.key"
    async with place.opened() as database, database() as work:
        for number in (1, 2):
            await work.workstations.add(a_workstation(number))
            await work.secrets.put(
                WorkstationId(f"ws_000{number}"), Credentials(password=str(number))
            )

    async with place.opened() as database:
        assert await database.rotate_vault_key() == 2
    newest = key_file.read_text(encoding="ascii").splitlines()[0]
    key_file.write_text(newest + "\n", encoding="ascii")

    async with place.opened() as database, database() as work:
        assert (await work.secrets.get(WS)).password == "1"
        assert (await work.secrets.get(WorkstationId("ws_0002"))).password == "2"


# Emulators


def running(**changes: Any) -> Observation:
    fields: dict[str, Any] = {
        "at": START,
        "power": Power.RUNNING,
        "android": Android.READY,
        "adb": Adb.READY,
        "player_pid": 2**32 - 1,
        "vm_pid": 17,
        "since": START - timedelta(hours=1),
    }
    return Observation(**{**fields, **changes})


async def test_an_emulator_comes_back_as_it_was_put(farm: Database) -> None:
    full = an_emulator(
        99,
        name='Игрок, "№1" 雷电',
        marker=BirthMarker(android_id="aa", imei="86", mac="00:11"),
        screen=Screen(width=1280, height=720, dpi=240),
        cpu=4,
        memory_mib=4096,
        adb_debug=1,
        config_hash="0f",
        tags=("b", "a"),
        notes="notes",
        protected=True,
        observed=running(trouble="ADB is off"),
        current=False,
        removed_at=START + timedelta(microseconds=3),
        version=4,
    )

    async with farm() as work:
        await work.emulators.put([full])

    async with farm() as work:
        assert await work.emulators.get(full.id) == full
        assert await work.emulators.get("em_0001") == an_emulator(1)


async def test_an_unknown_emulator_is_not_found(database: Database) -> None:
    with pytest.raises(errors.EmulatorNotFound, match="em_9"):
        async with database() as work:
            await work.emulators.get("em_9")


async def test_putting_replaces_what_was_seen_and_keeps_what_people_set(farm: Database) -> None:
    async with farm() as work:
        mine = replace(an_emulator(), tags=("mine",), notes="n", protected=True)
        changed = await work.emulators.change(mine, expected_version=1)
        await work.emulators.put([replace(an_emulator(), name="renamed", observed=running())])

    assert (changed.version, changed.tags) == (2, ("mine",))
    async with farm() as work:
        stored = await work.emulators.get("em_0001")
    assert (stored.name, stored.status) == ("renamed", EmulatorStatus.READY)
    assert (stored.tags, stored.notes, stored.protected, stored.version) == (
        ("mine",),
        "n",
        True,
        2,
    )


async def test_a_change_of_an_emulators_old_version_is_refused(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.change(an_emulator(notes="first"), expected_version=1)

    with pytest.raises(errors.RecordChanged, match="em_0001"):
        async with farm() as work:
            await work.emulators.change(an_emulator(notes="second"), expected_version=1)
    with pytest.raises(errors.EmulatorNotFound):
        async with farm() as work:
            await work.emulators.change(an_emulator(77), expected_version=1)


@pytest.mark.parametrize("new_first", [True, False])
async def test_an_index_is_taken_over_from_a_removed_emulator(
    farm: Database, *, new_first: bool
) -> None:
    old = replace(an_emulator(1), removed_at=START)
    new = an_emulator(50, index=1)

    async with farm() as work:
        await work.emulators.put([new, old] if new_first else [old, new])

    async with farm() as work:
        there = await work.emulators.of_workstation(WS)
        assert (there[0].index, there[0].id) == (1, "em_0050")
        assert (await work.emulators.get("em_0001")).removed_at == START


async def test_two_emulators_swap_their_indexes(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([an_emulator(1, index=2), an_emulator(2, index=1)])

    async with farm() as work:
        there = await work.emulators.of_workstation(WS)
    assert [e.id for e in there] == ["em_0002", "em_0001", "em_0003", "em_0004"]
    assert all(e.removed_at is None for e in there)


async def test_an_index_that_another_emulator_has_is_refused_and_nothing_changes(
    farm: Database,
) -> None:
    async with farm() as work:
        with pytest.raises(errors.RecordChanged, match="ws_0001"):
            await work.emulators.put([an_emulator(50), an_emulator(51, index=1)])

    async with farm() as work:
        assert len(await work.emulators.of_workstation(WS)) == 4


async def test_thousands_of_emulators_are_put_at_once(farm: Database) -> None:
    many = [an_emulator(n, workstation=n % 3 + 1) for n in range(100, 3100)]

    async with farm() as work:
        await work.emulators.put(many)
    async with farm() as work:
        await work.emulators.put([replace(e, observed=running()) for e in many])
        await work.emulators.put([])

    async with farm() as work:
        counts = await work.emulators.counts()
    assert counts[EmulatorStatus.READY] == 3000
    assert counts[EmulatorStatus.STOPPED] == 12


async def test_emulators_of_an_unreachable_workstation_are_unknown(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([an_emulator(1, observed=running())])
        await work.emulators.set_current(WS, current=False)
        old = await work.emulators.get("em_0001")
        counts = await work.emulators.counts()
        unknown = await work.emulators.list(EmulatorQuery(status=EmulatorStatus.UNKNOWN))
        await work.emulators.set_current(WS, current=True)

    assert (old.status, old.observed) == (EmulatorStatus.UNKNOWN, running())
    assert counts[EmulatorStatus.UNKNOWN] == len(unknown.items) == 4
    async with farm() as work:
        counts = await work.emulators.counts()
    assert counts == {
        **dict.fromkeys(EmulatorStatus, 0),
        EmulatorStatus.READY: 1,
        EmulatorStatus.STOPPED: 11,
    }


async def test_emulators_are_listed_by_workstation_install_and_index(farm: Database) -> None:
    async with farm() as work:
        await work.workstations.change(a_workstation(name="zoo"), expected_version=1)
        await work.emulators.put([an_emulator(60, workstation=2, install=r"A:\LD", index=0)])

        found = await every_page(
            lambda cursor: work.emulators.list(EmulatorQuery(), cursor=cursor, limit=4)
        )

    expected = ["em_0060", *(f"em_{n:04}" for n in (5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4))]
    assert [e.id for e in found] == expected


async def test_removed_emulators_are_listed_only_if_asked_for(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([replace(an_emulator(1), removed_at=START)])

        there = await work.emulators.list(EmulatorQuery(workstation_id=WS))
        all_ = await work.emulators.list(EmulatorQuery(workstation_id=WS, removed=True))
        of_workstation = await work.emulators.of_workstation(WS)
        counts = await work.emulators.counts()

    assert [e.id for e in there.items] == ["em_0002", "em_0003", "em_0004"]
    assert [e.id for e in all_.items] == ["em_0001", "em_0002", "em_0003", "em_0004"]
    assert list(of_workstation) == list(there.items)
    assert sum(counts.values()) == 11


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("ИГРОК", {"em_0001"}),
        ("100%", {"em_0002"}),
        ("%", {"em_0002"}),
        ("_", {"em_0003"}),
        ("\\", {"em_0004"}),
        ("/", set[str]()),
        ("PLAYER", {f"em_{n:04}" for n in range(5, 13)}),
    ],
)
async def test_a_part_of_the_name_is_found_literally_and_case_ignored(
    farm: Database, part: str, expected: set[str]
) -> None:
    names = ["Игрок", "100% sure", "under_score", "back\\slash"]
    async with farm() as work:
        await work.emulators.put([an_emulator(n, name=x) for n, x in enumerate(names, start=1)])

        found = await work.emulators.list(EmulatorQuery(name=part))

    assert {e.id for e in found.items} == expected


# Cursors


async def test_a_cursor_of_another_list_is_refused(farm: Database) -> None:
    async with farm() as work:
        await work.operations.add(an_operation(1))
        await work.operations.add(an_operation(2))
        of_workstations = (await work.workstations.list(limit=1)).next_cursor
        of_operations = (await work.operations.list(OperationQuery(), limit=1)).next_cursor

        assert of_workstations and of_operations
        with pytest.raises(errors.CursorInvalid):
            await work.emulators.list(EmulatorQuery(), cursor=of_workstations)
        with pytest.raises(errors.CursorInvalid):
            await work.workstations.list(cursor=of_operations)
        with pytest.raises(errors.CursorInvalid):
            await work.operations.list(OperationQuery(), cursor=of_workstations)


# Operations


async def test_an_operation_comes_back_as_it_was_added(farm: Database) -> None:
    plain = an_operation()
    full = an_operation(
        2,
        params={"package": "com.игра", "nested": [1, None, {"a": "\x00"}]},
        priority=Priority.BATCH,
        reason="nightly",
        waiting_for="a slot",
        progress=0.25,
        message="booting",
        result={"seconds": 1.5},
        failure={"code": "x"},
    )

    async with farm() as work:
        await work.operations.add(plain)
        await work.operations.add(full)

    async with farm() as work:
        assert await work.operations.get(plain.id) == plain
        assert await work.operations.get(full.id) == full


async def test_an_idempotency_key_is_used_once_and_the_unit_goes_on(farm: Database) -> None:
    async with farm() as work:
        await work.operations.add(an_operation(1), idempotency_key="k")
        with pytest.raises(errors.IdempotencyKeyReused, match="k"):
            await work.operations.add(an_operation(2), idempotency_key="k")
        await work.operations.add(an_operation(3))
        await work.operations.add(an_operation(4))

    async with farm() as work:
        assert await work.operations.find_by_key("k") == an_operation(1)
        assert await work.operations.find_by_key("other") is None
        assert await work.operations.count_unfinished(WS) == 3


async def test_a_twin_is_queued_with_the_same_verb_target_and_params(farm: Database) -> None:
    twin = an_operation(1, params={"a": 1, "b": 2})
    async with farm() as work:
        await work.operations.add(twin)
        await work.operations.add(an_operation(2, emulator=None))

        find = work.operations.find_twin
        assert await find(an_operation(9, params={"b": 2, "a": 1})) == twin
        assert await find(an_operation(9, params={"a": 1})) is None
        assert await find(an_operation(9, verb=Verb.QUIT, params=twin.params)) is None
        assert await find(an_operation(9, emulator=2, params=twin.params)) is None
        assert await find(an_operation(9, emulator=None)) == an_operation(2, emulator=None)
        assert await find(twin) is None

    await farm.admission.admit(start_all, owner="me", lease=LEASE)
    async with farm() as work:
        assert await work.operations.find_twin(an_operation(9, params=twin.params)) is None


async def test_operations_are_listed_newest_first_by_what_is_asked(farm: Database) -> None:
    async with farm() as work:
        for number in range(1, 8):
            await work.operations.add(an_operation(number, emulator=number % 3 + 1))
        await work.operations.add(an_operation(8, emulator=None, workstation=2))
        await work.operations.put(an_operation(1, emulator=2).cancelled(at=START))

    async with farm() as work:

        async def ids(**conditions: Any) -> list[str]:
            query = OperationQuery(**conditions)
            return [
                o.id
                for o in await every_page(
                    lambda cursor: work.operations.list(query, cursor=cursor, limit=2)
                )
            ]

        def named(*numbers: int) -> list[str]:
            return [f"op_{n:04}" for n in numbers]

        assert await ids() == named(8, 7, 6, 5, 4, 3, 2, 1)
        assert await ids(unfinished=True) == named(8, 7, 6, 5, 4, 3, 2)
        assert await ids(workstation_id=WS) == named(7, 6, 5, 4, 3, 2, 1)
        assert await ids(emulator_id=EmulatorId("em_0002")) == named(7, 4, 1)
        assert await ids(status=OperationStatus.CANCELLED) == named(1)
        assert await ids(verb=Verb.SCAN) == named(8)
        assert [o.id for o in await work.operations.unfinished_of(EmulatorId("em_0002"))] == named(
            4, 7
        )
        counts = await work.operations.counts()
    assert counts == {
        **dict.fromkeys(OperationStatus, 0),
        OperationStatus.QUEUED: 7,
        OperationStatus.CANCELLED: 1,
    }


async def test_progress_of_a_runner_is_written_and_the_lease_stays(farm: Database) -> None:
    held = await start_one(farm)
    longer = LEASE * 2
    await farm.admission.renew(owner="me", lease=longer)

    async with farm() as work:
        await work.operations.put(replace(held, progress=0.5, message="booting"))

    async with farm() as work:
        stored = await work.operations.get(OP)
    assert (stored.progress, stored.message) == (0.5, "booting")
    assert stored.lease_until == START + longer


async def test_ending_an_operation_frees_its_slots_and_its_emulator(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.add(an_operation(2))
    before = await the_queue(farm)

    async with farm() as work:
        await work.operations.put(held.succeeded(at=START, result={"ok": True}))

    after = await the_queue(farm)
    assert (dict(before.slots), list(before.candidates)) == ({"ws_0001/boot": frozenset({0})}, [])
    assert (dict(after.slots), [c.operation.id for c in after.candidates]) == ({}, ["op_0002"])
    async with farm() as work:
        stored = await work.operations.get(OP)
    assert (stored.status, stored.result, stored.lease_until) == (
        OperationStatus.SUCCEEDED,
        {"ok": True},
        None,
    )


async def test_a_write_with_an_older_token_is_refused(farm: Database, place: Place) -> None:
    zombie = await start_one(farm)
    place.clock.move(31)
    (abandoned,) = await farm.admission.abandoned()
    await farm.admission.take_over(abandoned, owner="other", lease=LEASE)

    with pytest.raises(errors.RecordChanged, match="op_0001"):
        async with farm() as work:
            await work.operations.put(zombie.succeeded(at=START, result={}))

    async with farm() as work:
        assert (await work.operations.get(OP)).status is OperationStatus.RUNNING
    assert (await the_queue(farm)).slots


async def test_an_ended_operation_is_never_written_again(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.failed(at=START, failure=errors.DatabaseBusy()))

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(held.succeeded(at=START, result={}))

    async with farm() as work:
        assert (await work.operations.get(OP)).status is OperationStatus.FAILED


async def test_a_runners_progress_does_not_undo_a_cancellation(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.cancelling())

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(replace(held, progress=0.9))

    assert (await the_queue(farm)).slots == {"ws_0001/boot": frozenset({0})}
    async with farm() as work:
        await work.operations.put(held.cancelling().cancelled(at=START))
    assert (await the_queue(farm)).slots == {}


async def test_nobody_but_admission_can_start_an_operation(farm: Database) -> None:
    queued = an_operation()
    async with farm() as work:
        await work.operations.add(queued)

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(queued.admitted(owner="me", now=START, lease=LEASE))


async def test_a_step_is_replaced_in_its_place(farm: Database) -> None:
    async with farm() as work:
        await work.operations.add(an_operation())
        first = Step(operation_id=OP, name="launch", status=StepStatus.RUNNING, started_at=START)
        second = replace(first, name="boot")
        for step in (first, second):
            await work.operations.put_step(step)
        ended = replace(
            first,
            status=StepStatus.SUCCEEDED,
            finished_at=START + timedelta(seconds=1),
            result={"pid": 7},
        )
        await work.operations.put_step(ended)

    async with farm() as work:
        assert await work.operations.steps(OP) == [ended, second]


async def test_a_log_is_read_on_from_where_one_was(farm: Database) -> None:
    lines = [
        LogLine(operation_id=OP, at=START, event=f"line.{n}", fields={"n": n}) for n in range(5)
    ]
    async with farm() as work:
        await work.operations.add(an_operation())
        await work.operations.log(lines[:2])
        await work.operations.log(lines[2:])
        await work.operations.log([])

        first = await work.operations.log_of(OP, limit=3)
        rest = await work.operations.log_of(OP, after=first[-1][0])

    assert [line for _, line in [*first, *rest]] == lines


async def test_a_log_of_no_operation_is_refused(farm: Database) -> None:
    with pytest.raises(errors.OperationNotFound):
        async with farm() as work:
            await work.operations.log([LogLine(operation_id=OP, at=START, event="x")])


# Tokens


async def test_a_token_is_known_by_its_hash(database: Database) -> None:
    async with database() as work:
        before = await work.tokens.any()
        await work.tokens.add(name="admin", token_hash="00ff", at=START)

    async with database() as work:
        assert (before, await work.tokens.any()) == (False, True)
        assert await work.tokens.name_of("00ff") == "admin"
        assert await work.tokens.name_of("00fe") is None


# The change feed


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


# Admission


def start_all(queue: Queue) -> Verdict:
    """Everything, each in the next free boot slot of its workstation."""
    taken = {lane: set(slots) for lane, slots in queue.slots.items()}
    admitted: dict[OperationId, Mapping[str, int]] = {}
    for candidate in queue.candidates:
        lane = f"{candidate.operation.workstation_id}/boot"
        used = taken.setdefault(lane, set())
        slot = next(n for n in range(1000) if n not in used)
        used.add(slot)
        admitted[candidate.operation.id] = {lane: slot}
    return Verdict(admitted=admitted)


def start_none(_queue: Queue) -> Verdict:
    return Verdict()


def start_two_a_workstation(queue: Queue) -> Verdict:
    verdict = start_all(queue)
    return Verdict(
        admitted={
            operation_id: slots
            for operation_id, slots in verdict.admitted.items()
            if max(slots.values()) < 2
        }
    )


async def the_queue(database: Database) -> Queue:
    seen: list[Queue] = []

    def look(queue: Queue) -> Verdict:
        seen.append(queue)
        return Verdict()

    await database.admission.admit(look, owner="nobody", lease=LEASE)
    return seen[0]


async def start_one(database: Database) -> Operation:
    async with database() as work:
        await work.operations.add(an_operation())
    (held,) = await database.admission.admit(start_all, owner="me", lease=LEASE)
    return held


async def add(database: Database, *operations: Operation) -> None:
    async with database() as work:
        for operation in operations:
            await work.operations.add(operation)


async def test_an_admitted_operation_runs_under_a_new_token(farm: Database, place: Place) -> None:
    await add(farm, an_operation(waiting_for="a slot"))
    place.clock.move(60)

    (admitted,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    now = place.clock.now()
    assert admitted == replace(
        an_operation(),
        status=OperationStatus.RUNNING,
        owner="me",
        token=1,
        attempt=1,
        lease_until=now + LEASE,
        started_at=now,
    )
    async with farm() as work:
        assert await work.operations.get(OP) == admitted
    queue = await the_queue(farm)
    assert dict(queue.slots) == {"ws_0001/boot": frozenset({0})}
    assert dict(queue.last_start) == {"ws_0001/boot": now}


async def test_candidates_come_by_priority_then_age_one_for_an_emulator(farm: Database) -> None:
    await add(
        farm,
        an_operation(1, emulator=1, priority=Priority.BATCH),
        an_operation(2, emulator=1, priority=Priority.BATCH),
        an_operation(3, emulator=2, priority=Priority.SCHEDULE),
        an_operation(4, emulator=3),
        an_operation(5, emulator=3, priority=Priority.BATCH),
        an_operation(6, emulator=5, workstation=2),
        an_operation(7, emulator=None, workstation=3),
    )

    queue = await the_queue(farm)

    ids = [candidate.operation.id for candidate in queue.candidates]
    assert ids == ["op_0004", "op_0006", "op_0007", "op_0003", "op_0001"]
    assert [c.workstation.id for c in queue.candidates] == [
        c.operation.workstation_id for c in queue.candidates
    ]


async def test_an_emulator_that_is_active_is_no_candidate(farm: Database) -> None:
    held = await start_one(farm)
    await add(farm, an_operation(2), an_operation(3, emulator=2))
    async with farm() as work:
        await work.operations.put(held.cancelling())

    queue = await the_queue(farm)

    assert [c.operation.id for c in queue.candidates] == ["op_0003"]


async def test_a_deep_backlog_of_one_workstation_hides_no_other(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([an_emulator(n) for n in range(100, 300)])
        for n in range(100, 300):
            await work.operations.add(an_operation(n, emulator=n))
        await work.operations.add(an_operation(900, emulator=5, workstation=2))
        await work.operations.add(an_operation(901, emulator=150, verb=Verb.QUIT))
        await work.operations.add(an_operation(902, emulator=1, verb=Verb.QUIT))

    queue = await the_queue(farm)

    ids = [candidate.operation.id for candidate in queue.candidates]
    assert {"op_0100", "op_0900", "op_0902"} <= set(ids)
    assert "op_0901" not in ids  # its emulator's launch comes first
    assert len(ids) < 20


async def test_fifty_admissions_at_once_give_no_slot_twice(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            for number in range(1, 11):
                await work.workstations.add(a_workstation(number))
            await work.emulators.put(
                [an_emulator(n, workstation=n % 10 + 1) for n in range(1, 101)]
            )
            for n in range(1, 101):
                await work.operations.add(an_operation(n, emulator=n, workstation=n % 10 + 1))

        outcomes = await asyncio.gather(
            *(
                (one, two)[n % 2].admission.admit(
                    start_two_a_workstation, owner=f"o{n % 2}", lease=LEASE
                )
                for n in range(50)
            )
        )

        admitted = [operation.id for outcome in outcomes for operation in outcome]
        assert len(admitted) == len(set(admitted)) == 20
        queue = await the_queue(one)
        assert dict(queue.slots) == {f"ws_{n:04}/boot": frozenset({0, 1}) for n in range(1, 11)}


async def test_a_slot_that_is_taken_is_not_given_whatever_is_decided(farm: Database) -> None:
    await start_one(farm)
    await add(farm, *(an_operation(n, emulator=n) for n in (2, 3, 4)))

    def wrong(_queue: Queue) -> Verdict:
        return Verdict(
            admitted={
                OperationId("op_0002"): {"ws_0001/boot": 0, "global": 0},
                OperationId("op_0003"): {"ws_0001/boot": 1, "global": 1},
                OperationId("op_0004"): {"ws_0001/boot": 1, "global": 2},
            }
        )

    admitted = await farm.admission.admit(wrong, owner="me", lease=LEASE)

    assert [operation.id for operation in admitted] == ["op_0003"]
    queue = await the_queue(farm)
    assert dict(queue.slots) == {
        "ws_0001/boot": frozenset({0, 1}),
        "global": frozenset({1}),
    }
    assert [c.operation.id for c in queue.candidates] == ["op_0002", "op_0004"]
    async with farm() as work:
        assert (await work.operations.get("op_0002")).token == 0


async def test_an_operation_that_was_cancelled_meanwhile_does_not_start(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            await work.workstations.add(a_workstation())
            await work.emulators.put([an_emulator(1), an_emulator(2)])
        await add(one, an_operation(1), an_operation(2, emulator=2))

        async def cancel() -> None:
            async with contextlib.AsyncExitStack() as stack:
                stack.enter_context(contextlib.suppress(errors.RecordChanged))
                work = await stack.enter_async_context(two())
                await work.operations.put(an_operation(1).cancelled(at=START))

        async with asyncio.TaskGroup() as group:
            group.create_task(cancel())
            admission = group.create_task(one.admission.admit(start_all, owner="me", lease=LEASE))

        started = {operation.id for operation in admission.result()}
        async with one() as work:
            cancelled = await work.operations.get("op_0001")
        assert "op_0002" in started
        assert (cancelled.status is OperationStatus.CANCELLED) == ("op_0001" not in started)


async def test_what_waits_is_told_why(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))

    def refuse(queue: Queue) -> Verdict:
        return Verdict(waiting={c.operation.id: "the PC is off" for c in queue.candidates})

    assert await farm.admission.admit(refuse, owner="me", lease=LEASE) == []
    async with farm() as work:
        told = (await work.operations.get(OP)).waiting_for
    await farm.admission.admit(start_all, owner="me", lease=LEASE)

    assert told == "the PC is off"
    async with farm() as work:
        assert (await work.operations.get(OP)).waiting_for is None


async def test_what_was_changed_while_it_was_queued_is_in_what_was_admitted(
    farm: Database,
) -> None:
    await add(farm, an_operation())
    await the_queue(farm)
    async with farm() as work:
        await work.operations.put(an_operation(reason="the owner asked"))

    (admitted,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    assert admitted.reason == "the owner asked"
    async with farm() as work:
        assert await work.operations.get(OP) == admitted


async def test_a_candidate_tells_what_it_was_told_last(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))

    def refuse(queue: Queue) -> Verdict:
        told = queue.candidates[0].operation.waiting_for
        return Verdict(waiting={OP: "no slot" if told else "the PC is off"})

    for _ in range(2):
        await farm.admission.admit(refuse, owner="me", lease=LEASE)

    queue = await the_queue(farm)

    assert [c.operation.waiting_for for c in queue.candidates] == ["no slot", None]


async def test_a_failing_decision_changes_nothing(farm: Database) -> None:
    await add(farm, an_operation())

    def broken(_queue: Queue) -> Verdict:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await farm.admission.admit(broken, owner="me", lease=LEASE)

    assert [c.operation.id for c in (await the_queue(farm)).candidates] == [OP]


async def test_renewing_lengthens_the_leases_of_the_owner_alone(
    farm: Database, place: Place
) -> None:
    await start_one(farm)
    await add(farm, an_operation(2, emulator=2))
    await farm.admission.admit(start_all, owner="other", lease=LEASE)
    place.clock.move(20)

    renewed = await farm.admission.renew(owner="me", lease=LEASE)

    assert [(o.id, o.lease_until) for o in renewed] == [(OP, place.clock.now() + LEASE)]
    place.clock.move(20)
    assert [o.id for o in await farm.admission.abandoned()] == ["op_0002"]
    assert [o.id for o in await farm.admission.abandoned(all_owners=True)] == [OP, "op_0002"]


async def test_renewing_tells_of_a_cancellation_and_leaves_out_what_was_lost(
    farm: Database, place: Place
) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.cancelling())
    (renewed,) = await farm.admission.renew(owner="me", lease=LEASE)
    place.clock.move(31)
    (abandoned,) = await farm.admission.abandoned()

    await farm.admission.take_over(abandoned, owner="other", lease=LEASE)

    assert renewed.status is OperationStatus.CANCELLING
    assert await farm.admission.renew(owner="me", lease=LEASE) == []


async def test_an_abandoned_operation_is_taken_over_once_with_its_slots(
    farm: Database, place: Place
) -> None:
    held = await start_one(farm)
    place.clock.move(31)
    (abandoned,) = await farm.admission.abandoned()

    outcomes = await asyncio.gather(
        *(farm.admission.take_over(abandoned, owner=f"o{n}", lease=LEASE) for n in range(5))
    )

    (taken,) = (outcome for outcome in outcomes if outcome is not None)
    assert (taken.token, taken.attempt) == (held.token + 1, 2)
    assert taken.lease_until == place.clock.now() + LEASE
    assert taken.started_at == held.started_at
    assert (await the_queue(farm)).slots == {"ws_0001/boot": frozenset({0})}
    async with farm() as work:
        assert await work.operations.get(OP) == taken


async def test_an_owner_that_lives_after_all_keeps_its_operation(
    farm: Database, place: Place
) -> None:
    await start_one(farm)
    place.clock.move(31)
    (abandoned,) = await farm.admission.abandoned()
    await farm.admission.renew(owner="me", lease=LEASE)

    assert await farm.admission.take_over(abandoned, owner="other", lease=LEASE) is None


async def test_an_ended_operation_is_not_taken_over(farm: Database, place: Place) -> None:
    held = await start_one(farm)
    place.clock.move(31)
    (abandoned,) = await farm.admission.abandoned()
    async with farm() as work:
        await work.operations.put(held.timed_out(at=START))

    assert await farm.admission.take_over(abandoned, owner="other", lease=LEASE) is None
    assert await farm.admission.abandoned(all_owners=True) == []


async def seconds_until_woken(waiter: Database, waker: Callable[[], Any]) -> float:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(waiter.admission.woken(5))
        await asyncio.sleep(0.1)
        started = loop.time()
        outcome = waker()
        if outcome is not None:
            await outcome
        await waiting
    return loop.time() - started


async def test_waking_ends_the_wait(farm: Database) -> None:
    await farm.admission.woken(0.01)

    assert await seconds_until_woken(farm, farm.admission.wake) < 1


async def test_a_wake_before_the_wait_is_not_lost(farm: Database) -> None:
    await farm.admission.woken(0.01)
    farm.admission.wake()
    started = asyncio.get_running_loop().time()

    await farm.admission.woken(5)

    assert asyncio.get_running_loop().time() - started < 1


async def test_a_wait_ends_by_itself(farm: Database) -> None:
    await farm.admission.woken(0.01)
    async with asyncio.timeout(2):
        await farm.admission.woken(0.05)


async def test_a_new_and_an_ended_operation_wake_the_queue(farm: Database) -> None:
    await farm.admission.woken(0.01)

    assert await seconds_until_woken(farm, lambda: add(farm, an_operation())) < 1
    (held,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    async def end() -> None:
        async with farm() as work:
            await work.operations.put(held.succeeded(at=START, result={}))

    assert await seconds_until_woken(farm, end) < 1
