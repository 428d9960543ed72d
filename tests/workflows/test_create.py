import asyncio
from typing import Any

import pytest

from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.simulator.ldplayer.install import Install
from support.cutting import run_until_cut
from support.fastfleet import Fleet

WANTED = {
    "name": "Новый 1",
    "settings": {"cpu": 6, "memory_mib": 2048, "model": "SM-S9110", "mac": "auto"},
    "tags": ["cafe", "test"],
}


def install_of(fleet: Fleet) -> Install:
    return fleet.pc().machine.installs[0]


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def additions(fleet: Fleet) -> list[str]:
    return [each.effect for each in fleet.commands("add")]


async def create(fleet: Fleet, **params: Any) -> Operation:
    return await fleet.do(Verb.CREATE, None, params=params)


async def test_a_created_emulator_is_there_and_on_record(fleet: Fleet) -> None:
    before = await fleet.database.feed.head()

    operation = await create(fleet, **WANTED)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    emulator = await fleet.emulator(3)
    assert operation.result == {"emulator_id": emulator.id, "index": 3, "name": "Новый 1"}
    assert (emulator.name, emulator.tags, emulator.cpu) == ("Новый 1", ("cafe", "test"), 6)
    document = install_of(fleet).storage.document(3)
    assert document["advancedSettings.cpuCount"] == 6
    assert document["propertySettings.phoneModel"] == "SM-S9110"
    told = [each for each in await fleet.events(before) if each.type == "emulator.added"]
    assert [each.subject for each in told] == [emulator.id]


async def test_a_scan_after_it_finds_nothing_new(fleet: Fleet) -> None:
    await create(fleet, **WANTED)

    tally = await fleet.scan(thorough=True)

    assert (tally.added, tally.removed, tally.emulators) == (0, 0, 4)


async def test_without_wishes_ldplayer_names_it(fleet: Fleet) -> None:
    operation = await create(fleet)

    assert operation.result is not None and operation.result["name"] == "LDPlayer-3"


async def test_the_lowest_free_index_is_told_from_what_was_there(fleet: Fleet) -> None:
    await fleet.do(Verb.REMOVE, 0)

    operation = await create(fleet)

    assert operation.result is not None and operation.result["index"] == 0, operation.failure
    assert [each.index for each in await fleet.emulators()] == [0, 1, 2]


async def test_an_exit_code_is_no_emulator(quick_fleet: Fleet) -> None:
    quick_fleet.switch(add_disappears=True)

    assert code_of(await create(quick_fleet)) == "emulator_not_created"
    assert len(await quick_fleet.emulators()) == 3


async def test_one_that_comes_half_made_is_removed_and_told(quick_fleet: Fleet) -> None:
    quick_fleet.switch(add_half_made=True)

    operation = await create(quick_fleet)

    assert code_of(operation) == "emulator_not_created"
    assert operation.failure is not None and "half made" in operation.failure["reason"]
    assert 3 not in install_of(quick_fleet).instances
    files = quick_fleet.pc().machine.host.files
    assert not files.exists(install_of(quick_fleet).storage.folder(3))


async def test_without_room_nothing_is_added(fleet: Fleet) -> None:
    fleet.switch(free_bytes_c=1 << 30)

    assert code_of(await create(fleet)) == "not_enough_disk"
    assert additions(fleet) == []


async def test_an_install_that_is_not_there_is_refused(fleet: Fleet) -> None:
    operation = await create(fleet, install=r"D:\Other")

    assert code_of(operation) == "field_invalid"
    assert additions(fleet) == []


async def test_settings_that_no_ldplayer_takes_add_nothing(fleet: Fleet) -> None:
    assert code_of(await create(fleet, settings={"imei": "7"})) == "validation_failed"
    assert additions(fleet) == []


async def test_one_made_by_hand_at_the_same_time_is_not_taken_for_it(fleet: Fleet) -> None:
    fleet.switch(add_s=5.0)
    operation = await fleet.queue(Verb.CREATE, None, params={"name": "mine"})

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(fleet.run(operation))
        while not install_of(fleet).instances.get(3):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.005)
        fleet.pc().machine.actions["by_hand"](["add", "--name", "theirs"])

    result = ended.result().result
    assert result is not None and (result["index"], result["name"]) == (3, "mine")


async def test_creating_twice_makes_two(fleet: Fleet) -> None:
    await create(fleet, name="twin")

    operation = await create(fleet, name="twin")

    assert operation.result is not None and operation.result["index"] == 4, operation.failure


