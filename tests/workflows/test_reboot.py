import asyncio

import pytest

from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from support.cutting import run_until_cut
from support.fastfleet import Fleet


def reboots(fleet: Fleet) -> list[str]:
    return [each.effect for each in fleet.commands("reboot")]


async def test_a_rebooted_emulator_was_seen_ready_with_another_machine(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    before = (await fleet.emulator(1)).observed.vm_pid

    operation = await fleet.do(Verb.REBOOT, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    emulator = await fleet.emulator(1)
    assert emulator.status is EmulatorStatus.READY
    assert emulator.observed.vm_pid not in {None, before}
    assert reboots(fleet) == ["rebooted"]


async def test_an_emulator_that_is_off_is_not_rebooted(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.REBOOT, 1)

    assert operation.failure is not None and operation.failure["code"] == "emulator_wrong_state"
    assert operation.failure["needed"] == "running"
    assert reboots(fleet) == []


async def test_without_a_desktop_session_nothing_is_rebooted(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    fleet.switch(no_desktop_session=True)
    fleet.pc().machine.host.settle()

    operation = await fleet.do(Verb.REBOOT, 1)

    assert operation.status is OperationStatus.FAILED
    assert reboots(fleet) == []


async def test_a_reboot_that_hangs_is_named_by_its_rung(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)
    quick_fleet.switch(stuck_starting=1)

    operation = await quick_fleet.do(Verb.REBOOT, 1, timeout=900.0)

    assert operation.failure is not None
    assert operation.failure["code"] == "emulator_stuck_starting"
    assert (await quick_fleet.emulator(1)).status is EmulatorStatus.DEGRADED


async def test_a_reboot_that_ldplayer_ignores_is_told(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)
    quick_fleet.switch(reboot_ignored=1)

    operation = await quick_fleet.do(Verb.REBOOT, 1)

    assert operation.failure is not None
    assert operation.failure["code"] == "emulator_did_not_reboot"


async def test_rebooting_twice_reboots_twice(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    first, second = await fleet.do(Verb.REBOOT, 1), await fleet.do(Verb.REBOOT, 1)

    assert {first.status, second.status} == {OperationStatus.SUCCEEDED}
    assert reboots(fleet) == ["rebooted", "rebooted"]


async def test_another_emulator_at_the_same_index_is_not_rebooted(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.REBOOT, 1)
    by_hand = fleet.pc().machine.actions["by_hand"]
    for words in (["remove", "--index", "1"], ["add"]):
        by_hand(words)
        await asyncio.sleep(0.1)

    ended = await fleet.run(operation)

    assert ended.failure is not None and ended.failure["code"] == "emulator_gone"


@pytest.mark.parametrize("cut_at", range(1, 17))
async def test_a_reboot_cut_off_at_any_step_is_finished_without_a_second_reboot(
    fleet: Fleet, cut_at: int
) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    operation = await fleet.queue(Verb.REBOOT, 1)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert reboots(fleet) == ["rebooted"]
