"""What `ports.Apps` promises, held against SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.app import Installation, LibraryApp, Packing
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import AppId, EmulatorId, OperationId
from ldfleet.domain.nouns import APPS, INSTALLATIONS
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.sort import Sort, parse_sort
from ldfleet.domain.verb import Verb
from ldfleet.storage.database import Database
from support.apps import an_app
from support.stores import START, an_operation

ONE = an_app(1, package="com.example.game", version_code=7)
TWO = an_app(2, packing=Packing.XAPK, min_sdk=None, created_at=START + timedelta(minutes=1))


@pytest.fixture
async def library(farm: Database) -> Database:
    async with farm() as work:
        await work.apps.add(ONE)
        await work.apps.add(TWO)
    return farm


async def listed(database: Database, **how: Any) -> list[LibraryApp]:
    async with database() as work:
        return list((await work.apps.list(**how)).items)


async def test_apps_come_back_whole_and_newest_first(library: Database) -> None:
    assert await listed(library) == [TWO, ONE]
    async with library() as work:
        assert await work.apps.get("ap_1") == ONE
        assert await work.apps.find(TWO.sha256) == TWO
        assert await work.apps.find("none") is None
        assert await work.apps.size() == ONE.size + TWO.size
        assert await work.apps.checksums() == {ONE.sha256, TWO.sha256}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("space", [TWO, ONE]),
        ("package:com.example.game", [ONE]),
        ("com.example.game2", [TWO]),
        ("packing:xapk", [TWO]),
        ("code:>=7", [ONE]),
        ("min_sdk:<=21", [ONE]),
        ("abi:x86_64 -version:1.1", [TWO]),
        ("by:anna created:>1h", [TWO, ONE]),
        ("abi:arm64-v8a", []),
    ],
)
async def test_they_are_found_by_what_they_are(
    library: Database, text: str, found: list[LibraryApp]
) -> None:
    now = START + timedelta(hours=2)

    assert await listed(library, matching=parse(text, APPS, now=now)) == found


@pytest.mark.parametrize("sort", ["-code", "size", "min_sdk", "package", "file", "-label,id"])
async def test_they_are_sorted_page_by_page(library: Database, sort: str) -> None:
    async with library() as work:
        whole = await work.apps.list(sort=parse_sort(sort, APPS))
        first = await work.apps.list(sort=parse_sort(sort, APPS), limit=1)
        rest = await work.apps.list(sort=parse_sort(sort, APPS), cursor=first.next_cursor)

    assert [*first.items, *rest.items] == list(whole.items)


async def test_the_same_file_is_on_record_once(library: Database) -> None:
    async with library() as work:
        with pytest.raises(errors.RecordChanged):
            await work.apps.add(an_app(9, sha256=ONE.sha256))

    assert await listed(library) == [TWO, ONE]


async def test_what_is_removed_is_gone(library: Database) -> None:
    async with library() as work:
        await work.apps.remove(ONE.id)
        with pytest.raises(errors.AppNotFound):
            await work.apps.get(ONE.id)


async def test_operations_that_are_to_install_it_are_counted(library: Database) -> None:
    wanting: dict[str, Any] = {"verb": Verb.INSTALL, "params": {"app": ONE.id}}
    over: dict[str, Any] = {
        "status": OperationStatus.FAILED,
        "started_at": START,
        "finished_at": START,
    }
    async with library() as work:
        await work.operations.add(an_operation(1, **wanting))
        await work.operations.add(an_operation(2, emulator=2, **wanting, **over))
        await work.operations.add(an_operation(3, emulator=3, verb=Verb.QUIT))

        assert await work.apps.wanted_by(ONE.id) == 1
        assert await work.apps.wanted_by(AppId("ap_")) == 0


async def test_a_token_is_spent_once_and_not_after_its_time(library: Database) -> None:
    at = START + timedelta(minutes=5)
    async with library() as work:
        await work.operations.add(an_operation(1))
        for number in (1, 2):
            await work.transfers.add(
                f"hash {number}", operation_id=OperationId("op_0001"), app_id=ONE.id, expires_at=at
            )
        assert await work.transfers.spend("hash 1", now=START) == ("op_0001", ONE.id)
        assert await work.transfers.spend("hash 1", now=START) is None
        assert await work.transfers.spend("hash 2", now=at) is None
        assert await work.transfers.spend("none", now=START) is None


async def test_tokens_go_with_their_operation_and_their_app(library: Database) -> None:
    at = START + timedelta(minutes=5)
    with pytest.raises(errors.OperationNotFound):
        async with library() as work:
            await work.transfers.add(
                "lost", operation_id=OperationId("op_none"), app_id=ONE.id, expires_at=at
            )
    async with library() as work:
        await work.operations.add(an_operation(1))
        await work.transfers.add(
            "hash", operation_id=OperationId("op_0001"), app_id=ONE.id, expires_at=at
        )
        await work.apps.remove(ONE.id)
        assert await work.transfers.spend("hash", now=START) is None


def seen(emulator: int, **changes: Any) -> Installation:
    fields: dict[str, Any] = {
        "emulator_id": EmulatorId(f"em_{emulator:04}"),
        "package": "com.example.game",
        "version_code": 7,
        "version_name": "1.2.0",
        "app_id": ONE.id,
        "operation_id": "op_1",
        "seen_at": START,
    }
    return Installation(**{**fields, **changes})


async def placed(
    database: Database, text: str = "", *, scope: Scope | None = None, sort: Sort = ()
) -> list[Installation]:
    matching = parse(text, INSTALLATIONS, now=START)
    async with database() as work:
        page = await work.installations.list(
            "com.example.game", scope=scope, matching=matching, sort=sort
        )
    return [each.installation for each in page.items]


async def test_what_is_seen_last_on_an_emulator_is_what_is_there(library: Database) -> None:
    new = seen(1, version_code=8, version_name="1.3.0", app_id=None)
    async with library() as work:
        for each in (seen(1), seen(2), seen(1, package="com.example.other"), new):
            await work.installations.put(each)

    assert await placed(library) == [new, seen(2)]
    assert await placed(library, "code:<8") == [seen(2)]
    assert await placed(library, "-version:1.2.0", sort=parse_sort("-code", INSTALLATIONS)) == [new]
    assert await placed(library, scope=Scope(sites=frozenset({"moon"}))) == []
    async with library() as work:
        await work.installations.gone(EmulatorId("em_0001"), "com.example.game")
    assert await placed(library) == [seen(2)]


async def test_an_app_that_leaves_the_library_leaves_its_places(library: Database) -> None:
    async with library() as work:
        await work.installations.put(seen(1))
        await work.apps.remove(ONE.id)
    with pytest.raises(errors.EmulatorNotFound):
        async with library() as work:
            await work.installations.put(seen(99, app_id=None))

    assert await placed(library) == [seen(1, app_id=None)]


async def test_a_removed_emulator_is_no_place(library: Database) -> None:
    async with library() as work:
        await work.installations.put(seen(1))
        known = await work.emulators.get("em_0001")
        await work.emulators.put([replace(known, removed_at=START)])

    assert await placed(library) == []
