from typing import Any

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.simulator.ldplayer import configs
from support.cutting import run_until_cut
from support.fastfleet import Fleet

SCREEN = {"width": 1920, "height": 1080, "dpi": 280}
ALL = {
    "screen": SCREEN,
    "cpu": 2,
    "memory_mib": 1024,
    "manufacturer": "samsung",
    "model": "SM S9110, синий",
    "phone_number": "+4915112345678",
    "imei": "123456789012345",
    "imsi": "460001234567890",
    "sim_serial": "89860000000000000000",
    "android_id": "00aabbccddeeff11",
    "mac": "00DB12345678",
    "auto_rotate": True,
    "lock_window": True,
    "root": False,
    "adb": True,
}
NEW_IDS = dict.fromkeys(("imei", "imsi", "sim_serial", "android_id", "mac"), "auto")


async def modify(fleet: Fleet, index: int, **settings: Any) -> Operation:
    return await fleet.do(Verb.MODIFY, index, params={"settings": settings})


def document(fleet: Fleet, index: int) -> dict[str, Any]:
    return fleet.pc().machine.installs[0].storage.document(index)


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


async def test_all_settings_are_set_and_read_back(fleet: Fleet) -> None:
    operation = await modify(fleet, 1, **ALL)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {"settings": ALL, "takes_effect": "at next start"}
    assert document(fleet, 1)["propertySettings.phoneModel"] == "SM S9110, синий"
    emulator = await fleet.emulator(1)
    assert (emulator.cpu, emulator.memory_mib) == (2, 1024)
    assert emulator.screen is not None and emulator.screen.width == 1920


async def test_an_emulator_with_other_ids_is_still_the_same_after_a_scan(fleet: Fleet) -> None:
    before = await fleet.emulator(1)

    await modify(fleet, 1, **NEW_IDS)
    tally = await fleet.scan(thorough=True)

    after = await fleet.emulator(1)
    assert (tally.added, tally.removed) == (0, 0)
    assert after.id == before.id
    assert after.marker.same(before.marker) is False


async def test_what_modify_can_not_set_is_written_into_the_file(fleet: Fleet) -> None:
    operation = await modify(fleet, 1, cpu=6, memory_mib=6144, model="X")

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    found = document(fleet, 1)
    assert found["advancedSettings.cpuCount"] == 6
    assert found["advancedSettings.memorySize"] == 6144
    assert found["propertySettings.phoneModel"] == "X"
    argv = fleet.commands("modify")[0].argv
    assert "--model" in argv and "--cpu" not in argv


async def test_the_file_of_a_running_emulator_is_not_written(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await modify(fleet, 1, cpu=6)

    assert code_of(operation) == "emulator_wrong_state"
    assert document(fleet, 1)["advancedSettings.cpuCount"] == 4


@pytest.mark.parametrize(("wanted", "written"), [(True, 1), (False, 0)])
async def test_adb_is_switched_in_the_file(
    deaf_fleet: Fleet, *, wanted: bool, written: int
) -> None:
    operation = await modify(deaf_fleet, 1, adb=wanted)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {"settings": {"adb": wanted}, "takes_effect": "at next start"}
    assert document(deaf_fleet, 1)[configs.ADB] == written
    assert (await deaf_fleet.emulator(1)).adb_debug == written
    assert deaf_fleet.commands("modify") == []


async def test_adb_is_not_switched_while_the_emulator_runs(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await modify(fleet, 1, adb=False)

    assert code_of(operation) == "emulator_wrong_state"
    assert document(fleet, 1)[configs.ADB] == 1


async def test_a_running_emulator_is_modified_for_its_next_start(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)

    operation = await modify(fleet, 1, cpu=1)

    assert operation.result == {"settings": {"cpu": 1}, "takes_effect": "at next start"}
    await fleet.do(Verb.QUIT, 1)
    assert document(fleet, 1)["advancedSettings.cpuCount"] == 1


async def test_a_value_that_ldplayer_drops_is_told_with_what_it_has(fleet: Fleet) -> None:
    fleet.switch(max_cpu=2)

    operation = await modify(fleet, 1, cpu=3, memory_mib=512)

    assert code_of(operation) == "emulator_setting_not_taken"
    assert operation.failure is not None
    told = {name: operation.failure[name] for name in ("setting", "wanted", "found")}
    assert told == {"setting": "cpu", "wanted": "3", "found": "4"}


async def test_a_value_that_no_generation_takes_is_refused_before_anything_is_done(
    fleet: Fleet,
) -> None:
    operation = await modify(fleet, 1, imei="12", cpu=2)

    assert code_of(operation) == "validation_failed"
    assert fleet.commands("modify") == []


async def test_an_unknown_setting_is_refused(fleet: Fleet) -> None:
    assert code_of(await modify(fleet, 1, fps=60)) == "field_invalid"


async def test_a_truncated_file_is_not_written(fleet: Fleet) -> None:
    fleet.switch(truncated_config=1)

    operation = await modify(fleet, 1, cpu=8)

    assert code_of(operation) == "config_file_unreadable"


async def test_modifying_twice_is_as_good_as_once(fleet: Fleet) -> None:
    first, second = await modify(fleet, 1, **ALL), await modify(fleet, 1, **ALL)

    assert {first.status, second.status} == {OperationStatus.SUCCEEDED}


@pytest.mark.parametrize("cut_at", range(1, 11))
async def test_new_ids_are_made_up_once_however_often_it_is_cut_off(
    fleet: Fleet, cut_at: int
) -> None:
    wanted = {"settings": {**NEW_IDS, "cpu": 6}}
    before = document(fleet, 1)
    operation = await fleet.queue(Verb.MODIFY, 1, params=wanted)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert len(fleet.commands("modify")) == 1
    after = document(fleet, 1)
    assert after["advancedSettings.cpuCount"] == 6
    assert configs.NAME in after
    assert after["propertySettings.phoneIMEI"] != before["propertySettings.phoneIMEI"]
