"""The simulated ADB, spoken to by real programs: Debian's adb and adbutils, both unmodified."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ldfleet.simulator.adb.services import ECHO
from ldfleet.simulator.clock import SimClock
from ldfleet.simulator.farm import Farm, machines
from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.simulator.workstation import Workstation
from support.adb import RealAdb, a_real_server

adbutils: Any = pytest.importorskip("adbutils")  # it has no types
APK = Path(__file__).with_name("data") / "game.apk"
GAME = "com.example.game"


@dataclass(kw_only=True)
class Bench:
    """A workstation with its emulator 1 up, and a real adb for it."""

    workstation: Workstation
    adb: RealAdb
    serial: str

    @property
    def guest(self) -> Guest:
        return self.workstation.machine.installs[0].instances[1].guest

    def switch(self, **faults: Any) -> None:
        for name, value in faults.items():
            self.workstation.set_fault(name, value)

    async def said(self, *words: str) -> str:
        said = await self.adb("-s", self.serial, *words)
        assert said.code == 0, (said.out, said.err)
        return said.text.replace("\r\n", "\n")


@pytest.fixture
async def workstation() -> AsyncGenerator[Workstation]:
    farm = Farm(machines(1, 3, seed=7), clock=SimClock(scale=60.0))
    await farm.start()
    try:
        workstation = farm.workstations["pc-01"]
        workstation.machine.actions["by_hand"](["launch", "--index", "1"])
        install = workstation.machine.installs[0]
        await until(lambda: install.view(install.instances[1]).booted, workstation)
        yield workstation
    finally:
        await farm.stop()


async def until(holds: Callable[[], bool], workstation: Workstation) -> None:
    async with asyncio.timeout(10):
        workstation.machine.host.settle()
        while not holds():
            await asyncio.sleep(0.01)
            workstation.machine.host.settle()


@pytest.fixture(params=["the simulated server", "a real server"])
async def bench(
    request: pytest.FixtureRequest, workstation: Workstation, tmp_path: Path
) -> AsyncGenerator[Bench]:
    """The client speaks to the simulated server, or through a real one to the simulated adbd."""
    if request.param == "the simulated server":
        adb = RealAdb(port=workstation.ports.adb_port, home=tmp_path)
        yield Bench(workstation=workstation, adb=adb, serial="emulator-5556")
        return
    async with a_real_server(tmp_path) as adb:
        serial = f"127.0.0.1:{await workstation.ports.expose(5557)}"
        connected = await adb("connect", serial)
        assert connected.text.startswith("connected to"), connected
        yield Bench(workstation=workstation, adb=adb, serial=serial)


async def test_the_device_is_listed(bench: Bench) -> None:
    assert f"{bench.serial}\tdevice\n" in (await bench.adb("devices")).text
    assert (await bench.said("get-state")).strip() == "device"


async def test_its_shell_answers_with_the_exit_code(bench: Bench) -> None:
    assert await bench.said("shell", "getprop ro.build.version.release") == "9\n"
    assert (await bench.adb("-s", bench.serial, "shell", "nonsense")).code == 127
    assert await bench.said("shell", "ls /none; echo $?") == (
        "ls: /none: No such file or directory\n1\n"
    )


async def test_raw_bytes_arrive_as_they_are(bench: Bench) -> None:
    said = await bench.adb("-s", bench.serial, "exec-out", "screencap", "-p")

    assert said.out == bench.guest.shown
    assert len(said.out) > 600_000


async def test_files_go_in_are_listed_and_come_out(bench: Bench, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4_000
    (tmp_path / "in.bin").write_bytes(content)

    await bench.said("push", str(tmp_path / "in.bin"), "/sdcard/one.bin")
    listed = await bench.said("ls", "/sdcard")
    await bench.said("pull", "/sdcard/one.bin", str(tmp_path / "out.bin"))
    missing = await bench.adb("-s", bench.serial, "pull", "/sdcard/none", str(tmp_path))

    assert bench.guest.files["/sdcard/one.bin"] == content
    assert "one.bin" in listed
    assert (tmp_path / "out.bin").read_bytes() == content
    assert missing.code != 0 and b"No such file" in missing.err + missing.out


async def test_an_app_is_installed_listed_and_removed(bench: Bench) -> None:
    assert "Success" in await bench.said("install", str(APK))
    assert bench.guest.apps == {GAME: "1.2"}
    assert f"package:{GAME}\n" in await bench.said("shell", "pm list packages")
    assert "Success" in await bench.said("uninstall", GAME)
    assert bench.guest.apps == {}


async def test_what_is_no_app_is_refused_in_androids_words(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "none.apk").write_bytes(b"PK nothing")

    said = await bench.adb("-s", bench.serial, "install", str(tmp_path / "none.apk"))

    assert said.code != 0
    assert b"INSTALL_PARSE_FAILED_NOT_APK" in said.out + said.err


async def test_a_touch_and_a_text_arrive(bench: Bench) -> None:
    await bench.said("shell", "input tap 120 45")
    await bench.said("shell", "input text hello")

    assert bench.guest.inputs == ["tap 120 45", "text hello"]


async def test_a_real_server_forwards_a_socket_of_androids(
    workstation: Workstation, tmp_path: Path
) -> None:
    async with a_real_server(tmp_path) as adb:
        serial = f"127.0.0.1:{await workstation.ports.expose(5557)}"
        await adb("connect", serial)
        said = await adb("-s", serial, "forward", "tcp:0", f"localabstract:{ECHO}")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(said.text))
        writer.write(bytes(range(256)) * 1_000)
        echoed = await reader.readexactly(256_000)
        writer.close()

    assert echoed == bytes(range(256)) * 1_000


async def test_a_device_that_is_not_authorized_says_so(bench: Bench) -> None:
    bench.switch(adb_unauthorized=1)
    if ":" in bench.serial:  # a real server asks anew when it connects
        await bench.adb("disconnect", bench.serial)
        await bench.adb("connect", bench.serial)

    said = await bench.adb("-s", bench.serial, "shell", "id")

    assert said.code != 0
    assert b"unauthorized" in said.err or b"authorizing" in said.err


async def test_a_connection_that_is_cut_leaves_no_whole_file(bench: Bench, tmp_path: Path) -> None:
    bench.guest.files["/sdcard/big.bin"] = bytes(1_000_000)
    bench.switch(adb_cut_after=300_000)

    said = await bench.adb("-s", bench.serial, "pull", "/sdcard/big.bin", str(tmp_path / "out"))

    assert said.code != 0


async def test_a_shell_that_hangs_answers_nothing(bench: Bench) -> None:
    bench.switch(adb_hangs=1)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await bench.adb("-s", bench.serial, "shell", "id")


async def test_a_device_that_went_offline_comes_back_by_a_connection(
    workstation: Workstation, tmp_path: Path
) -> None:
    adb = RealAdb(port=workstation.ports.adb_port, home=tmp_path)
    workstation.set_fault("adb_offline", 1)

    offline = await adb("-s", "emulator-5556", "shell", "id")
    connected = await adb("connect", "127.0.0.1:5557")
    again = await adb("-s", "127.0.0.1:5557", "shell", "id")

    assert b"device offline" in offline.err
    assert connected.text == "connected to 127.0.0.1:5557\n"
    assert again.text == "uid=2000(shell) gid=2000(shell)\n"


async def test_a_serial_that_nobody_has_is_refused(
    workstation: Workstation, tmp_path: Path
) -> None:
    adb = RealAdb(port=workstation.ports.adb_port, home=tmp_path)

    said = await adb("-s", "emulator-5558", "shell", "id")

    assert b"'emulator-5558' not found" in said.err


async def test_a_stranger_on_the_port_answers_with_ids_of_its_own(bench: Bench) -> None:
    mine = await bench.said("shell", "cat /sys/class/net/wlan0/address")
    bench.switch(adb_stranger=1)

    assert mine.startswith("00:db:")
    assert not (await bench.said("shell", "cat /sys/class/net/wlan0/address")).startswith("00:db")


async def test_whoever_kills_the_server_is_in_the_journal(
    workstation: Workstation, tmp_path: Path
) -> None:
    await RealAdb(port=workstation.ports.adb_port, home=tmp_path)("kill-server")

    assert [each.effect for each in workstation.machine.host.journal.after() if each.kind == "adb"]


async def test_adbutils_works_unmodified(workstation: Workstation, tmp_path: Path) -> None:
    guest = workstation.machine.installs[0].instances[1].guest
    (tmp_path / "one.txt").write_bytes(b"hello")

    def use() -> tuple[Any, ...]:
        device = adbutils.AdbClient(host="127.0.0.1", port=workstation.ports.adb_port).device(
            serial="emulator-5556"
        )
        device.sync.push(str(tmp_path / "one.txt"), "/sdcard/one.txt")
        device.click(10, 20)
        with device.create_connection("localabstract", ECHO) as echo:
            echo.sendall(b"ping")
            ponged = echo.recv(4)
        return (
            device.prop.get("ro.build.version.release"),
            device.shell2("nonsense").returncode,
            device.sync.read_bytes("/sdcard/one.txt"),
            sorted(device.list_packages()) == sorted(guest.packages()),
            device.screenshot().size,
            ponged,
        )

    assert await asyncio.to_thread(use) == ("9", 127, b"hello", True, (960, 540), b"ping")
    assert guest.inputs == ["tap 10 20"]
