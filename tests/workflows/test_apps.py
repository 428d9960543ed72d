import pytest

from ldfleet.domain.emulator import Power
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.simulator.ldplayer.guest import Guest
from support.cutting import run_until_cut
from support.fastfleet import Fleet

APK = "C:\\Apks\\com.example.game-1.2.apk"
GAME = "com.example.game"


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def guest_of(fleet: Fleet, index: int = 1) -> Guest:
    return fleet.pc().machine.installs[0].instances[index].guest


async def booted(fleet: Fleet) -> Fleet:
    """With its second emulator up, and a package file on the PC."""
    fleet.pc().machine.host.files.write(APK, b"PK")
    assert (await fleet.do(Verb.LAUNCH, 1)).status is OperationStatus.SUCCEEDED
    return fleet


async def install(fleet: Fleet, **params: str) -> Operation:
    return await fleet.do(Verb.INSTALL, 1, params=params or {"file": APK})


async def test_an_installed_app_is_named_though_only_its_file_was_known(fleet: Fleet) -> None:
    operation = await install(await booted(fleet))

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result == {"package": GAME, "already_installed": False, "observed": True}
    assert guest_of(fleet).apps == {GAME: "1.2"}


async def test_an_app_that_is_there_is_installed_anew_from_a_file(fleet: Fleet) -> None:
    await install(await booted(fleet))

    second = await install(fleet)

    assert second.result == {"package": GAME, "already_installed": True, "observed": True}
    assert len(fleet.commands("installapp")) == 2


async def test_an_app_of_the_store_is_waited_for(fleet: Fleet) -> None:
    operation = await install(await booted(fleet), package=GAME)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert guest_of(fleet).apps == {GAME: "0.9-store"}


async def test_an_app_of_the_store_that_is_there_is_left_alone(fleet: Fleet) -> None:
    await install(await booted(fleet))

    operation = await install(fleet, package=GAME)

    assert operation.result is not None and operation.result["already_installed"] is True
    assert len(fleet.commands("installapp")) == 1


async def test_an_app_that_never_comes_from_the_store_has_failed(quick_fleet: Fleet) -> None:
    await booted(quick_fleet)
    quick_fleet.switch(store_installs_nothing=True)

    operation = await quick_fleet.do(Verb.INSTALL, 1, params={"package": GAME}, timeout=900.0)

    assert code_of(operation) == "app_install_failed"


async def test_androids_own_reason_is_told(fleet: Fleet) -> None:
    await booted(fleet)
    fleet.switch(apk_refused="INSTALL_FAILED_INSUFFICIENT_STORAGE")

    operation = await install(fleet)

    assert operation.failure is not None
    assert operation.failure["code"] == "app_install_failed"
    assert operation.failure["reason"] == "INSTALL_FAILED_INSUFFICIENT_STORAGE"


async def test_a_file_that_is_not_on_the_workstation_is_named(fleet: Fleet) -> None:
    await booted(fleet)

    operation = await install(fleet, file="C:\\none.apk")

    assert code_of(operation) == "file_missing"
    assert fleet.commands("installapp") == []


@pytest.mark.parametrize(
    ("verb", "params"),
    [
        (Verb.INSTALL, {"file": APK}),
        (Verb.UNINSTALL, {"package": GAME}),
        (Verb.RUN, {"package": GAME}),
        (Verb.KILL, {"package": GAME}),
        (Verb.ADB, {"command": "shell id"}),
        (Verb.SETPROP, {"key": "phone.imei", "value": "123456789012345"}),
    ],
)
async def test_an_emulator_that_is_off_can_do_nothing_with_apps(
    fleet: Fleet, verb: Verb, params: dict[str, str]
) -> None:
    operation = await fleet.do(verb, 1, params=params)

    assert operation.failure is not None
    assert operation.failure["code"] == "emulator_wrong_state"
    assert operation.failure["needed"] == "ready"


