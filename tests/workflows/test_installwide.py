import json

import pytest

from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from support.cutting import run_until_cut
from support.fastfleet import Fleet

HOME = "C:\\LDPlayer\\LDPlayer9"
SETTINGS = {"fps": 30, "audio": False, "fast_play": True, "clean_mode": False}


def code_of(operation: Operation) -> str | None:
    return None if operation.failure is None else str(operation.failure["code"])


def global_file(fleet: Fleet) -> dict[str, object]:
    files = fleet.pc().machine.host.files
    return dict(json.loads(files.read(f"{HOME}\\vms\\config\\leidians.config")))


async def test_global_settings_are_read_back(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.GLOBAL_SETTINGS, params=SETTINGS)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert operation.result["installs"] == [HOME]
    assert operation.result["settings"] == SETTINGS
    written = global_file(fleet)
    assert (written["framesPerSecond"], written["reduceAudio"]) == (30, True)


async def test_global_settings_that_are_not_kept_are_named(quick_fleet: Fleet) -> None:
    quick_fleet.switch(settings_dropped=True)

    operation = await quick_fleet.do(Verb.GLOBAL_SETTINGS, params={"fps": 30}, timeout=900.0)

    assert operation.failure is not None
    assert operation.failure["code"] == "global_settings_not_kept"
    assert operation.failure["settings"] == "fps"


async def test_windows_are_lined_up_on_the_desktop(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.SORT_WINDOWS)

    assert operation.result == {"installs": [HOME], "observed": False}
    (entry,) = fleet.commands("sortWnd")
    assert entry.session > 0


async def test_without_a_desktop_there_are_no_windows_to_line_up(fleet: Fleet) -> None:
    fleet.switch(no_desktop_session=True)

    operation = await fleet.do(Verb.SORT_WINDOWS)

    assert code_of(operation) == "no_desktop_session"
    assert fleet.commands("sortWnd") == []


async def test_an_unknown_install_is_named(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.QUIT_ALL, params={"install": "D:\\Elsewhere"})

    assert operation.failure is not None
    assert operation.failure["code"] == "field_invalid"
    assert HOME in operation.failure["reason"]


async def test_all_emulators_were_seen_to_stop(fleet: Fleet) -> None:
    for index in (1, 2):
        await fleet.do(Verb.LAUNCH, index)

    operation = await fleet.do(Verb.QUIT_ALL)

    assert operation.result == {"installs": [HOME], "stopped": 2}
    assert {each.status for each in await fleet.emulators()} == {EmulatorStatus.STOPPED}


async def test_where_nothing_runs_nothing_is_told_to_stop(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.QUIT_ALL, params={"install": HOME})

    assert operation.result == {"installs": [HOME], "stopped": 0}
    assert fleet.commands("quitall") == []


async def test_those_that_ignore_it_are_named(quick_fleet: Fleet) -> None:
    await quick_fleet.do(Verb.LAUNCH, 1)
    quick_fleet.switch(quit_ignored=1)

    operation = await quick_fleet.do(Verb.QUIT_ALL, timeout=900.0)

    assert operation.failure is not None
    assert operation.failure["code"] == "emulators_did_not_stop"
    assert operation.failure["emulators"] == "farm-01"


@pytest.mark.parametrize("verb", [Verb.GLOBAL_SETTINGS, Verb.SORT_WINDOWS, Verb.QUIT_ALL])
@pytest.mark.parametrize("cut_at", [1, 2])
async def test_cut_off_at_any_step_it_is_finished(fleet: Fleet, verb: Verb, cut_at: int) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    operation = await fleet.queue(verb, None, params={"fps": 30})
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert ended.status is OperationStatus.SUCCEEDED, ended.failure
