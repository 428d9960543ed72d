import asyncio
from typing import Any

import pytest

from ldfleet.domain.emulator import EmulatorStatus, Power
from ldfleet.domain.operation import Operation, OperationStatus, StepStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.runner import Run, Stop
from ldfleet.engine.scribe import Scribe
from support.fastfleet import Fleet


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def launches(fleet: Fleet) -> list[str]:
    return [each.effect for each in fleet.commands("launch")]


async def test_a_launched_emulator_was_seen_ready(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.LAUNCH, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert operation.result["android"] == "ready"
    assert 10 < operation.result["boot_seconds"] < 60
    assert (await fleet.emulator(1)).status is EmulatorStatus.READY
    assert launches(fleet) == ["launched"]


async def test_every_rung_of_the_boot_is_a_step(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.LAUNCH, 1)

    steps = await fleet.steps(operation)
    assert [step.name for step in steps] == [
        "look",
        "launch",
        "player",
        "machine",
        "adb",
        "android",
    ]
    assert all(step.status is StepStatus.SUCCEEDED for step in steps)


async def test_what_is_seen_on_the_way_up_is_told(fleet: Fleet) -> None:
    before = await fleet.database.feed.head()

    await fleet.do(Verb.LAUNCH, 1)

    told = [each for each in await fleet.events(before) if each.type == "emulator.changed"]
    assert [each.data["status"] for each in told][-1] == "ready"
    assert "starting" in [each.data["status"] for each in told]
    assert told[-1].data["after"]["android"] == "ready"


async def test_what_was_said_to_ldconsole_is_in_the_log(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.LAUNCH, 1)

    async with fleet.database() as work:
        lines = [line for _, line in await work.operations.log_of(operation.id)]
    said = [line for line in lines if line.event == "ldconsole"]
    assert any("launch" in str(line.fields["argv"]) for line in said)
    assert all({"exit_code", "seconds"} <= line.fields.keys() for line in said)


async def test_a_package_is_opened_with_the_emulator(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1, params={"package": "com.example.app"})

    assert fleet.commands("launch")[0].argv[-2:] == ("--packagename", "com.example.app")


async def test_an_emulator_that_is_ready_is_not_launched_again(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    second = await fleet.do(Verb.LAUNCH, 1)

    assert second.status is OperationStatus.SUCCEEDED
    assert second.result is not None and second.result["already_ready"] is True
    assert launches(fleet) == ["launched"]


async def test_without_a_desktop_session_nothing_is_started(fleet: Fleet) -> None:
    fleet.switch(no_desktop_session=True)

    operation = await fleet.do(Verb.LAUNCH, 1)

    assert (operation.status, code_of(operation)) == (OperationStatus.FAILED, "no_desktop_session")
    assert launches(fleet) == []


async def test_without_the_scheduled_task_nothing_is_started(fleet: Fleet) -> None:
    fleet.switch(no_desktop_task=True)

    operation = await fleet.do(Verb.LAUNCH, 1)

    assert code_of(operation) == "desktop_task_missing"
    assert launches(fleet) == []


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        pytest.param({"stuck_starting": 1}, "emulator_stuck_starting", id="no virtual machine"),
        pytest.param({"hang_boot": 1}, "emulator_adb_silent", id="dead guest"),
        pytest.param({"zombie": 1}, "emulator_is_zombie", id="zombie"),
    ],
)
async def test_a_rung_that_is_not_reached_is_named(
    quick_fleet: Fleet, faults: dict[str, Any], code: str
) -> None:
    quick_fleet.switch(**faults)

    operation = await quick_fleet.do(Verb.LAUNCH, 1, timeout=900.0)

    assert (operation.status, code_of(operation)) == (OperationStatus.FAILED, code)
    emulator = await quick_fleet.emulator(1)
    assert emulator.status is EmulatorStatus.DEGRADED
    assert emulator.observed.trouble is not None and "farm-01" in emulator.observed.trouble
    assert launches(quick_fleet)[0].startswith("launched")


async def test_a_launch_that_ldplayer_ignores_is_an_emulator_that_did_not_start(
    quick_fleet: Fleet,
) -> None:
    quick_fleet.switch(backup_s=100_000.0)  # meanwhile a launch is refused without a word
    backup = ["backup", "--index", "1", "--file", r"C:\one.ldbk"]
    quick_fleet.pc().machine.actions["by_hand"](backup)
    await asyncio.sleep(0.01)

    operation = await quick_fleet.do(Verb.LAUNCH, 1)

    assert code_of(operation) == "emulator_did_not_start"
    assert (await quick_fleet.emulator(1)).status is EmulatorStatus.STOPPED


async def test_when_every_start_sticks_the_service_is_wedged(quick_fleet: Fleet) -> None:
    quick_fleet.switch(wedged_service=True)
    both = [await quick_fleet.queue(Verb.LAUNCH, index, timeout=900.0) for index in (1, 2)]

    async with asyncio.TaskGroup() as group:
        ended = [group.create_task(quick_fleet.run(each)) for each in both]

    assert [code_of(each.result()) for each in ended] == ["ldplayer_service_wedged"] * 2


async def test_adb_that_is_switched_off_is_told_with_its_remedy(deaf_fleet: Fleet) -> None:
    operation = await deaf_fleet.do(Verb.LAUNCH, 1)

    assert code_of(operation) == "emulator_adb_off"
    assert launches(deaf_fleet) == [], "nobody waits for what can't be seen"
    assert (await deaf_fleet.emulator(1)).observed.power is Power.STOPPED


