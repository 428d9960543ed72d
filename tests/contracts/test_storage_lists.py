"""Filters, sorts, scopes and cursors: SQL and the pure rules agree, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.emulator import Adb, Android, Observation, PlacedEmulator, Power
from ldfleet.domain.filter import parse
from ldfleet.domain.listing import (
    EMULATORS,
    OPERATIONS,
    WORKSTATIONS,
    facts_of_workstation,
)
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.sort import Sort, parse_sort
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, Health, Workstation, WorkstationStatus
from ldfleet.ports import EmulatorQuery, OperationQuery, WorkstationQuery
from ldfleet.storage.database import Database
from support.keeping import every_page
from support.listings import NAMES, filters, in_order, many, sorts
from support.stores import START, a_workstation, an_emulator, an_operation

NOW = START + timedelta(hours=1)
TAGS = ("qa", "qa-2", "q_a", "spare", "x")
MOMENTS = st.integers(-7200, 7200).map(lambda s: NOW + timedelta(seconds=s, microseconds=s % 3))


@st.composite
def emulators_(draw: st.DrawFn) -> list[Any]:
    return [
        an_emulator(
            number,
            workstation=draw(st.integers(1, 3)),
            name=draw(st.sampled_from(NAMES)),
            cpu=draw(st.sampled_from([None, 1, 2, 4])),
            memory_mib=draw(st.sampled_from([None, 2048, 4096])),
            tags=tuple(draw(st.sets(st.sampled_from(TAGS), max_size=3))),
            notes=draw(st.sampled_from(["", "a note", "A_NOTE"])),
            protected=draw(st.booleans()),
            current=draw(st.booleans()),
            observed=Observation(
                at=draw(MOMENTS),
                power=draw(st.sampled_from(list(Power))),
                android=draw(st.sampled_from(list(Android))),
                adb=draw(st.sampled_from(list(Adb))),
                since=draw(MOMENTS),
                trouble=draw(st.sampled_from([None, "ADB is off"])),
            ),
            created_at=draw(MOMENTS),
        )
        for number in range(1, 9)
    ]


@st.composite
def workstations_(draw: st.DrawFn) -> list[Workstation]:
    return [
        a_workstation(
            number,
            name=f"{draw(st.sampled_from(['PC', 'pc', 'стол']))}-{number}",
            site=draw(st.sampled_from(["default", "berlin"])),
            tags=tuple(draw(st.sets(st.sampled_from(TAGS), max_size=2))),
            maintenance=draw(st.sampled_from([None, "fan"])),
            address=Address(host=f"10.0.0.{number}", port=5986, username="Farm"),
            health=Health(
                status=draw(st.sampled_from([WorkstationStatus.ONLINE, WorkstationStatus.UNKNOWN])),
                seen_at=draw(st.none() | MOMENTS),
                changed_at=draw(st.none() | MOMENTS),
                desktop_user=draw(st.sampled_from([None, "FARM\\anna"])),
            ),
        )
        for number in (1, 2, 3)
    ]


def facts_of_emulator(placed: PlacedEmulator) -> dict[str, Any]:
    emulator = placed.emulator
    seen = emulator.observed
    return {
        "name": emulator.name,
        "status": emulator.status,
        "power": emulator.power,
        "android": seen.android if emulator.current else None,
        "adb": seen.adb if emulator.current else None,
        "workstation": placed.workstation_name,
        "site": placed.site,
        "tag": emulator.tags,
        "cpu": emulator.cpu,
        "memory": emulator.memory_mib,
        "index": emulator.index,
        "install": emulator.install,
        "notes": emulator.notes,
        "trouble": seen.trouble,
        "protected": emulator.protected,
        "current": emulator.current,
        "seen": placed.seen_at,
        "since": seen.since,
        "created": emulator.created_at,
        "updated": emulator.updated_at,
        "id": emulator.id,
        "workstation_id": emulator.workstation_id,
    }


async def fill(database: Database, farm: list[Workstation], emulators: list[Any]) -> None:
    async with database() as work:
        for workstation in await work.workstations.every():
            await work.workstations.remove(workstation.id)
        for workstation in farm:
            await work.workstations.add(workstation)
        await work.emulators.put(emulators)


@many
@given(workstations_(), emulators_(), filters(EMULATORS), sorts(EMULATORS))
async def test_emulators_are_filtered_and_sorted_as_the_rules_say(
    database: Database, farm: list[Workstation], emulators: list[Any], text: str, sort: Sort
) -> None:
    await fill(database, farm, emulators)
    wanted = parse(text, EMULATORS, now=NOW)
    async with database() as work:
        rows = [
            facts_of_emulator(placed)
            for placed in (await work.emulators.list(EmulatorQuery(), limit=500)).items
        ]
        query = EmulatorQuery(matching=wanted, sort=sort)
        found = await every_page(
            lambda cursor: work.emulators.list(query, cursor=cursor, limit=2, count=True)
        )
        total = (await work.emulators.list(query, limit=1, count=True)).total

    expected = [row for row in rows if wanted.holds(row)]
    assert {each.emulator.id for each in found} == {row["id"] for row in expected}
    assert total == len(found) == len(expected)
    if sort:
        assert [each.emulator.id for each in found] == in_order(expected, sort)


@many
@given(workstations_(), filters(WORKSTATIONS), sorts(WORKSTATIONS))
async def test_workstations_are_filtered_and_sorted_as_the_rules_say(
    database: Database, farm: list[Workstation], text: str, sort: Sort
) -> None:
    await fill(database, farm, [])
    wanted = parse(text, WORKSTATIONS, now=NOW)
    async with database() as work:
        query = WorkstationQuery(matching=wanted, sort=sort)
        found = await every_page(
            lambda cursor: work.workstations.list(query, cursor=cursor, limit=1)
        )

    expected = [row for row in map(facts_of_workstation, farm) if wanted.holds(row)]
    assert {each.id for each in found} == {row["id"] for row in expected}
    if sort:
        assert [each.id for each in found] == in_order(expected, sort)


@many
@given(
    workstations_(),
    emulators_(),
    st.sets(st.sampled_from(TAGS), max_size=2),
    st.sets(st.sampled_from(["default", "berlin"]), max_size=1),
)
async def test_a_scope_is_of_sites_and_of_tags_of_both(
    database: Database,
    farm: list[Workstation],
    emulators: list[Any],
    tags: set[str],
    sites: set[str],
) -> None:
    await fill(database, farm, emulators)
    scope = Scope(tags=frozenset(tags), sites=frozenset(sites))
    async with database() as work:
        for number in range(1, 9):
            at = emulators[number - 1].workstation_id[-1]
            await work.operations.add(an_operation(number, emulator=number, workstation=int(at)))
        seen = (await work.emulators.list(EmulatorQuery(scope=scope))).items
        pcs = (await work.workstations.list(WorkstationQuery(scope=scope))).items
        asked = (await work.operations.list(OperationQuery(scope=scope))).items

    by_id = {each.id: each for each in farm}
    expected = {
        each.id
        for each in emulators
        for at in [by_id[each.workstation_id]]
        if scope.holds(site=at.site, tags=(*each.tags, *at.tags))
    }
    assert {each.emulator.id for each in seen} == expected
    assert {each.emulator_id for each in asked} == expected
    assert {w.id for w in pcs} == {w.id for w in farm if scope.holds(site=w.site, tags=w.tags)}


async def test_operations_are_filtered_and_sorted(farm: Database) -> None:
    async with farm() as work:
        await work.operations.add_many(
            [
                an_operation(1, emulator=1),
                an_operation(2, emulator=5, workstation=2, requested_by="Bob"),
                an_operation(3, emulator=None, workstation=3, verb=Verb.SCAN),
                an_operation(
                    4,
                    emulator=2,
                    status=OperationStatus.FAILED,
                    started_at=START,
                    finished_at=START + timedelta(seconds=9),
                ),
            ]
        )

        async def found(text: str, sort: str = "id") -> list[str]:
            query = OperationQuery(
                matching=parse(text, OPERATIONS, now=NOW), sort=parse_sort(sort, OPERATIONS)
            )
            pages = await every_page(
                lambda cursor: work.operations.list(query, cursor=cursor, limit=1)
            )
            return [each.id[-1] for each in pages]

        assert await found("status:queued verb:launch") == ["1", "2"]
        assert await found("by:bob") == ["2"]
        assert await found("over:yes") == ["4"]
        assert await found("-em:*") == ["3"]
        assert await found('em:"player 1"') == ["1"]
        assert await found("player") == ["1", "2", "4"]
        assert await found("ws:FARM-0001 -over:yes") == ["1"]
        assert await found("", "-finished,-id") == ["4", "3", "2", "1"]
        assert await found("", "emulator") == ["1", "4", "2", "3"]
        assert await found("", "-workstation,id") == ["3", "2", "1", "4"]


async def test_a_cursor_belongs_to_its_filter_and_its_sort(farm: Database) -> None:
    by_name = EmulatorQuery(sort=parse_sort("name", EMULATORS))
    async with farm() as work:
        cursor = (await work.emulators.list(by_name, limit=1)).next_cursor
        others = [
            EmulatorQuery(),
            EmulatorQuery(sort=parse_sort("-name", EMULATORS)),
            replace(by_name, removed=True),
            replace(by_name, matching=parse("status:stopped", EMULATORS, now=NOW)),
            replace(by_name, scope=Scope(sites=frozenset({"default"}))),
        ]

        assert len((await work.emulators.list(by_name, cursor=cursor)).items) == 11
        for other in others:
            with pytest.raises(errors.CursorInvalid):
                await work.emulators.list(other, cursor=cursor)


async def test_pages_stay_in_step_while_things_come_and_go(farm: Database) -> None:
    query = EmulatorQuery(sort=parse_sort("-index", EMULATORS))
    async with farm() as work:
        first = await work.emulators.list(query, limit=4)
        await work.emulators.put([an_emulator(40), an_emulator(3, name="other")])
        second = await work.emulators.list(query, cursor=first.next_cursor, limit=500)

    assert [e.emulator.index for e in first.items] == [12, 11, 10, 9]
    assert [e.emulator.index for e in second.items] == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("text", ["' OR 1=1 --", '";DROP TABLE emulators"', "%' OR '%'='", "\\"])
async def test_what_is_typed_never_becomes_sql(farm: Database, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    async with farm() as work:
        for field in ("name", "install", "tag", "id"):
            wanted = parse(f"{field}:{quoted}", EMULATORS, now=NOW)
            assert (await work.emulators.list(EmulatorQuery(matching=wanted))).items == []
        assert len((await work.emulators.list(EmulatorQuery())).items) == 12
