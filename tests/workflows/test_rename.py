import pytest

from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from support.cutting import run_until_cut
from support.fastfleet import Fleet

NAME = {"name": "Ферма 7, левая"}


def on_machine(fleet: Fleet, index: int) -> str:
    install = fleet.pc().machine.installs[0]
    return install.name_of(install.instances[index])


async def test_a_renamed_emulator_has_its_name_there_and_here(fleet: Fleet) -> None:
    before = await fleet.database.feed.head()

    operation = await fleet.do(Verb.RENAME, 1, params=NAME)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {"name": "Ферма 7, левая", "before": "farm-01"}
    assert on_machine(fleet, 1) == "Ферма 7, левая"
    assert (await fleet.emulator(1)).name == "Ферма 7, левая"
    told = [each for each in await fleet.events(before) if each.type == "emulator.changed"]
    assert told[-1].data["after"]["name"] == "Ферма 7, левая"


async def test_a_running_emulator_is_renamed(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    assert (await fleet.do(Verb.RENAME, 1, params=NAME)).status is OperationStatus.SUCCEEDED
    await fleet.do(Verb.QUIT, 1)
    assert on_machine(fleet, 1) == "Ферма 7, левая"


async def test_a_name_that_another_has_is_taken(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.RENAME, 1, params={"name": "farm-02"})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert [each.name for each in await fleet.emulators()] == ["LDPlayer", "farm-02", "farm-02"]


async def test_renaming_twice_is_as_good_as_once(fleet: Fleet) -> None:
    await fleet.do(Verb.RENAME, 1, params=NAME)

    operation = await fleet.do(Verb.RENAME, 1, params=NAME)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert on_machine(fleet, 1) == "Ферма 7, левая"


async def test_a_name_that_ldplayer_does_not_take_is_told(fleet: Fleet) -> None:
    fleet.switch(full_disk=True)  # its file can't be written then, and it says nothing of that

    operation = await fleet.do(Verb.RENAME, 1, params={"name": "n" * 64})

    assert operation.failure is not None
    assert operation.failure["code"] == "emulator_setting_not_taken"
    assert operation.failure["found"] == "farm-01"
    assert (await fleet.emulator(1)).name == "farm-01"


async def test_a_removed_emulator_is_not_renamed(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.RENAME, 1, params=NAME)
    fleet.pc().machine.actions["by_hand"](["remove", "--index", "1"])
    await fleet.clock.sleep(5)

    ended = await fleet.run(operation)

    assert ended.failure is not None and ended.failure["code"] == "emulator_gone"


@pytest.mark.parametrize("cut_at", range(1, 7))
async def test_a_rename_cut_off_at_any_step_is_finished(fleet: Fleet, cut_at: int) -> None:
    operation = await fleet.queue(Verb.RENAME, 1, params=NAME)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert ended.result == {"name": "Ферма 7, левая", "before": "farm-01"}
