import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import EmulatorStatus, Power
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Credentials
from support.fastfleet import Fleet


async def by_hand(fleet: Fleet, *words: str) -> None:
    """Somebody at the PC does it, and it has had its effect."""
    fleet.pc().machine.actions["by_hand"](list(words))
    await asyncio.sleep(0.1)


def types(events: Sequence[Any]) -> list[str]:
    return [event.type.value for event in events]


async def test_a_scan_finds_ldplayer_and_its_emulators(fleet: Fleet) -> None:
    emulators = await fleet.emulators()

    assert [each.name for each in emulators] == ["LDPlayer", "farm-01", "farm-02"]
    assert {each.status for each in emulators} == {EmulatorStatus.STOPPED}
    assert all(each.marker.android_id for each in emulators)
    (install,) = (await fleet.health()).installs
    assert (install.path, install.generation) == (r"C:\LDPlayer\LDPlayer9", 9)


async def test_a_second_scan_tells_nothing_new(fleet: Fleet) -> None:
    before = await fleet.database.feed.head()

    tally = await fleet.scan()

    assert (tally.emulators, tally.added, tally.changed, tally.removed) == (3, 0, 0, 0)
    assert await fleet.events(before) == []


async def test_a_quiet_scan_costs_one_command(fleet: Fleet) -> None:
    before = len(fleet.farm.journal.after())

    await fleet.scan()

    processes = [each for each in fleet.farm.journal.after(before) if each.kind == "process"]
    assert len(processes) == 1


