"""ldconsole's words and codes (ldconsole.md 4 to 6)."""

import pytest

from simulator.simulated import LDCONSOLE, Desk, a_machine


async def test_rows_of_stopped_emulators_are_the_recorded_ones() -> None:
    async with a_machine(emulators=("LDPlayer", "LDPlayer-1")) as machine:
        chunk = await Desk(machine).ld("list2")

    # LDMS (9, both off)
    assert chunk.stdout == (
        b"0,LDPlayer,0,0,0,-1,-1,960,540,160\r\n1,LDPlayer-1,0,0,0,-1,-1,960,540,160\r\n"
    )


async def test_generation_4_has_seven_columns() -> None:
    async with a_machine(generation=4, directory="C:\\LDPlayer\\LDPlayer9") as machine:
        chunk = await Desk(machine).ld("list2")

    assert chunk.stdout.splitlines()[0] == b"0,LDPlayer,0,0,0,-1,-1"


async def test_chinese_names_come_in_the_machines_code_page() -> None:
    async with a_machine(emulators=("雷电模拟器", "b,c")) as machine:
        gbk = await Desk(machine).ld("list")
        machine.faults.code_page = "cp1251"
        ansi = await Desk(machine).ld("list")

    assert gbk.stdout == "雷电模拟器\r\nb,c\r\n".encode("gbk")
    assert ansi.stdout == b"?????\r\nb,c\r\n"


@pytest.mark.parametrize(
    ("generation", "banner"),
    [
        (9, b"dnplayer Command Line Management Interface"),
        (14, b"dnplayer v14.0.25.1 Command Line Management Interface"),
    ],
)
async def test_a_bare_run_tells_the_version(generation: int, banner: bytes) -> None:
    async with a_machine(generation=generation, directory="C:\\LDPlayer\\LDPlayer9") as machine:
        chunk = await Desk(machine).line(LDCONSOLE)

    assert chunk.stdout.splitlines()[0] == banner
    assert b"Commands :" in chunk.stdout


async def test_add_answers_the_lowest_free_index_as_exit_code(desk: Desk) -> None:
    await desk.ld("remove", "--index", 1)
    desk.pass_time(2)

    first = await desk.ld("add", "--name", "new")
    second = await desk.ld("add")

    assert (first.exit_code, second.exit_code) == (1, 3)
    assert (first.stdout, second.stdout) == (b"", b"")
    assert (await desk.row(1))[1] == "new"
    assert (await desk.row(3))[1] == "LDPlayer-3"
    assert desk.effects() == ["removed", "created 1", "created 3"]


async def test_copy_answers_the_new_index_and_takes_its_time(desk: Desk) -> None:
    before = desk.clock.now()

    chunk = await desk.ld("copy", "--name", "clone", "--from", 1)

    assert chunk.exit_code == 3
    assert desk.clock.now() - before == pytest.approx(60)
    assert (await desk.row(3))[1] == "clone"


async def test_a_running_emulator_is_not_copied_and_nobody_says_so(desk: Desk) -> None:
    await desk.launch(1)

    chunk = await desk.ld("copy", "--from", 1)

    assert (chunk.stdout, chunk.stderr) == (b"", b"")
    desk.pass_time(300)
    assert len(desk.machine.installs[0].instances) == 3
    assert desk.effects()[-1] == "refused"


async def test_a_second_copy_meanwhile_is_refused(desk: Desk) -> None:
    desk.machine.faults.copy_blocks = False

    await desk.ld("copy", "--from", 1)
    await desk.ld("copy", "--from", 2)

    desk.pass_time(300)
    assert len(desk.machine.installs[0].instances) == 4


async def test_a_name_means_the_emulator_with_the_highest_index(desk: Desk) -> None:
    await desk.ld("add", "--name", "farm-01")

    await desk.ld("modify", "--name", "farm-01", "--cpu", 2)

    assert desk.config(3)["advancedSettings.cpuCount"] == 2
    assert desk.config(1)["advancedSettings.cpuCount"] == 4


