import asyncio
from dataclasses import replace

import pytest

from ldfleet import errors
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.simulator.ldplayer.install import Install
from support.cutting import run_until_cut
from support.fastfleet import Fleet


def install_of(fleet: Fleet) -> Install:
    return fleet.pc().machine.installs[0]


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def removals(fleet: Fleet) -> list[str]:
    return [each.effect for each in fleet.commands("remove")]


async def protect(fleet: Fleet, index: int) -> None:
    emulator = await fleet.emulator(index)
    async with fleet.database() as work:
        protected = replace(emulator, protected=True)
        await work.emulators.change(protected, expected_version=emulator.version)


async def test_a_removed_emulator_is_gone_there_and_here(fleet: Fleet) -> None:
    gone = await fleet.emulator(1)
    before = await fleet.database.feed.head()

    operation = await fleet.do(Verb.REMOVE, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {"index": 1, "rounds": 1, "swept": [], "left_behind": []}
    assert 1 not in install_of(fleet).instances
    assert [each.index for each in await fleet.emulators()] == [0, 2]
    told = [each for each in await fleet.events(before) if each.type == "emulator.removed"]
    assert [each.subject for each in told] == [gone.id]


async def test_a_protected_emulator_is_not_removed(fleet: Fleet) -> None:
    await protect(fleet, 1)

    assert code_of(await fleet.do(Verb.REMOVE, 1)) == "emulator_protected"
    assert removals(fleet) == []


async def test_a_running_emulator_is_not_removed(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    assert code_of(await fleet.do(Verb.REMOVE, 1)) == "emulator_wrong_state"
    assert removals(fleet) == []


async def test_one_that_comes_back_empty_is_removed_again(fleet: Fleet) -> None:
    fleet.switch(recreate_after_remove=1)

    operation = await fleet.do(Verb.REMOVE, 1)

    assert operation.result is not None and operation.result["rounds"] == 2, operation.failure
    assert 1 not in install_of(fleet).instances
    assert removals(fleet) == ["removed", "removed"]


async def test_one_that_always_comes_back_is_told_of(fleet: Fleet) -> None:
    fleet.switch(recreate_after_remove=9)

    operation = await fleet.do(Verb.REMOVE, 1)

    assert code_of(operation) == "emulator_not_removed"
    assert removals(fleet) == ["removed"] * 3


async def test_what_ldplayer_leaves_behind_is_swept(fleet: Fleet) -> None:
    fleet.switch(remove_leaves_folder=True)
    folder = install_of(fleet).storage.folder(1)

    operation = await fleet.do(Verb.REMOVE, 1)

    assert operation.result is not None and operation.result["swept"] == [folder]
    assert not fleet.pc().machine.host.files.exists(folder)


async def test_what_can_not_be_swept_is_told(fleet: Fleet) -> None:
    folder = install_of(fleet).storage.folder(1)
    fleet.switch(remove_leaves_folder=True, access_denied=rf"{folder}\data.vmdk")

    operation = await fleet.do(Verb.REMOVE, 1)

    assert operation.result is not None, operation.failure
    assert operation.result["left_behind"] == [folder]


async def test_a_newcomer_at_its_index_is_left_alone(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.REMOVE, 1)
    by_hand = fleet.pc().machine.actions["by_hand"]
    by_hand(["remove", "--index", "1"])
    await asyncio.sleep(0.1)
    by_hand(["add", "--name", "newcomer"])
    await asyncio.sleep(0.1)

    ended = await fleet.run(operation)

    assert code_of(ended) == "emulator_gone"
    assert install_of(fleet).name_of(install_of(fleet).instances[1]) == "newcomer"


async def test_removing_twice_removes_nothing_more(fleet: Fleet) -> None:
    first = await fleet.do(Verb.REMOVE, 1)
    by_hand = fleet.pc().machine.actions["by_hand"]
    by_hand(["add"])

    async with fleet.database() as work:
        gone = await work.emulators.get(first.emulator_id or "")

    with pytest.raises(errors.EmulatorGone):
        gone.check_may(Verb.REMOVE)
    assert len(removals(fleet)) == 1


async def test_an_emulator_that_is_being_removed_can_be_asked_for_nothing_more(
    fleet: Fleet,
) -> None:
    operation = await fleet.queue(Verb.REMOVE, 1)
    emulator = await fleet.emulator(1)

    with pytest.raises(errors.EmulatorGone):
        emulator.check_may(Verb.RENAME, after=[operation])


@pytest.mark.parametrize("cut_at", range(1, 13))
async def test_a_removal_cut_off_at_any_step_is_finished_without_a_second_removal(
    fleet: Fleet, cut_at: int
) -> None:
    operation = await fleet.queue(Verb.REMOVE, 1)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert removals(fleet) == ["removed"]
    assert [each.index for each in await fleet.emulators()] == [0, 2]
