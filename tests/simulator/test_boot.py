"""The ladder of a boot, and all that keeps an emulator from its top (ldconsole.md 12)."""

import pytest

from simulator.simulated import Desk, a_machine

OFF = ["0", "0", "0", "-1", "-1"]


async def state(desk: Desk, index: int) -> list[str]:
    """topWnd, bindWnd, state, playerPid, vmPid."""
    return (await desk.row(index))[2:7]


async def get_state(desk: Desk, index: int) -> bytes:
    chunk = await desk.ld("adb", "--index", index, "--command", "get-state")
    return chunk.stdout + chunk.stderr


async def booted(desk: Desk, index: int) -> bytes:
    command = "shell getprop sys.boot_completed"
    return (await desk.ld("adb", "--index", index, "--command", command)).stdout


async def test_a_launch_from_the_desktop_climbs_the_ladder(desk: Desk) -> None:
    await desk.launch(1)
    assert await state(desk, 1) == OFF

    desk.pass_time(1.5)
    top, bind, value, player, vm = await state(desk, 1)
    assert int(top) > 0 and int(bind) > 0 and int(player) > 0
    assert (value, vm) == ("2", "-1")

    desk.pass_time(7)
    again = await state(desk, 1)
    assert again[:2] == [top, bind] and again[2:4] == ["1", player] and int(again[4]) > 0
    assert await get_state(desk, 1) == b"error: device 'emulator-5556' not found\r\n"

    desk.pass_time(8)
    assert await get_state(desk, 1) == b"device\r\n"
    assert await booted(desk, 1) == b"\r\n"

    desk.pass_time(8)
    assert await booted(desk, 1) == b"1\r\n"


async def test_quit_takes_seconds_and_holds_the_disk_longer(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)

    await desk.ld("quit", "--index", 1)
    assert (await state(desk, 1))[2] == "1"
    desk.pass_time(6)
    assert await state(desk, 1) == OFF

    desk.machine.faults.copy_blocks = False
    await desk.ld("copy", "--from", 1)
    desk.pass_time(9)
    await desk.ld("copy", "--from", 1)
    assert desk.effects()[-3:] == ["quitting", "refused", "copied 1 to 3"]


async def test_a_second_launch_does_nothing(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)
    before = await state(desk, 1)

    await desk.launch(1)

    assert await state(desk, 1) == before
    assert desk.effects()[-1] == "ignored"


@pytest.mark.parametrize("index", [0, 1, 2])
async def test_a_launch_from_session_0_never_boots(desk: Desk, index: int) -> None:
    await desk.ld("launch", "--index", index)

    desk.pass_time(3600)

    assert (await state(desk, index))[2] in {"1", "2"}
    assert b"not found" in await get_state(desk, index)
    assert await booted(desk, index) == b""


async def test_what_a_shell_started_dies_with_it(desk: Desk) -> None:
    process = desk.begin(f"C:\\LDPlayer\\LDPlayer9\\ldconsole.exe launch --index {1}", via_cmd=True)
    await desk.end(process)
    desk.pass_time(20)
    assert (await state(desk, 1))[2] != "0"

    process.terminate()

    assert await state(desk, 1) == OFF


async def test_a_boot_storm_hangs_those_beyond_the_limit() -> None:
    names = [f"farm-{number}" for number in range(7)]
    async with a_machine(emulators=names) as machine:
        desk = Desk(machine)
        for index in range(7):
            await desk.launch(index)
        desk.pass_time(600)
        ready = [await booted(desk, index) == b"1\r\n" for index in range(7)]

    assert ready == [True] * 4 + [False] * 3


async def test_concurrent_starts_are_slower(desk: Desk) -> None:
    await desk.launch(0)
    desk.pass_time(0)
    await desk.launch(1)
    await desk.launch(2)

    runs = [desk.instance(index).run for index in range(3)]
    last = [run.boot_at - run.at for run in runs if run]
    assert last[2] > last[0]