@pytest.mark.parametrize("words", [("--index", "9"), ("--name", "nobody"), ("--index", "x")])
async def test_a_missing_emulator_is_told_without_a_line_end(
    desk: Desk, words: tuple[str, ...]
) -> None:
    chunk = await desk.ld("launch", *words)

    assert chunk.stdout == b"player don't exist!"


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("copy", "--index", "0"),
        ("launch",),
        ("modify", "--index", "0", "--adb", "1"),
        ("rename", "--index", "0", "--title"),
        ("action",),
        ("export", "--index", "0"),
    ],
)
async def test_what_is_not_understood_gets_the_usage_page(
    desk: Desk, words: tuple[str, ...]
) -> None:
    chunk = await desk.ld(*words)

    assert b"Commands : " in chunk.stdout
    assert desk.effects() == ["usage"]


async def test_values_out_of_range_are_ignored_in_silence(desk: Desk) -> None:
    before = desk.config(1)

    for words in (("--cpu", 6), ("--memory", 6144), ("--resolution", "1920x1080"), ("--imei", 5)):
        chunk = await desk.ld("modify", "--index", 1, *words)
        assert (chunk.stdout, chunk.exit_code) == (b"", 0)

    assert desk.config(1) == before
    assert set(desk.effects()) == {"ignored"}


async def test_modify_writes_the_recorded_keys(desk: Desk) -> None:
    await desk.ld(
        "modify", "--index", 1, "--resolution", "1280,720,240", "--memory", 1536, "--root", 0,
        "--imei", "auto", "--mac", "00DB11223344", "--pnumber", "123",
    )  # fmt: skip

    config = desk.config(1)
    assert config["advancedSettings.resolution"] == {"width": 1280, "height": 720}
    assert config["advancedSettings.resolutionDpi"] == 240
    assert config["advancedSettings.memorySize"] == 1536
    assert config["basicSettings.rootMode"] is False
    assert len(config["propertySettings.phoneIMEI"]) == 15
    assert config["propertySettings.macAddress"] == "00DB11223344"
    assert config["propertySettings.phoneNumber"] == "123"


async def test_global_settings_and_location_are_written(desk: Desk) -> None:
    await desk.ld("globalsetting", "--fps", 30, "--audio", 1, "--cleanmode", 0)
    await desk.ld("locate", "--index", 1, "--LLI", "37.6,55.7")

    answer = await desk.cmd("type C:\\LDPlayer\\LDPlayer9\\vms\\config\\leidians.config")
    assert b'"framesPerSecond": 30' in answer.stdout
    assert b'"reduceAudio": false' in answer.stdout
    assert desk.config(1)["statusSettings.location"] == "37.6,55.7"


async def test_isrunning_has_no_line_end(desk: Desk) -> None:
    stopped = await desk.ld("isrunning", "--index", 1)
    await desk.launch(1)
    desk.pass_time(2)
    starting = await desk.ld("isrunning", "--index", 1)
    names = await desk.ld("runninglist")

    assert (stopped.stdout, starting.stdout) == (b"stop", b"running")
    assert names.stdout == b"farm-01\r\n"


async def test_list3_tells_of_one_emulator(desk: Desk) -> None:
    chunk = await desk.ld("list3", "--index", 0)

    assert chunk.stdout == b"0,LDPlayer,0,960,540,160\r\n"


async def test_garbage_may_stand_where_list2_should_be(desk: Desk) -> None:
    desk.machine.faults.garbage_list2 = True

    chunk = await desk.ld("list2")

    with pytest.raises(UnicodeDecodeError):
        chunk.stdout.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        chunk.stdout.decode("gbk")
    assert chunk.exit_code == 0


async def test_a_full_disk_makes_no_emulator_and_no_sound(desk: Desk) -> None:
    desk.machine.faults.full_disk = True

    chunk = await desk.ld("add", "--name", "new")

    assert chunk.stdout == b""
    assert len((await desk.ld("list2")).stdout.splitlines()) == 3
    assert not desk.machine.host.files.exists("C:\\LDPlayer\\LDPlayer9\\vms\\leidian3\\data.vmdk")


