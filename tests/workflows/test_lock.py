import json
from datetime import timedelta
from typing import Any

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.workflows.lock import LOCK_FILE
from support.fastfleet import Fleet


def lock(fleet: Fleet, operation: str, *, seconds: float = 5_000.0, **changes: Any) -> None:
    """As another server would have left it."""
    until = (fleet.clock.now() + timedelta(seconds=seconds)).isoformat()
    words = {"operation": operation, "token": 1, "until": until, **changes}
    fleet.pc().machine.host.files.write(LOCK_FILE, json.dumps(words).encode())


def is_locked(fleet: Fleet) -> bool:
    return fleet.pc().machine.host.files.exists(LOCK_FILE)


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


async def test_a_disk_heavy_operation_lets_go_at_its_end(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.CREATE, None, params={})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert not is_locked(fleet)


async def test_it_lets_go_when_it_fails(quick_fleet: Fleet) -> None:
    quick_fleet.switch(add_disappears=True)

    assert code_of(await quick_fleet.do(Verb.CREATE, None, params={})) == "emulator_not_created"
    assert not is_locked(quick_fleet)


async def test_disks_that_another_server_holds_are_not_touched(quick_fleet: Fleet) -> None:
    lock(quick_fleet, "op_of_another_server")

    operation = await quick_fleet.do(Verb.REMOVE, 1)

    assert code_of(operation) == "workstation_locked"
    assert operation.failure is not None
    assert operation.failure["operation"] == "op_of_another_server"
    assert quick_fleet.commands("remove") == []
    assert is_locked(quick_fleet)


async def test_a_lock_that_ends_meanwhile_is_waited_for(quick_fleet: Fleet) -> None:
    lock(quick_fleet, "op_of_another_server", seconds=60.0)

    assert (await quick_fleet.do(Verb.REMOVE, 1)).status is OperationStatus.SUCCEEDED


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"until": "2020-01-01T00:00:00+00:00"}, id="expired"),
        pytest.param({"until": "tomorrow"}, id="nonsense"),
        pytest.param({"until": "2099-01-01T00:00:00"}, id="no zone"),
    ],
)
async def test_a_lock_that_is_worth_nothing_holds_nobody_up(
    fleet: Fleet, changes: dict[str, Any]
) -> None:
    lock(fleet, "op_of_another_server", **changes)

    assert (await fleet.do(Verb.REMOVE, 1)).status is OperationStatus.SUCCEEDED


async def test_a_lock_left_by_an_operation_that_is_over_holds_nobody_up(fleet: Fleet) -> None:
    over = await fleet.do(Verb.RENAME, 2, params={"name": "two"})
    lock(fleet, over.id)

    assert (await fleet.do(Verb.REMOVE, 1)).status is OperationStatus.SUCCEEDED


async def test_a_lock_of_its_own_earlier_run_is_taken_over(fleet: Fleet) -> None:
    operation = await fleet.queue(Verb.REMOVE, 1)
    lock(fleet, operation.id, token=operation.token)

    assert (await fleet.run(operation)).status is OperationStatus.SUCCEEDED
    assert not is_locked(fleet)


async def test_a_runner_whose_token_is_old_does_not_take_the_lock_back(quick_fleet: Fleet) -> None:
    operation = await quick_fleet.queue(Verb.REMOVE, 1)
    lock(quick_fleet, operation.id, token=operation.token + 1)

    assert code_of(await quick_fleet.run(operation)) == "workstation_locked"
    assert quick_fleet.commands("remove") == []


async def test_a_full_disk_keeps_nobody_from_making_room(fleet: Fleet) -> None:
    fleet.switch(full_disk=True)

    assert (await fleet.do(Verb.REMOVE, 1)).status is OperationStatus.SUCCEEDED


async def test_a_full_disk_keeps_everybody_else_off(fleet: Fleet) -> None:
    fleet.switch(full_disk=True)

    assert code_of(await fleet.do(Verb.CREATE, None, params={})) == "disk_full"
    assert fleet.commands("add") == []
