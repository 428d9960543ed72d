"""A running Android asked beside all operations, over every transport."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
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
from ldfleet.ldplayer.android import APPS, SCREENSHOT, Question
from ldfleet.ldplayer.configfile import read_instance
from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.workflows.devices import AskedDevices
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
    devices = AskedDevices(connector=stand.connector, clock=WallClock(), **how)
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
