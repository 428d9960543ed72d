"""Killed at any point and run again: nothing is done twice, and the end is true."""

import pytest

from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from support.cutting import run_until_cut
from support.fastfleet import Fleet


@pytest.mark.parametrize("cut_at", range(1, 13))
async def test_a_launch_cut_off_at_any_step_is_finished_without_a_second_launch(
    fleet: Fleet, cut_at: int
) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert [each.effect for each in fleet.commands("launch")] == ["launched"]


@pytest.mark.parametrize("cut_at", range(1, 7))
async def test_a_quit_cut_off_at_any_step_is_finished(fleet: Fleet, cut_at: int) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    operation = await fleet.queue(Verb.QUIT, 1)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    effects = [each.effect for each in fleet.commands("quit")]
    assert effects.count("quitting") == 1


async def test_an_emulator_that_died_while_nobody_watched_has_crashed(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1)
    await run_until_cut(fleet, operation, 7)  # its window had been seen
    fleet.pc().machine.actions["kill_players"]()

    ended = await fleet.run(await fleet.again(operation))

    assert ended.failure is not None and ended.failure["code"] == "emulator_crashed"
    assert len(fleet.commands("launch")) == 1


async def test_a_second_run_that_never_reaches_the_workstation_is_lost(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.LAUNCH, 1, timeout=30.0)
    await run_until_cut(fleet, operation, 4)
    fleet.switch(unreachable=True)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.LOST
