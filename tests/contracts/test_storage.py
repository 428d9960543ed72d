"""What `ports.py` promises of keeping things, held against SQLite and PostgreSQL."""

import asyncio
from collections.abc import Sequence

import pytest

from ldfleet import errors
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import (
    Credentials,
)
from ldfleet.ports import EmulatorQuery, OperationQuery
from ldfleet.storage.database import Database
from support.keeping import (
    OP,
    PASSWORD,
    WS,
)
from support.stores import START, Place, a_workstation, an_operation


async def test_what_was_written_is_there_after_a_restart(place: Place) -> None:
    async with place.opened() as first, first() as work:
        await work.workstations.add(a_workstation())

    async with place.opened() as second, second() as work:
        assert await work.workstations.get(WS) == a_workstation()


async def test_a_stop_waits_for_the_units_under_way(place: Place) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def adding(database: Database) -> None:
        async with database() as work:
            begun.set()
            await ended.wait()
            await work.workstations.add(a_workstation())

    async with asyncio.TaskGroup() as group, place.opened() as first:
        group.create_task(adding(first))
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, ended.set)

    async with place.opened() as second, second() as work:
        assert (await work.workstations.get(WS)).id == WS


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