async def test_adb_switched_on_as_the_remedy_says_makes_it_start(deaf_fleet: Fleet) -> None:
    await deaf_fleet.do(Verb.LAUNCH, 1)
    await deaf_fleet.do(Verb.MODIFY, 1, params={"settings": {"adb": True}})

    operation = await deaf_fleet.do(Verb.LAUNCH, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert (await deaf_fleet.emulator(1)).status is EmulatorStatus.READY


async def until_up(fleet: Fleet, index: int) -> Any:
    """The simulated run of an emulator, once it has a virtual machine."""
    instance = fleet.pc().machine.installs[0].instances[index]
    while instance.run is None or not instance.run.vm_started:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.005)
    return instance.run


async def until_seen(fleet: Fleet, index: int) -> None:
    """Until it is on record that the emulator is up."""
    while (await fleet.emulator(index)).observed.power is not Power.RUNNING:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.01)


async def test_an_android_that_never_finishes_booting_is_named(quick_fleet: Fleet) -> None:
    quick_fleet.switch(boot_s=150.0)
    operation = await quick_fleet.queue(Verb.LAUNCH, 1, timeout=900.0)

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(quick_fleet.run(operation))
        (await until_up(quick_fleet, 1)).boot_at = float("inf")

    assert code_of(ended.result()) == "emulator_did_not_boot"


async def test_an_emulator_that_dies_while_it_boots_has_crashed(fleet: Fleet) -> None:
    fleet.switch(boot_s=100.0)
    operation = await fleet.queue(Verb.LAUNCH, 1)

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(fleet.run(operation))
        await until_seen(fleet, 1)
        fleet.pc().machine.actions["kill_players"]()

    assert code_of(ended.result()) == "emulator_crashed"
    assert (await fleet.emulator(1)).status is EmulatorStatus.STOPPED


async def test_another_emulator_at_the_same_index_is_not_launched(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    by_hand = fleet.pc().machine.actions["by_hand"]
    by_hand(["remove", "--index", "1"])
    await asyncio.sleep(0.1)
    by_hand(["add", "--name", "newcomer"])
    await asyncio.sleep(0.1)

    ended = await fleet.run(operation)

    assert code_of(ended) == "emulator_gone"
    assert launches(fleet) == []


async def test_a_removed_emulator_is_not_launched(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    fleet.pc().machine.actions["by_hand"](["remove", "--index", "1"])
    await asyncio.sleep(0.1)

    assert code_of(await fleet.run(operation)) == "emulator_gone"


async def test_a_truncated_config_file_is_told_before_anything_is_started(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    fleet.switch(truncated_config=1)

    ended = await fleet.run(operation)

    assert code_of(ended) == "config_file_unreadable"
    assert launches(fleet) == []


async def test_garbage_from_ldconsole_is_named_and_kept_in_the_log(fleet: Fleet) -> None:
    known = await fleet.emulator(1)
    operation = await fleet.queue(Verb.LAUNCH, 1)
    fleet.switch(garbage_list2=True)

    ended = await fleet.run(operation)

    assert code_of(ended) == "ldplayer_said_nonsense"
    assert await fleet.emulator(1) == known
    async with fleet.database() as work:
        lines = [line for _, line in await work.operations.log_of(operation.id)]
    assert any(line.event == "ldconsole.nonsense" and line.fields["stdout"] for line in lines)


async def test_an_unreachable_workstation_fails_a_launch_that_has_not_begun(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    fleet.switch(unreachable=True)

    ended = await fleet.run(operation)

    assert (ended.status, code_of(ended)) == (OperationStatus.FAILED, "workstation_unreachable")


async def test_a_link_that_is_lost_for_a_while_loses_no_launch(fleet: Fleet) -> None:
    fleet.switch(boot_s=100.0)
    operation = await fleet.queue(Verb.LAUNCH, 1)

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(fleet.run(operation))
        await until_up(fleet, 1)
        fleet.switch(unreachable=True)
        await asyncio.sleep(0.3)
        fleet.switch(unreachable=False)

    assert ended.result().status is OperationStatus.SUCCEEDED, ended.result().failure
    assert launches(fleet) == ["launched"]


async def test_a_link_that_stays_lost_makes_the_outcome_lost(fleet: Fleet) -> None:
    fleet.switch(boot_s=100.0)
    operation = await fleet.queue(Verb.LAUNCH, 1, timeout=60.0)

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(fleet.run(operation))
        await until_up(fleet, 1)
        fleet.switch(unreachable=True)

    assert (ended.result().status, code_of(ended.result())) == (
        OperationStatus.LOST,
        "operation_lost",
    )


@pytest.mark.parametrize("where", ["before_command", "after_command", "mid_receive"])
async def test_a_cut_in_mid_command_makes_no_second_launch(fleet: Fleet, where: str) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    fleet.pc().actions()["cut_next"](where)

    ended = await fleet.run(operation)

    assert launches(fleet) in (["launched"], [])
    assert ended.status is OperationStatus.SUCCEEDED or launches(fleet) == []


async def test_a_cancelled_launch_leaves_the_emulator_as_it_was_seen_last(fleet: Fleet) -> None:
    fleet.switch(boot_s=100.0)
    operation = await fleet.queue(Verb.LAUNCH, 1)
    scribe = Scribe(fleet.database, fleet.clock)
    run = Run(operation, scribe=scribe, clock=fleet.clock, works=fleet.works)

    async with asyncio.TaskGroup() as group:
        group.create_task(run())
        await until_up(fleet, 1)
        async with fleet.database() as work:
            await work.operations.put(operation.cancelling())
        run.stop(Stop.CANCELLED)

    emulator = await fleet.emulator(1)
    assert emulator.observed.power is Power.RUNNING
    assert emulator.observed.vm_pid is not None
    assert fleet.commands("quit") == []