async def test_a_running_emulator_is_not_removed(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(2)

    await desk.ld("remove", "--index", 1)

    desk.pass_time(60)
    assert (await desk.row(1))[4] == "1"


async def test_a_removed_emulator_can_come_back_empty(desk: Desk) -> None:
    desk.machine.faults.recreate_after_remove = True

    await desk.ld("remove", "--index", 1)
    desk.pass_time(2)
    gone = await desk.ld("list2")
    desk.pass_time(10)

    assert b"\n1," not in gone.stdout
    assert len(desk.config(1)) == 8
    assert (await desk.row(2))[1] == "farm-02"


async def test_a_removed_emulator_comes_back_as_often_as_it_is_told_to(desk: Desk) -> None:
    desk.machine.faults.recreate_after_remove = 1

    for _ in range(2):
        await desk.ld("remove", "--index", 1)
        desk.pass_time(2)
        await desk.ld("list2")
        desk.pass_time(10)

    assert b"\n1," not in (await desk.ld("list2")).stdout


async def test_an_emulator_can_come_half_made(desk: Desk) -> None:
    desk.machine.faults.add_half_made = True

    await desk.ld("add")

    assert (await desk.row(3))[1] == "LDPlayer-3"
    storage = desk.machine.installs[0].storage
    assert not storage.files.exists(storage.config_path(3))
    assert storage.files.exists(storage.folder(3))


async def test_a_copy_can_be_refused_without_a_word(desk: Desk) -> None:
    desk.machine.faults.copy_refused = True

    chunk = await desk.ld("copy", "--from", 1)
    desk.pass_time(100)

    assert (chunk.exit_code, chunk.stdout) == (0, b"")
    assert b"\n3," not in (await desk.ld("list2")).stdout


async def test_a_reboot_can_be_ignored(desk: Desk) -> None:
    desk.machine.faults.session_0_boots = True
    await desk.ld("launch", "--index", 1)
    desk.pass_time(60)
    desk.machine.faults.reboot_ignored = 1
    before = await desk.row(1)

    await desk.ld("reboot", "--index", 1)

    assert await desk.row(1) == before


async def test_a_folder_that_holds_a_forbidden_file_is_not_removed(desk: Desk) -> None:
    storage = desk.machine.installs[0].storage
    desk.machine.faults.access_denied = rf"{storage.folder(1)}\data.vmdk"
    desk.machine.host.settle()

    with pytest.raises(PermissionError):
        storage.files.remove(storage.folder(1))


async def test_backups_and_restores_can_be_ignored(desk: Desk) -> None:
    desk.machine.faults.backup_ignored = True

    await desk.ld("backup", "--index", 1, "--file", "D:\\b.ldbk")

    assert not desk.machine.host.files.exists("D:\\b.ldbk")
    assert desk.effects() == ["refused"]


async def test_ldconsole_can_hang_until_it_is_ended(desk: Desk) -> None:
    desk.machine.faults.ldconsole_hangs = "list2"
    process = desk.begin(f"{LDCONSOLE} list2")
    await desk.cmd("hostname")
    desk.pass_time(3600)

    assert not process.ended.done()
    process.terminate()
    chunk = await desk.end(process)

    assert chunk.exit_code == 1
    assert desk.effects() == ["terminated (hung)"]


async def test_ctrl_c_ends_a_program_with_windows_code(desk: Desk) -> None:
    process = desk.begin(f"{LDCONSOLE} copy --from 1", via_cmd=True)
    await desk.end(desk.begin("hostname"))
    process.interrupt()

    assert (await desk.end(process)).exit_code == 0xC000013A


async def test_a_slow_answer_comes_after_the_deed(desk: Desk) -> None:
    desk.machine.faults.slow_answers_s = 100
    process = desk.begin(f"{LDCONSOLE} rename --index 1 --title x")

    await desk.end(desk.begin("hostname"))

    assert desk.config(1)["statusSettings.playerName"] == "x"
    assert not process.ended.done()
    process.terminate()
    await desk.end(process)


async def test_what_the_drive_refuses_is_done_in_silence_and_not_at_all(desk: Desk) -> None:
    before = desk.config(1)
    desk.machine.faults.access_denied = "C:\\LDPlayer\\LDPlayer9\\vms\\config"

    chunk = await desk.ld("rename", "--index", 1, "--title", "x")

    desk.machine.faults.access_denied = ""
    assert (chunk.stdout, chunk.exit_code) == (b"", 0)
    assert desk.config(1) == before
    assert desk.effects()[0].startswith("refused")


async def test_a_backup_that_finds_no_room_leaves_no_file(desk: Desk) -> None:
    desk.machine.faults.free_bytes_d = 1000

    await desk.ld("backup", "--index", 1, "--file", "D:\\b.ldbk")

    assert not desk.machine.host.files.exists("D:\\b.ldbk")
    assert desk.effects() == ["refused: There is not enough space on the disk."]