async def test_an_emulator_with_adb_off_is_told_so(deaf_fleet: Fleet) -> None:
    deaf_fleet.pc().machine.actions["by_hand"](["launch", "--index", "1"])
    while (await deaf_fleet.emulator(1)).observed.power is not Power.RUNNING:
        await deaf_fleet.scan()

    operation = await deaf_fleet.do(Verb.RUN, 1, params={"package": GAME})

    assert code_of(operation) == "emulator_adb_off"


@pytest.mark.parametrize("cut_at", range(1, 9))
async def test_an_install_cut_off_at_any_step_is_given_once(fleet: Fleet, cut_at: int) -> None:
    await booted(fleet)
    operation = await fleet.queue(Verb.INSTALL, 1, params={"package": GAME})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    assert [each.effect for each in fleet.commands("installapp")] == ["installed from the store"]


async def test_an_uninstalled_app_is_gone(fleet: Fleet) -> None:
    await install(await booted(fleet))

    operation = await fleet.do(Verb.UNINSTALL, 1, params={"package": GAME})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert guest_of(fleet).apps == {}


@pytest.mark.parametrize("verb", [Verb.UNINSTALL, Verb.RUN, Verb.KILL])
async def test_an_app_that_is_not_there_is_named(fleet: Fleet, verb: Verb) -> None:
    await booted(fleet)

    operation = await fleet.do(verb, 1, params={"package": GAME})

    assert operation.failure is not None
    assert (operation.failure["code"], operation.failure["package"]) == ("app_not_installed", GAME)


async def test_an_app_that_stays_was_not_uninstalled(quick_fleet: Fleet) -> None:
    await install(await booted(quick_fleet))
    quick_fleet.switch(uninstall_ignored=True)

    operation = await quick_fleet.do(Verb.UNINSTALL, 1, params={"package": GAME}, timeout=900.0)

    assert code_of(operation) == "app_stayed"


@pytest.mark.parametrize("cut_at", range(1, 9))
async def test_an_uninstall_cut_off_at_any_step_is_finished(fleet: Fleet, cut_at: int) -> None:
    await install(await booted(fleet))
    operation = await fleet.queue(Verb.UNINSTALL, 1, params={"package": GAME})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
    effects = [each.effect for each in fleet.commands("uninstallapp")]
    assert effects.count("uninstalled") == 1


async def test_an_app_that_was_run_has_a_process(fleet: Fleet) -> None:
    await install(await booted(fleet))

    operation = await fleet.do(Verb.RUN, 1, params={"package": GAME})

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert operation.result["observed"] is True and operation.result["pid"] > 0
    assert guest_of(fleet).running == [GAME]


async def test_an_app_that_dies_at_once_did_not_start(quick_fleet: Fleet) -> None:
    await install(await booted(quick_fleet))
    quick_fleet.switch(apps_die=True)

    operation = await quick_fleet.do(Verb.RUN, 1, params={"package": GAME}, timeout=900.0)

    assert code_of(operation) == "app_did_not_start"


async def test_an_ended_app_has_no_process_and_ending_it_again_is_fine(fleet: Fleet) -> None:
    await install(await booted(fleet))
    await fleet.do(Verb.RUN, 1, params={"package": GAME})

    for _ in range(2):
        operation = await fleet.do(Verb.KILL, 1, params={"package": GAME})
        assert operation.result == {"package": GAME, "observed": True}

    assert guest_of(fleet).running == []


async def test_an_app_that_goes_on_did_not_stop(quick_fleet: Fleet) -> None:
    await install(await booted(quick_fleet))
    await quick_fleet.do(Verb.RUN, 1, params={"package": GAME})
    quick_fleet.switch(apps_stay=True)

    operation = await quick_fleet.do(Verb.KILL, 1, params={"package": GAME}, timeout=900.0)

    assert code_of(operation) == "app_did_not_stop"


@pytest.mark.parametrize(("verb", "cut_at"), [(Verb.RUN, 6), (Verb.KILL, 6), (Verb.RUN, 8)])
async def test_running_and_ending_cut_off_are_finished(
    fleet: Fleet, verb: Verb, cut_at: int
) -> None:
    await install(await booted(fleet))
    operation = await fleet.queue(verb, 1, params={"package": GAME})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
