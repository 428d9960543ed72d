"""What `ports.Audit` promises, held against SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import FIRST_HASH, AuditEntry, AuditResult, done, refused
from ldfleet.ports import AuditQuery
from ldfleet.storage.database import Database
from support.stores import START, Place

ANNA = Actor(name="anna", address="10.0.0.9", correlation_id="rq_1")


def an_entry(number: int, **changes: Any) -> AuditEntry:
    fields: dict[str, Any] = {
        "actor": "anna",
        "source": "api",
        "action": "workstation.change",
        "subject": f"ws_{number:04}",
        "at": START + timedelta(seconds=number),
    }
    return AuditEntry(**{**fields, **changes})


async def record(database: Database, *entries: AuditEntry) -> None:
    async with database() as work:
        for entry in entries:
            work.audit.record(entry)


async def listed(database: Database, **conditions: Any) -> list[str | None]:
    async with database() as work:
        page = await work.audit.list(AuditQuery(**conditions))
        return [entry.subject for entry in page.items]


async def test_an_entry_comes_back_as_it_was_recorded(database: Database) -> None:
    told = done(
        ANNA,
        "workstation.change",
        at=START + timedelta(microseconds=7),
        subject="ws_0001",
        subject_name="фабрика",
        before={"name": "a", "tags": ["x"], "port": 5986},
        after={"name": "b", "tags": ["x"], "port": 5986},
        reason="moved",
    )
    await record(database, told)

    async with database() as work:
        [(entry, _)] = await work.audit.links(after=0, limit=10)

    assert entry == AuditEntry(
        seq=1,
        at=START + timedelta(microseconds=7),
        actor="anna",
        source="api",
        address="10.0.0.9",
        action="workstation.change",
        subject="ws_0001",
        subject_name="фабрика",
        before={"name": "a"},
        after={"name": "b"},
        reason="moved",
        correlation_id="rq_1",
    )


async def test_a_refusal_names_the_error_that_it_was(database: Database) -> None:
    await record(database, refused(ANNA, "users.add", errors.TokenInvalid(), at=START))

    async with database() as work:
        [entry] = (await work.audit.list(AuditQuery(result=AuditResult.REFUSED))).items

    assert (entry.actor, entry.action, entry.code) == ("anna", "users.add", "token_invalid")


async def test_each_hash_builds_on_the_one_before(database: Database) -> None:
    await record(database, an_entry(1), an_entry(2))
    await record(database, an_entry(3))

    async with database() as work:
        links = await work.audit.links(after=0, limit=10)
        head = await work.audit.head()

    previous = FIRST_HASH
    for entry, link in links:
        previous = entry.chained(previous)
        assert link == previous
    assert [entry.seq for entry, _ in links] == [1, 2, 3]
    assert head == (3, previous)


async def test_what_is_undone_leaves_no_entry_and_no_gap(database: Database) -> None:
    async def fail() -> None:
        async with database() as work:
            work.audit.record(an_entry(1))
            await work.emulators.get("em_none")

    with pytest.raises(errors.EmulatorNotFound):
        await fail()
    await record(database, an_entry(2))

    async with database() as work:
        [(entry, _)] = await work.audit.links(after=0, limit=10)

    assert (entry.seq, entry.subject) == (1, "ws_0002")


async def test_writers_at_once_make_one_chain(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with asyncio.TaskGroup() as group:
            for number in range(10):
                group.create_task(record((one, two)[number % 2], an_entry(number)))
        async with one() as work:
            links = await work.audit.links(after=0, limit=100)

    previous = FIRST_HASH
    for entry, link in links:
        previous = entry.chained(previous)
        assert link == previous
    assert [entry.seq for entry, _ in links] == list(range(1, 11))


async def test_entries_are_found_by_what_they_tell(database: Database) -> None:
    await record(
        database,
        an_entry(1),
        an_entry(2, actor="bob", action="workstation.add"),
        an_entry(3, actor="bob", action="profile.add"),
    )

    assert await listed(database) == ["ws_0003", "ws_0002", "ws_0001"]
    assert await listed(database, actor="bob") == ["ws_0003", "ws_0002"]
    assert await listed(database, action="workstation.") == ["ws_0002", "ws_0001"]
    assert await listed(database, action="workstation.add") == ["ws_0002"]
    assert await listed(database, subject="ws_0001") == ["ws_0001"]
    assert await listed(database, since=START + timedelta(seconds=2)) == ["ws_0003", "ws_0002"]
    assert await listed(database, until=START + timedelta(seconds=2)) == ["ws_0001"]


async def test_the_list_is_read_on_from_a_cursor(database: Database) -> None:
    await record(database, *(an_entry(number) for number in range(1, 6)))

    async with database() as work:
        first = await work.audit.list(AuditQuery(), limit=3)
        rest = await work.audit.list(AuditQuery(), cursor=first.next_cursor, limit=3)

    assert [entry.seq for entry in (*first.items, *rest.items)] == [5, 4, 3, 2, 1]
    assert rest.next_cursor is None