async def test_a_wedged_service_leaves_the_stuck_row_until_it_is_killed(desk: Desk) -> None:
    await desk.launch(0)
    desk.pass_time(60)
    desk.machine.faults.wedged_service = True
    await desk.launch(1)
    desk.pass_time(180)

    stuck = await state(desk, 1)
    assert int(stuck[0]) > 0 and stuck[2] == "2" and int(stuck[3]) > 0 and stuck[4] == "-1"
    assert await booted(desk, 0) == b"1\r\n"

    await desk.cmd("taskkill /F /IM Ld9BoxSVC.exe")

    zombie = await state(desk, 0)
    assert int(zombie[0]) > 0 and zombie[2] == "1" and int(zombie[3]) > 0 and zombie[4] == "-1"
    assert desk.machine.faults.wedged_service is False


async def test_a_zombie_ignores_quit_and_dies_by_its_pid(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)
    desk.machine.faults.zombie = 1
    player = (await state(desk, 1))[3]

    await desk.ld("quit", "--index", 1)
    desk.pass_time(60)
    assert (await state(desk, 1))[2:] == ["1", player, "-1"]

    killed = await desk.cmd(f"taskkill /F /PID {player}")
    assert killed.exit_code == 0
    assert await state(desk, 1) == OFF


async def test_a_crashing_emulator_dies_after_its_boot(desk: Desk) -> None:
    desk.machine.faults.crashing_emulator = 30.0
    await desk.launch(1)

    desk.pass_time(26)
    assert await booted(desk, 1) == b"1\r\n"
    desk.pass_time(30)
    assert await state(desk, 1) == OFF


@pytest.mark.parametrize(("switch", "expected"), [("hang_boot", "1"), ("stuck_starting", "2")])
async def test_one_emulator_can_be_made_to_hang(desk: Desk, switch: str, expected: str) -> None:
    setattr(desk.machine.faults, switch, 0)
    await desk.launch(0)
    desk.pass_time(30)
    await desk.launch(1)
    desk.pass_time(60)

    assert (await state(desk, 0))[2] == expected
    assert await booted(desk, 0) == b""
    assert await booted(desk, 1) == b"1\r\n"


async def test_a_session_without_a_live_desktop_runs_on_but_boots_nothing(desk: Desk) -> None:
    await desk.launch(0)
    desk.pass_time(60)
    desk.machine.faults.disconnected_session = True
    await desk.launch(1)
    desk.pass_time(60)

    assert await booted(desk, 0) == b"1\r\n"
    assert await booted(desk, 1) == b""


async def test_logging_off_ends_the_emulators(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)

    desk.machine.faults.no_desktop_session = True

    assert await state(desk, 1) == OFF
    assert (await desk.cmd("quser")).stderr == b"No User exists for *\r\n"


async def test_adb_is_off_where_the_setting_says_so(desk: Desk) -> None:
    added = await desk.ld("add")
    await desk.launch(added.exit_code or 0)
    desk.pass_time(60)

    assert (await state(desk, 3))[2] == "1"
    assert await get_state(desk, 3) == b"error: device 'emulator-5560' not found\r\n"


async def test_a_damaged_file_keeps_an_emulator_from_starting(desk: Desk) -> None:
    config = desk.config_bytes(1).replace(b'realWidth": 2336', b'realWidth": 0')
    desk.machine.host.files.write("C:\\LDPlayer\\LDPlayer9\\vms\\config\\leidian1.config", config)

    await desk.launch(1)
    desk.pass_time(600)

    assert (await state(desk, 1))[2] == "2"


async def test_a_running_emulator_keeps_its_resolution_until_reboot(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)
    await desk.ld("modify", "--index", 1, "--resolution", "1280,720,240")
    kept = (await desk.row(1))[7:]

    await desk.ld("reboot", "--index", 1, at_desktop=True)
    desk.pass_time(60)

    assert kept == ["960", "540", "160"]
    assert (await desk.row(1))[7:] == ["1280", "720", "240"]
    assert await booted(desk, 1) == b"1\r\n"


async def test_windows_can_reboot(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)

    desk.machine.sessions.boot()

    assert await state(desk, 1) == OFF
    assert desk.machine.sessions.number == 1
