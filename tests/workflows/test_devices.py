"""A running Android asked beside all operations, over every transport."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.stands import (
    Stand,
    WallClock,
    a_local_stand,
    a_stand,
    an_openssh_stand,
    an_ssh_stand,
)
from ldfleet import errors
from ldfleet.domain.app import InstalledApp
from ldfleet.domain.emulator import BirthMarker, Emulator
from ldfleet.domain.workstation import TransportKind
from ldfleet.ldplayer.adb import SERVER_PORT
from ldfleet.ldplayer.android import APPS, SCREENSHOT, Question
from ldfleet.ldplayer.configfile import read_instance
from ldfleet.simulator import loopback
from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.telemetry import Measure, measuring
from ldfleet.workflows.devices import AskedDevices
from support.adb import a_real_server
from support.stores import an_emulator

WAYS: dict[str, Callable[[], AbstractAsyncContextManager[Stand]]] = {
    "winrm": a_stand,
    "ssh": an_ssh_stand,
    "openssh": an_openssh_stand,
    "local": a_local_stand,
}
GAME = InstalledApp(package="com.example.game", version="1.2", version_code=102)


@pytest.fixture(params=WAYS)
async def stand(request: pytest.FixtureRequest) -> AsyncGenerator[Stand]:
    """With its emulator 1 up."""
    async with WAYS[request.param]() as stand:
        await boot(stand, 1)
        yield stand


@pytest.fixture
async def over_winrm() -> AsyncGenerator[Stand]:
    async with a_stand() as stand:
        await boot(stand, 1)
        yield stand


async def boot(stand: Stand, index: int) -> None:
    stand.machine.actions["by_hand"](["launch", "--index", str(index)])

    def up() -> bool:
        stand.machine.host.settle()
        install = stand.machine.installs[0]
        return install.view(install.instances[index]).booted

    await stand.until(up)


def guest_of(stand: Stand, index: int = 1) -> Guest:
    return stand.machine.installs[0].instances[index].guest


def the_emulator(stand: Stand, index: int = 1) -> Emulator:
    """As its config file describes it."""
    content = stand.machine.installs[0].storage.content(index)
    return an_emulator(index, marker=read_instance(content).marker)


async def asked(
    stand: Stand, question: Question[Any], emulator: Emulator | None = None, **how: Any
) -> Any:
    port = await stand.port_of(SERVER_PORT)
    devices = AskedDevices(connector=stand.connector, clock=WallClock(), adb_port=port, **how)
    meant = emulator or the_emulator(stand)
    return await devices.ask(stand.record, stand.credentials, meant, question)


async def test_a_picture_arrives_byte_for_byte(stand: Stand) -> None:
    picture = await asked(stand, SCREENSHOT)

    shown = guest_of(stand).shown
    assert len(picture) > 600_000
    assert hashlib.sha256(picture).digest() == hashlib.sha256(shown).digest()


async def test_apps_are_listed_with_their_versions(stand: Stand) -> None:
    guest_of(stand).install("com.example.game", "1.2")

    apps = await asked(stand, APPS)

    assert GAME in apps
    assert {app.package: app.version for app in apps if app.system}["com.android.chrome"] == "9"
    assert [app.package for app in apps] == sorted(guest_of(stand).packages())


async def test_a_device_with_other_ids_is_not_taken_for_the_emulator(stand: Stand) -> None:
    other = replace(
        the_emulator(stand), marker=BirthMarker(mac="00DB00000001", android_id="0" * 16)
    )

    with pytest.raises(errors.EmulatorMistaken) as raised:
        await asked(stand, SCREENSHOT, other)

    assert raised.value.serial == "emulator-5556"


async def test_ids_that_nobody_knows_forbid_nothing(stand: Stand) -> None:
    unknown = replace(the_emulator(stand), marker=BirthMarker())

    assert await asked(stand, SCREENSHOT, unknown)


async def test_an_emulator_that_adb_does_not_serve_is_named_with_the_reason(stand: Stand) -> None:
    stand.machine.faults.adb_off = True

    with pytest.raises(errors.EmulatorAdbRefused) as raised:
        await asked(stand, SCREENSHOT)

    assert "not listed" in str(raised.value)


async def test_a_workstation_that_is_away_is_told_as_such(over_winrm: Stand) -> None:
    over_winrm.faults.unreachable = True

    with pytest.raises(errors.WorkstationUnreachable):
        await asked(over_winrm, SCREENSHOT)


async def test_what_takes_too_long_is_given_up(over_winrm: Stand) -> None:
    over_winrm.machine.faults.slow_commands_s = 5.0

    with pytest.raises(errors.EmulatorAdbSilent) as raised:
        await asked(over_winrm, SCREENSHOT, limit=0.5)

    assert raised.value.seconds == 0.5


async def test_a_screen_that_gives_no_picture_is_nonsense(over_winrm: Stand) -> None:
    guest_of(over_winrm).size = (0, 0, 0)

    with pytest.raises(errors.EmulatorSaidNonsense, match="no picture"):
        await asked(over_winrm, SCREENSHOT)


async def test_two_questions_at_once_do_not_keep_each_other_waiting_for_ever(
    over_winrm: Stand,
) -> None:
    devices = AskedDevices(connector=over_winrm.connector, clock=WallClock())
    emulator = the_emulator(over_winrm)

    async with asyncio.TaskGroup() as group:
        asking = [
            group.create_task(
                devices.ask(over_winrm.record, over_winrm.credentials, emulator, APPS)
            )
            for _ in range(5)
        ]

    assert all(task.result() for task in asking)


# What ADB's own troubles are told as


async def test_an_offline_device_is_brought_back_by_connecting_anew(stand: Stand) -> None:
    stand.machine.faults.adb_offline = 1

    assert await asked(stand, APPS)


async def test_connecting_anew_has_a_cool_down(stand: Stand) -> None:
    devices = AskedDevices(
        connector=stand.connector, clock=WallClock(), adb_port=await stand.port_of(SERVER_PORT)
    )
    emulator = the_emulator(stand)

    stand.machine.faults.adb_offline = 1
    await devices.ask(stand.record, stand.credentials, emulator, APPS)
    stand.machine.faults.adb_offline = 1
    with pytest.raises(errors.EmulatorAdbRefused, match="offline"):
        await devices.ask(stand.record, stand.credentials, emulator, APPS)


async def test_a_device_that_is_not_authorized_is_told_as_such(stand: Stand) -> None:
    stand.machine.faults.adb_unauthorized = 1

    with pytest.raises(errors.EmulatorAdbRefused, match="unauthorized"):
        await asked(stand, SCREENSHOT)


async def test_another_maker_s_emulator_on_the_port_is_not_looked_at(stand: Stand) -> None:
    stand.machine.faults.adb_stranger = 1

    with pytest.raises(errors.EmulatorMistaken):
        await asked(stand, SCREENSHOT)


async def test_a_shell_that_hangs_is_given_up(stand: Stand) -> None:
    stand.machine.faults.adb_hangs = 1

    with pytest.raises(errors.EmulatorAdbSilent):
        await asked(stand, SCREENSHOT, limit=1.0)


@pytest.mark.parametrize("after", [0, 40, 300_000])
@pytest.mark.parametrize("way", ["ssh", "openssh", "local"])
async def test_an_answer_that_is_cut_off_is_never_taken_for_whole(way: str, after: int) -> None:
    async with WAYS[way]() as stand:
        await boot(stand, 1)
        stand.machine.faults.adb_cut_after = after

        with pytest.raises(errors.EmulatorSaidNonsense, match="cut off"):
            await asked(stand, SCREENSHOT)


async def test_the_server_of_the_workstation_is_started_once_and_never_ended(stand: Stand) -> None:
    for _ in range(3):
        await asked(stand, APPS)

    starts = [entry.argv[1:] for entry in stand.started("adb.exe")]
    if stand.record.address.transport is not TransportKind.WINRM:
        assert len(starts) <= 1  # a port opened here starts it itself
        assert starts in ([], [("start-server",)])
    assert not any("kill-server" in words for words in starts)
    assert not [entry for entry in stand.farm.journal.after() if entry.kind == "adb"]


async def test_an_ssh_server_that_forwards_nothing_leaves_the_program() -> None:
    async with an_ssh_stand() as stand:
        await boot(stand, 1)
        stand.endpoint.faults.ssh_no_forwarding = True

        picture = await asked(stand, SCREENSHOT)

        assert picture == guest_of(stand).shown
        assert stand.started("adb.exe")


def an_odd_port() -> int:
    """A free one; those of LDPlayer are odd."""
    while True:
        with loopback.bind(0) as bound:
            port: int = bound.getsockname()[1]
        if port % 2:
            return port


async def test_a_real_adb_server_serves_us_as_the_simulated_one_does(tmp_path: Path) -> None:
    """Our client, Debian's sshd and Debian's adb: only the devices behind them are simulated."""
    async with an_openssh_stand() as stand, a_real_server(tmp_path) as adb:
        await boot(stand, 1)
        ports = stand.farm.workstations[stand.machine.name].ports
        here = await ports.expose(5557, here=an_odd_port())
        connected = await adb("connect", f"127.0.0.1:{here}")
        assert connected.text.startswith("connected to")
        devices = AskedDevices(connector=stand.connector, clock=WallClock(), adb_port=adb.port)
        at_that_port = replace(the_emulator(stand), index=(here - 5555) // 2)

        picture = await devices.ask(stand.record, stand.credentials, at_that_port, SCREENSHOT)

        assert picture == guest_of(stand).shown


async def test_how_long_a_look_took_is_measured_and_how_it_failed(over_winrm: Stand) -> None:
    heard: list[tuple[Measure, str, str]] = []
    with measuring(lambda what, _, label, second: heard.append((what, label, second))):
        await asked(over_winrm, SCREENSHOT)
        over_winrm.machine.faults.adb_unauthorized = 1
        with pytest.raises(errors.EmulatorAdbRefused):
            await asked(over_winrm, APPS)

    assert heard == [(Measure.LOOK, "screenshot", ""), (Measure.LOOK, "apps", "remote")]
