"""Inside Android: adb, apps, screen."""

import io
import struct

from PIL import Image

from ldfleet.simulator.ldplayer.screen import picture
from simulator.simulated import Desk, a_machine

ADB = "C:\\LDPlayer\\LDPlayer9\\adb.exe"


async def adb(desk: Desk, command: str) -> bytes:
    return (await desk.ld("adb", "--index", 1, "--command", command)).stdout


async def running(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)


async def test_adb_sees_what_runs_and_remembers_what_ran(desk: Desk) -> None:
    await running(desk)
    online = await desk.line(f"{ADB} devices")
    await desk.ld("quit", "--index", 1)
    desk.pass_time(10)
    offline = await desk.line(f"{ADB} devices")

    assert online.stdout == b"List of devices attached\r\nemulator-5556\tdevice\r\n\r\n"
    assert offline.stdout == b"List of devices attached\r\nemulator-5556\toffline\r\n\r\n"


async def test_adb_connect_exits_0_even_when_refused(desk: Desk) -> None:
    chunk = await desk.line(f"{ADB} connect 127.0.0.1:5557")

    assert chunk.exit_code == 0
    assert b"refused" in chunk.stdout


async def test_adb_exe_speaks_to_a_serial(desk: Desk) -> None:
    await running(desk)

    here = await desk.line(f"{ADB} -s 127.0.0.1:5557 shell getprop ro.build.version.release")
    missing = await desk.line(f"{ADB} -s emulator-5554 get-state")

    assert here.stdout == b"9\r\n"
    assert (missing.stderr, missing.exit_code) == (
        b"error: device 'emulator-5554' not found\r\n",
        1,
    )


async def test_each_install_gives_an_app_another_place(desk: Desk) -> None:
    await running(desk)
    desk.machine.host.files.write("C:\\apk\\com.example.game-1.2.apk", b"PK")
    line = ("installapp", "--index", 1, "--filename", "C:\\apk\\com.example.game-1.2.apk")

    await desk.ld(*line)
    first = await adb(desk, "shell pm list packages -3 -f")
    await desk.ld(*line)
    second = await adb(desk, "shell pm list packages -3 -f")

    assert first.startswith(b"package:/data/app/com.example.game-")
    assert first.endswith(b"/base.apk=com.example.game\r\n")
    assert first != second


async def test_an_app_is_installed_opened_closed_and_removed(desk: Desk) -> None:
    await running(desk)
    desk.machine.host.files.write("C:\\apk\\com.example.game-1.2.apk", b"PK")

    await desk.ld("installapp", "--index", 1, "--filename", "C:\\apk\\com.example.game-1.2.apk")
    listed = await adb(desk, "shell pm list packages -3")
    version = await adb(desk, "shell dumpsys package com.example.game")
    await desk.ld("runapp", "--index", 1, "--packagename", "com.example.game")
    pid = await adb(desk, "shell pidof com.example.game")
    await desk.ld("killapp", "--index", 1, "--packagename", "com.example.game")
    closed = await adb(desk, "shell pidof com.example.game")
    await desk.ld("uninstallapp", "--index", 1, "--packagename", "com.example.game")

    assert listed == b"package:com.example.game\r\n"
    assert b"versionName=1.2" in version
    assert pid.strip().isdigit()
    assert closed == b""
    assert b"com.example" not in await adb(desk, "shell pm list packages")


async def test_a_screenshot_has_the_screens_size(desk: Desk) -> None:
    await running(desk)

    picture = await adb(desk, "exec-out screencap -p")

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (960, 540)


async def test_files_go_in_and_come_out(desk: Desk) -> None:
    await running(desk)
    desk.machine.host.files.write("C:\\in.txt", b"hello")

    await desk.ld("push", "--index", 1, "--remote", "/sdcard/in.txt", "--local", "C:\\in.txt")
    await desk.ld("pull", "--index", 1, "--remote", "/sdcard/in.txt", "--local", "D:\\out.txt")

    assert desk.machine.host.files.read("D:\\out.txt") == b"hello"


async def test_properties_and_input_reach_a_running_android_only(desk: Desk) -> None:
    await desk.ld("setprop", "--index", 1, "--key", "phone.number", "--value", "1")
    await running(desk)
    await desk.ld("setprop", "--index", 1, "--key", "phone.imei", "--value", "35")
    await desk.ld("action", "--index", 1, "--key", "call.input", "--value", "привет")

    chunk = await desk.ld("getprop", "--index", 1, "--key", "phone.imei")

    assert chunk.stdout == b"35\r\n"
    assert desk.instance(1).guest.inputs == ["call.input привет"]
    assert desk.effects()[0] == "ignored"


async def test_generation_14_has_no_monkey() -> None:
    async with a_machine(generation=14, directory="C:\\LDPlayer\\LDPlayer9") as machine:
        desk = Desk(machine)
        await running(desk)
        chunk = await desk.ld("adb", "--index", 1, "--command", "shell monkey -p android 1")

    assert (chunk.stdout, chunk.exit_code) == (b"/system/bin/sh: monkey: not found\r\n", 127)


def test_a_picture_is_as_hard_to_pack_as_a_game_s() -> None:
    """What is measured with it would count for nothing else."""
    shown = picture(960, 540, 0)

    assert len(shown) > 600_000
    with Image.open(io.BytesIO(shown)) as image:
        assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 10_000
