"""What `ports.Emulators` promises, held against SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import (
    BirthMarker,
    EmulatorStatus,
    Screen,
)
from ldfleet.ports import EmulatorQuery
from ldfleet.storage.database import Database
from support.keeping import WS, every_page, running
from support.stores import START, a_workstation, an_emulator


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
        config_read_at=START + timedelta(microseconds=2),
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
    assert [e.emulator.id for e in found] == expected


async def test_removed_emulators_are_listed_only_if_asked_for(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([replace(an_emulator(1), removed_at=START)])

        there = await work.emulators.list(EmulatorQuery(workstation_id=WS))
        all_ = await work.emulators.list(EmulatorQuery(workstation_id=WS, removed=True))
        of_workstation = await work.emulators.of_workstation(WS)
        counts = await work.emulators.counts()

    assert [e.emulator.id for e in there.items] == ["em_0002", "em_0003", "em_0004"]
    assert [e.emulator.id for e in all_.items] == ["em_0001", "em_0002", "em_0003", "em_0004"]
    assert list(of_workstation) == [e.emulator for e in there.items]
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

    assert {e.emulator.id for e in found.items} == expected
