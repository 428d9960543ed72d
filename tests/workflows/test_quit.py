import asyncio

from ldfleet.domain.emulator import EmulatorStatus, Power
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from support.fastfleet import Fleet


async def test_a_quit_emulator_was_seen_stopped(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await fleet.do(Verb.QUIT, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    emulator = await fleet.emulator(1)
    assert emulator.status is EmulatorStatus.STOPPED
    assert emulator.observed.player_pid is None


async def test_while_it_goes_it_is_stopping(slow_fleet: Fleet) -> None:
    slow_fleet.switch(boot_s=5.0)
    await slow_fleet.do(Verb.LAUNCH, 1)
    before = await slow_fleet.database.feed.head()

    await slow_fleet.do(Verb.QUIT, 1)

    told = [each.data for each in await slow_fleet.events(before) if "after" in each.data]
    assert [each["after"]["power"] for each in told] == ["stopping", "stopped"]


async def test_an_emulator_that_is_off_is_left_alone(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.QUIT, 1)

    assert operation.status is OperationStatus.SUCCEEDED
    assert fleet.commands("quit") == []


async def test_quitting_twice_is_as_good_as_once(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    first, second = await fleet.do(Verb.QUIT, 1), await fleet.do(Verb.QUIT, 1)

    assert {first.status, second.status} == {OperationStatus.SUCCEEDED}
    assert len(fleet.commands("quit")) == 1


async def test_an_emulator_that_ignores_quit_is_not_killed(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    fleet.switch(quit_ignored=1)

    operation = await fleet.do(Verb.QUIT, 1)

    assert operation.failure is not None
    assert operation.failure["code"] == "emulator_did_not_stop"
    emulator = await fleet.emulator(1)
    assert emulator.observed.power is Power.RUNNING
    assert emulator.observed.trouble is not None


async def test_another_emulator_at_the_same_index_is_not_quit(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.QUIT, 1)
    by_hand = fleet.pc().machine.actions["by_hand"]
    for words in (["remove", "--index", "1"], ["add"], ["launch", "--index", "1"]):
        by_hand(words)
        await asyncio.sleep(0.1)

    ended = await fleet.run(operation)

    assert ended.failure is not None and ended.failure["code"] == "emulator_gone"
    assert fleet.commands("quit") == []


async def test_a_damaged_config_file_keeps_nobody_from_quitting(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    fleet.switch(truncated_config=1)

    assert (await fleet.do(Verb.QUIT, 1)).status is OperationStatus.SUCCEEDED
