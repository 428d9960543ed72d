import json

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from support.cutting import run_until_cut
from support.fastfleet import Fleet

VMS = "C:\\LDPlayer\\LDPlayer9\\vms"
IMEI = {"key": "phone.imei", "value": "123456789012345"}
BERLIN = {"longitude": 13.404954, "latitude": 52.520008}


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def adb_commands(fleet: Fleet, words: str) -> int:
    return sum(words in each.argv for each in fleet.commands("adb"))


async def test_the_output_of_adb_is_the_result(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await fleet.do(Verb.ADB, 1, params={"command": "shell id"})

    assert operation.result == {
        "exit_code": 0,
        "output": "uid=2000(shell) gid=2000(shell)",
        "error": "",
        "cut": False,
    }


async def test_a_failing_command_of_adb_is_a_result_too(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await fleet.do(Verb.ADB, 1, params={"command": "shell nonesuch"})

    assert operation.result is not None
    assert operation.result["exit_code"] == 127
    assert "not found" in operation.result["output"]


async def test_a_long_output_of_adb_is_cut(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    guest = fleet.pc().machine.installs[0].instances[1].guest
    guest.files["/sdcard/long"] = b"x" * (70 << 10)

    operation = await fleet.do(Verb.ADB, 1, params={"command": "shell cat /sdcard/long"})

    assert operation.result is not None
    assert (len(operation.result["output"]), operation.result["cut"]) == (64 << 10, True)


@pytest.mark.parametrize(
    ("cut_at", "status", "given"),
    [
        (1, OperationStatus.SUCCEEDED, 1),
        (2, OperationStatus.SUCCEEDED, 1),
        (3, OperationStatus.SUCCEEDED, 1),
        (4, OperationStatus.LOST, 1),  # it ran, and nobody heard what it said
    ],
)
async def test_a_command_of_adb_cut_off_is_never_given_again(
    fleet: Fleet, cut_at: int, status: OperationStatus, given: int
) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    operation = await fleet.queue(Verb.ADB, 1, params={"command": "shell id"})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert (ended.status, adb_commands(fleet, "shell id")) == (status, given)


async def test_a_property_that_was_set_reads_back(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await fleet.do(Verb.SETPROP, 1, params=IMEI)

    assert operation.result == {**IMEI, "observed": True}


async def test_a_property_that_is_not_kept_has_failed(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)
    quick_fleet.switch(settings_dropped=True)

    operation = await quick_fleet.do(Verb.SETPROP, 1, params=IMEI, timeout=900.0)

    assert code_of(operation) == "property_not_set"


@pytest.mark.parametrize("cut_at", range(1, 9))
async def test_a_new_device_id_cut_off_at_any_step_is_made_up_once(
    fleet: Fleet, cut_at: int
) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    params = {"key": "phone.imei", "value": "auto"}
    operation = await fleet.queue(Verb.SETPROP, 1, params=params)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert len(fleet.commands("setprop")) == 1


async def test_a_place_is_read_back_from_the_settings(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.LOCATE, 1, params=BERLIN)

    assert operation.result == {**BERLIN, "observed": True}
    config = fleet.pc().machine.host.files.read(f"{VMS}\\config\\leidian1.config")
    assert json.loads(config)["statusSettings.location"] == "13.404954,52.520008"


async def test_a_place_that_is_not_written_down_was_not_observed(fleet: Fleet) -> None:
    fleet.switch(place_not_written=True)

    operation = await fleet.do(Verb.LOCATE, 1, params=BERLIN)

    assert operation.status is OperationStatus.SUCCEEDED
    assert operation.result == {**BERLIN, "observed": False}


@pytest.mark.parametrize("cut_at", range(1, 7))
async def test_a_place_cut_off_at_any_step_is_set(fleet: Fleet, cut_at: int) -> None:
    operation = await fleet.queue(Verb.LOCATE, 1, params=BERLIN)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.result == {**BERLIN, "observed": True}
