"""Windows around LDPlayer: accounts, processes, registry, WMI."""

import pytest

from ldfleet.simulator.machine import InstallSpec
from simulator.simulated import Desk, a_machine


async def test_accounts_ignore_the_case_of_their_name(desk: Desk) -> None:
    assert desk.machine.password_of("LdOps") == "secret"
    assert desk.machine.password_of("nobody") is None


async def test_a_desktop_shows_as_explorer_in_a_session(desk: Desk) -> None:
    def sessions() -> list[object]:
        rows = desk.machine.query("root/cimv2", "Win32_Process")
        return [
            row.properties["SessionId"] for row in rows if row.properties["Name"] == "explorer.exe"
        ]

    before = sessions()
    desk.machine.faults.no_desktop_session = True
    without = sessions()
    desk.machine.faults.no_desktop_session = False

    assert (before, without, sessions()) == ([1], [], [2])


async def test_a_running_emulator_shows_as_processes(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)

    rows = {
        str(row.properties["Name"]): row.properties
        for row in desk.machine.query("root\\cimv2", "win32_process")
    }

    assert str(rows["dnplayer.exe"]["CommandLine"]).endswith("index=1|")
    assert rows["dnplayer.exe"]["SessionId"] == 1
    assert "--comment leidian1 --startvm 20160302-aaaa-aaaa-0eee-000000000001" in str(
        rows["Ld9BoxHeadless.exe"]["CommandLine"]
    )
    assert "Ld9BoxSVC.exe" in rows


async def test_facts_have_windows_names_and_types(desk: Desk) -> None:
    system = desk.machine.query("root/cimv2", "Win32_OperatingSystem")[0]
    disks = desk.machine.query("root/cimv2", "Win32_LogicalDisk")

    assert system.datetimes == {"LastBootUpTime", "LocalDateTime"}
    assert str(system.properties["LastBootUpTime"]).startswith("2026-11-01T")
    assert isinstance(system.properties["TotalVisibleMemorySize"], int)
    assert [disk.properties["DeviceID"] for disk in disks] == ["C:", "D:"]


async def test_an_unknown_class_is_a_lookup_error(desk: Desk) -> None:
    with pytest.raises(LookupError):
        desk.machine.query("root/cimv2", "Win32_Toaster")
    with pytest.raises(LookupError):
        desk.machine.query("root/nothing", "Win32_Process")


async def test_the_registry_tells_where_ldplayer_is(desk: Desk) -> None:
    key = "HKLM\\SOFTWARE\\XuanZhi\\LDPlayer9"
    found = await desk.line(f"reg query {key} /v InstallDir")
    desk.machine.faults.registry_missing = True
    missing = await desk.line(f"reg query {key}")

    assert found.stdout == (
        b"\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\XuanZhi\\LDPlayer9\r\n"
        b"    InstallDir    REG_SZ    C:\\LDPlayer\\LDPlayer9\\\r\n\r\n"
    )
    assert missing.exit_code == 1
    assert b"unable to find" in missing.stderr


async def test_ldplayer_can_be_gone(desk: Desk) -> None:
    desk.machine.faults.not_installed = True

    with pytest.raises(FileNotFoundError):
        await desk.ld("list2")
    assert not desk.machine.host.files.exists("C:\\LDPlayer\\LDPlayer9\\vms")


async def test_an_install_may_have_blanks_and_cyrillic_in_its_path() -> None:
    directory = "D:\\Игры и прочее\\LDPlayer9"
    async with a_machine(directory=directory) as machine:
        desk = Desk(machine)
        direct = await desk.line(f'"{directory}\\ldconsole.exe" list')
        shell = await desk.cmd(f'"{directory}\\ldconsole.exe" list')

    assert direct.stdout == shell.stdout == b"LDPlayer\r\nfarm-01\r\nfarm-02\r\n"


async def test_generations_live_side_by_side_and_share_the_vm_service() -> None:
    installs = (
        InstallSpec(generation=9, emulators=["nine"]),
        InstallSpec(generation=14, emulators=["fourteen"]),
    )
    async with a_machine(installs=installs) as machine:
        desk = Desk(machine)
        for number in (9, 14):
            path = f"C:\\LDPlayer\\LDPlayer{number}\\ldconsole.exe"
            process = desk.begin(f"{path} launch --index 0", session=1)
            await desk.end(process)
        desk.pass_time(60)
        services = machine.host.processes.named("Ld9BoxSVC.exe")
        await desk.cmd("taskkill /F /IM Ld9BoxSVC.exe")
        rows = [
            (await desk.line(f"C:\\LDPlayer\\LDPlayer{number}\\ldconsole.exe list2")).stdout
            for number in (9, 14)
        ]

    assert len(services) == 1
    assert [row.split(b",")[4] for row in rows] == [b"1", b"1"]
    assert [row.split(b",")[6] for row in rows] == [b"-1", b"-1"]


async def test_tasklist_filters_and_schtasks_tells_of_the_task(desk: Desk) -> None:
    await desk.launch(1)
    desk.pass_time(60)

    listed = await desk.line('tasklist /FI "IMAGENAME eq dnplayer.exe" /FO CSV /NH')
    task = await desk.line("schtasks /Query /TN \\LDFleet\\Desktop")
    missing = await desk.line("schtasks /Query /TN \\Other")

    assert listed.stdout.startswith(b'"dnplayer.exe","')
    assert listed.stdout.count(b"\n") == 1
    assert b"TaskName:      \\LDFleet\\Desktop" in task.stdout
    assert missing.exit_code == 1


async def test_killing_what_is_not_there_is_code_128(desk: Desk) -> None:
    chunk = await desk.cmd("taskkill /F /PID 3")

    assert (chunk.exit_code, chunk.stderr) == (128, b'ERROR: The process "3" not found.\r\n')


async def test_the_last_chunk_of_a_program_can_be_read_again(desk: Desk) -> None:
    process = desk.begin("hostname")

    first = await desk.end(process)

    assert first == await process.read()
    assert first.stdout == b"pc-01\r\n"


async def test_a_crash_of_the_simulator_itself_is_told_and_contained(desk: Desk) -> None:
    desk.machine.faults.code_page = "no-such-codec"
    broken = await desk.ld("list")
    desk.machine.faults.code_page = "gbk"

    assert broken.exit_code == 0xC0000005
    assert (await desk.ld("list")).exit_code == 0