async def test_a_rename_on_the_pc_keeps_the_id(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    before = await fleet.database.feed.head()
    await by_hand(fleet, "rename", "--index", "1", "--title", "shop, blue")

    await fleet.scan()

    emulator = await fleet.emulator(1)
    assert (emulator.id, emulator.name) == (known.id, "shop, blue")
    (event,) = await fleet.events(before)
    assert event.data["before"] == {"name": "farm-01"}
    assert event.data["after"] == {"name": "shop, blue"}


async def test_an_index_used_again_is_another_emulator(fleet: Fleet) -> None:
    old = await fleet.emulator(1)
    before = await fleet.database.feed.head()
    await by_hand(fleet, "remove", "--index", "1")
    await by_hand(fleet, "add", "--name", old.name)

    await fleet.scan(thorough=True)

    new = await fleet.emulator(1)
    assert new.id != old.id
    (kept,) = [each for each in await fleet.emulators(removed=True) if each.id == old.id]
    assert kept.removed_at is not None
    assert types(await fleet.events(before)) == ["emulator.removed", "emulator.added"]


async def test_an_emulator_that_vanished_is_kept_as_removed(fleet: Fleet) -> None:
    old = await fleet.emulator(2)
    await by_hand(fleet, "remove", "--index", "2")

    await fleet.scan()

    assert len(await fleet.emulators()) == 2
    assert old.id in {each.id for each in await fleet.emulators(removed=True)}


async def test_an_emulator_started_by_hand_is_followed_until_it_is_ready(fleet: Fleet) -> None:
    fleet.switch(boot_s=60.0)
    await by_hand(fleet, "launch", "--index", "1")
    seen: list[EmulatorStatus] = []

    while EmulatorStatus.READY not in seen and len(seen) < 60:
        await fleet.scan()
        seen.append((await fleet.emulator(1)).status)
        await asyncio.sleep(0.05)

    assert seen[0] is EmulatorStatus.STARTING
    assert seen[-1] is EmulatorStatus.READY


async def test_what_people_set_survives_a_scan(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    async with fleet.database() as work:
        await work.emulators.change(replace(known, notes="mine"), expected_version=known.version)
    await by_hand(fleet, "rename", "--index", "1", "--title", "shop")

    await fleet.scan()

    emulator = await fleet.emulator(1)
    assert (emulator.name, emulator.notes) == ("shop", "mine")


# Bad input: each a named error, and the inventory keeps what it knew


async def refused(fleet: Fleet, **how: Any) -> errors.FleetError:
    with pytest.raises(errors.FleetError) as caught:
        await fleet.scan(**how)
    return caught.value


async def test_garbage_where_list2_should_be_is_named(fleet: Fleet) -> None:
    known = await fleet.emulators()
    fleet.switch(garbage_list2=True)

    error = await refused(fleet)

    assert isinstance(error, errors.LDPlayerSaidNonsense)
    assert any("stdout" in note for note in error.__notes__)
    assert await fleet.emulators() == known


async def test_a_truncated_config_file_is_named_and_the_others_are_read(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    fleet.switch(truncated_config=1)
    await by_hand(fleet, "rename", "--index", "2", "--title", "shop")

    error = await refused(fleet, thorough=True)

    assert isinstance(error, errors.ConfigFileUnreadable)
    assert "leidian1.config" in error.path
    emulator = await fleet.emulator(1)
    assert (emulator.name, emulator.marker) == (known.name, known.marker)
    assert emulator.observed.trouble == str(error)
    assert (await fleet.emulator(2)).name == "shop"


async def test_a_repaired_config_file_ends_the_trouble(fleet: Fleet) -> None:
    fleet.switch(truncated_config=1)
    await refused(fleet, thorough=True)

    fleet.switch(truncated_config=False)
    await by_hand(fleet, "modify", "--index", "1", "--imei", "auto")
    await fleet.scan()

    assert (await fleet.emulator(1)).observed.trouble is None


async def test_an_unreachable_workstation_changes_nothing(fleet: Fleet) -> None:
    known = await fleet.emulators()
    fleet.switch(unreachable=True)

    assert isinstance(await refused(fleet), errors.WorkstationUnreachable)
    assert await fleet.emulators() == known


async def test_without_ldplayer_it_is_said_where_it_was_looked_for(fleet: Fleet) -> None:
    known = await fleet.emulators()
    fleet.switch(not_installed=True)

    error = await refused(fleet)

    assert isinstance(error, errors.LDPlayerNotInstalled)
    assert "LDPlayer9" in error.looked_at
    assert await fleet.emulators() == known


async def test_ldplayer_is_found_without_its_registry_keys(fleet: Fleet) -> None:
    fleet.switch(registry_missing=True)

    tally = await fleet.scan(registry=True)

    assert tally.installs == 1


async def test_a_wrong_password_is_named(fleet: Fleet) -> None:
    workstation = await fleet.workstation()
    async with fleet.database() as work:
        await work.secrets.put(workstation.id, Credentials(password="wrong"))

    assert isinstance(await refused(fleet), errors.WorkstationRefusedLogin)


@pytest.mark.parametrize("page", ["gbk", "utf-8", "cp1251"])
async def test_names_come_from_the_config_file_whatever_the_code_page(
    fleet: Fleet, page: str
) -> None:
    fleet.switch(code_page=page)
    await by_hand(fleet, "rename", "--index", "1", "--title", "Ферма 1")

    await fleet.scan()
    before = len(fleet.farm.journal.after())
    await fleet.scan()

    assert (await fleet.emulator(1)).name == "Ферма 1"
    processes = [each for each in fleet.farm.journal.after(before) if each.kind == "process"]
    assert len(processes) == 1


async def test_zombies_are_told_after_a_while(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    fleet.switch(zombie=1)
    await fleet.scan()
    early = await fleet.emulator(1)

    await asyncio.sleep(32 / fleet.clock.scale)
    await fleet.scan()

    assert early.observed.trouble is None and early.observed.power is Power.STARTING
    assert "no virtual machine" in ((await fleet.emulator(1)).observed.trouble or "")


# As an operation


async def test_a_scan_as_an_operation_tells_what_it_found(fleet: Fleet) -> None:
    await by_hand(fleet, "add", "--name", "newcomer")

    operation = await fleet.do(Verb.SCAN)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert (operation.result["emulators"], operation.result["added"]) == (4, 1)


async def test_a_scan_that_reads_nonsense_fails_with_its_name(fleet: Fleet) -> None:
    fleet.switch(garbage_list2=True)

    operation = await fleet.do(Verb.SCAN)

    assert operation.failure is not None
    assert operation.failure["code"] == "ldplayer_said_nonsense"