@pytest.mark.parametrize("cut_at", range(1, 20))
async def test_a_creation_cut_off_at_any_step_is_finished_without_a_second_one(
    fleet: Fleet, cut_at: int
) -> None:
    operation = await fleet.queue(Verb.CREATE, None, params=WANTED)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert additions(fleet) == ["created 3"]
    assert len(fleet.commands("modify")) == 1
    assert [each.index for each in await fleet.emulators()] == [0, 1, 2, 3]


async def test_nobody_is_offered_one_that_is_still_being_made(fleet: Fleet) -> None:
    """Renamed by somebody whom a scan had offered it, it got its first name back."""
    operation = await fleet.queue(Verb.CREATE, None, params=WANTED)
    await run_until_cut(fleet, operation, 9)
    assert additions(fleet) == ["created 3"]

    meanwhile = await fleet.scan(thorough=True)
    ended = await fleet.run(await fleet.again(operation))

    assert (meanwhile.added, meanwhile.emulators) == (0, 4)
    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert (await fleet.emulator(3)).name == WANTED["name"]


APK = "C:\\Apks\\com.example.game-1.2.apk"
APPS = [{"file": APK}, {"package": "com.example.chat"}]


def with_apk(fleet: Fleet) -> Fleet:
    fleet.pc().machine.host.files.write(APK, b"PK")
    return fleet


async def test_its_apps_are_installed_and_it_is_stopped_again(fleet: Fleet) -> None:
    operation = await create(with_apk(fleet), name="phone", apps=APPS)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert operation.result["apps"] == [
        {"app": APK, "package": "com.example.game"},
        {"app": "com.example.chat", "package": "com.example.chat"},
    ]
    assert sorted(install_of(fleet).instances[3].guest.apps) == [
        "com.example.chat",
        "com.example.game",
    ]
    assert (await fleet.emulator(3)).status == "stopped"
    steps = [step.name for step in await fleet.steps(operation)]
    assert [name for name in steps if name.endswith("install")] == [
        "app 1 install",
        "app 2 install",
    ]


async def test_one_that_is_to_stay_on_is_left_running(fleet: Fleet) -> None:
    operation = await create(fleet, stay_on=True)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None and operation.result["apps"] == []
    assert (await fleet.emulator(3)).status == "ready"


async def test_an_app_that_does_not_come_is_named_and_the_others_are_there(
    quick_fleet: Fleet,
) -> None:
    with_apk(quick_fleet).switch(store_installs_nothing=True)

    operation = await create(quick_fleet, apps=[APPS[1], APPS[0]])

    assert operation.status is OperationStatus.FAILED and operation.failure is not None
    emulator = await quick_fleet.emulator(3)
    assert operation.failure["code"] == "apps_missing"
    assert operation.failure["emulator"] == emulator.id
    assert operation.failure["reason"].startswith("com.example.chat: ")
    assert install_of(quick_fleet).instances[3].guest.apps == {"com.example.game": "1.2"}
    assert emulator.status == "stopped"


async def test_a_new_one_is_heard_though_ldplayer_makes_it_with_adb_off(deaf_fleet: Fleet) -> None:
    operation = await create(deaf_fleet, apps=[APPS[1]])

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert install_of(deaf_fleet).storage.document(3)["basicSettings.adbDebug"] == 1


async def test_a_new_one_without_apps_can_be_launched_too(deaf_fleet: Fleet) -> None:
    await create(deaf_fleet)

    operation = await deaf_fleet.do(Verb.LAUNCH, 3)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert (await deaf_fleet.emulator(3)).adb_debug == 1


async def test_one_that_is_to_have_adb_off_has_it_off(fleet: Fleet) -> None:
    await create(fleet, settings={"adb": False})

    assert install_of(fleet).storage.document(3)["basicSettings.adbDebug"] == 0


async def test_where_it_does_not_start_its_apps_are_missing(quick_fleet: Fleet) -> None:
    quick_fleet.switch(wedged_service=True)

    operation = await create(quick_fleet, apps=[APPS[1]])

    assert code_of(operation) == "apps_missing"
    assert operation.failure is not None and "it did not start" in operation.failure["reason"]


async def test_a_file_that_is_not_there_makes_no_emulator(fleet: Fleet) -> None:
    operation = await create(fleet, apps=APPS)

    assert code_of(operation) == "file_missing"
    assert additions(fleet) == []


@pytest.mark.parametrize("cut_at", [12, 18, 24, 28, 32])
async def test_installing_its_apps_cut_off_is_finished_once(fleet: Fleet, cut_at: int) -> None:
    operation = await fleet.queue(Verb.CREATE, None, params={"apps": APPS[1:]}, timeout=2000.0)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert additions(fleet) == ["created 3"]
    assert len(fleet.commands("installapp")) == 1
    assert (await fleet.emulator(3)).status == "stopped"
