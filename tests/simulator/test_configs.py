"""The config files: lazy keys, order, size, and how they are lost (ldconsole.md 3.2)."""

import json

from simulator.simulated import VMS, Desk


async def test_a_new_emulator_has_11_keys_and_28_after_its_boot(desk: Desk) -> None:
    await desk.ld("add")
    new = desk.config(3)
    vbox = f"{VMS}\\leidian3\\leidian.vbox"
    had_vbox = desk.machine.host.files.exists(vbox)

    await desk.launch(3)
    desk.pass_time(60)

    assert len(new) == 11
    assert len(desk.config(3)) == 28
    assert not had_vbox
    text = desk.machine.host.files.read(vbox).decode()
    assert "{20160302-aaaa-aaaa-0eee-000000000003}" in text


async def test_a_settled_emulator_has_the_recorded_keys_in_order(desk: Desk) -> None:
    first, second = desk.config(0), desk.config(1)

    assert (len(first), len(second)) == (78, 79)
    assert "statusSettings.playerName" not in first
    assert list(second)[:4] == [
        "propertySettings.phoneIMEI",
        "propertySettings.phoneIMSI",
        "propertySettings.phoneSimSerial",
        "propertySettings.phoneAndroidId",
    ]
    assert list(second)[-2:] == ["statusSettings.playerName", "basicSettings.fsAutoSize"]
    raw = desk.config_bytes(1)
    assert raw.startswith(b'{\n    "propertySettings')
    assert 3900 < len(raw) < 5000


async def test_restore_leaves_the_short_form(desk: Desk) -> None:
    await desk.ld("backup", "--index", 1, "--file", "D:\\b.ldbk")
    await desk.ld("restore", "--index", 1, "--file", "D:\\b.ldbk")

    assert 800 < len(desk.config_bytes(1)) < 900
    assert "basicSettings.adbDebug" not in desk.config(1)
    assert desk.config(1)["statusSettings.playerName"] == "farm-01"
    assert desk.machine.host.files.size_of("D:\\b.ldbk") > 1_000_000_000


async def test_a_kill_during_quit_truncates_the_file(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)
    player = (await desk.row(1))[5]

    await desk.ld("quit", "--index", 1)
    await desk.cmd(f"taskkill /F /PID {player}")

    assert len(desk.config_bytes(1)) == 1015
    assert (await desk.row(1))[1] == "LDPlayer-1"


async def test_an_edit_while_it_runs_is_lost_at_quit(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)
    changed = desk.config(1) | {"basicSettings.fps": 7}
    path = f"{VMS}\\config\\leidian1.config"
    desk.machine.host.files.write(path, json.dumps(changed, indent=4).encode())
    await desk.ld("modify", "--index", 1, "--cpu", 1)

    await desk.ld("quit", "--index", 1)
    desk.pass_time(10)

    assert desk.config(1)["basicSettings.fps"] == 60
    assert desk.config(1)["advancedSettings.cpuCount"] == 1


async def test_a_file_can_be_cut_off(desk: Desk) -> None:
    desk.machine.faults.truncated_config = 2

    assert len(desk.config_bytes(2)) == 1015
    assert len(desk.config_bytes(1)) > 3900
