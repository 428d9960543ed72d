import asyncio
from dataclasses import replace
from typing import Any

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.simulator.ldplayer.install import Install
from support.cutting import run_until_cut
from support.fastfleet import Fleet

IDS = ("phoneIMEI", "phoneIMSI", "phoneSimSerial", "phoneAndroidId", "macAddress")


def install_of(fleet: Fleet) -> Install:
    return fleet.pc().machine.installs[0]


def ids_of(fleet: Fleet, index: int) -> list[str]:
    document = install_of(fleet).storage.document(index)
    return [document[f"propertySettings.{name}"] for name in IDS]


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def copies(fleet: Fleet) -> list[str]:
    return [each.effect for each in fleet.commands("copy")]


async def clone(fleet: Fleet, index: int, **params: Any) -> Operation:
    return await fleet.do(Verb.CLONE, index, params=params, timeout=2700.0)


async def test_a_clone_has_a_name_and_ids_of_its_own(quick_fleet: Fleet) -> None:
    operation = await clone(quick_fleet, 1, name="Клон")

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    emulator = await quick_fleet.emulator(3)
    assert operation.result == {
        "emulator_id": emulator.id,
        "index": 3,
        "name": "Клон",
        "source_stopped": False,
    }
    pairs = zip(ids_of(quick_fleet, 1), ids_of(quick_fleet, 3), strict=True)
    assert all(mine != theirs for mine, theirs in pairs)
    assert copies(quick_fleet) == ["copied 1 to 3"]


async def test_a_scan_after_it_finds_nothing_new(quick_fleet: Fleet) -> None:
    await clone(quick_fleet, 1)

    tally = await quick_fleet.scan(thorough=True)

    assert (tally.added, tally.removed) == (0, 0)


async def test_a_clone_lies_in_the_scopes_that_its_source_lies_in(quick_fleet: Fleet) -> None:
    source = await quick_fleet.emulator(1)
    tagged = replace(source, tags=("cafe", "qa"))
    async with quick_fleet.database() as work:
        await work.emulators.change(tagged, expected_version=source.version)

    await clone(quick_fleet, 1)

    assert (await quick_fleet.emulator(3)).tags == ("cafe", "qa")


async def test_a_clone_may_keep_the_ids_of_its_source(quick_fleet: Fleet) -> None:
    operation = await clone(quick_fleet, 1, new_ids=False)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert ids_of(quick_fleet, 3) == ids_of(quick_fleet, 1)
    assert quick_fleet.commands("modify") == []


async def test_a_running_source_is_not_cloned(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)

    assert code_of(await clone(quick_fleet, 1)) == "source_running"
    assert copies(quick_fleet) == []


async def test_a_running_source_is_stopped_first_if_asked(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)

    operation = await clone(quick_fleet, 1, stop_source=True)

    assert operation.result is not None, operation.failure
    assert operation.result["source_stopped"] is True
    assert copies(quick_fleet) == ["copied 1 to 3"]


async def test_a_copy_that_goes_on_in_the_background_is_waited_for(quick_fleet: Fleet) -> None:
    quick_fleet.switch(copy_blocks=False, copy_s=200.0)

    operation = await clone(quick_fleet, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert copies(quick_fleet) == ["copied 1 to 3"]


async def test_a_copy_that_ldplayer_refuses_without_a_word_is_told(quick_fleet: Fleet) -> None:
    quick_fleet.switch(copy_refused=True)

    operation = await clone(quick_fleet, 1)

    assert code_of(operation) == "clone_failed"
    assert copies(quick_fleet) == ["refused"]
    assert len(await quick_fleet.emulators()) == 3


async def test_without_room_nothing_is_copied(quick_fleet: Fleet) -> None:
    quick_fleet.switch(free_bytes_c=1 << 30)

    assert code_of(await clone(quick_fleet, 1)) == "not_enough_disk"
    assert copies(quick_fleet) == []


async def test_two_clones_of_one_workstation_go_one_after_the_other(fleet: Fleet) -> None:
    fleet.switch(copy_s=20.0)
    both = [await fleet.queue(Verb.CLONE, index, timeout=2700.0, params={}) for index in (1, 2)]

    async with asyncio.TaskGroup() as group:
        ended = [group.create_task(fleet.run(each)) for each in both]

    assert {each.result().status for each in ended} == {OperationStatus.SUCCEEDED}
    assert [effect.split()[0] for effect in copies(fleet)] == ["copied", "copied"]
    assert len(await fleet.emulators()) == 5


async def test_cloning_twice_makes_two(quick_fleet: Fleet) -> None:
    await clone(quick_fleet, 1, name="twin")

    operation = await clone(quick_fleet, 1, name="twin")

    assert operation.result is not None and operation.result["index"] == 4, operation.failure


@pytest.mark.parametrize("cut_at", range(1, 22))
async def test_a_clone_cut_off_at_any_step_is_finished_without_a_second_copy(
    fleet: Fleet, cut_at: int
) -> None:
    fleet.switch(copy_s=20.0)
    params = {"name": "Клон"}
    operation = await fleet.queue(Verb.CLONE, 1, params=params, timeout=2700.0)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert copies(fleet) == ["copied 1 to 3"]
    assert len(fleet.commands("modify")) == 1
    assert [each.index for each in await fleet.emulators()] == [0, 1, 2, 3]
