"""Looks into a running emulator from the command line, down to a simulated workstation."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image

from api.test_looks import put
from contracts.stands import Stand, a_stand
from support.commandline import CommandLine
from support.edges import Edge
from workflows.test_devices import boot, guest_of


@pytest.fixture
async def stand(edge: Edge) -> AsyncGenerator[Stand]:
    """Its emulator 1 is up, and on record as `player 1`."""
    async with a_stand() as stand:
        await boot(stand, 1)
        await put(edge, stand)
        yield stand


async def test_a_screenshot_is_written_where_it_is_wanted(
    cli: CommandLine, stand: Stand, tmp_path: Path
) -> None:
    file = tmp_path / "one.png"

    done = await cli("screenshot", "player 1", "-o", str(file))

    assert done.exit_code == 0, done.stderr
    assert file.read_bytes() == guest_of(stand).shown
    assert str(file) in done.stderr


async def test_the_file_s_name_says_what_it_is_written_as(
    cli: CommandLine, stand: Stand, tmp_path: Path
) -> None:
    del stand
    file = tmp_path / "one.webp"

    done = await cli("emulators", "screenshot", "em_0001", "-o", str(file), "--width", "320")

    assert done.exit_code == 0, done.stderr
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (320, 180))


async def test_a_screenshot_is_printed_where_no_file_is_named(
    cli: CommandLine, stand: Stand
) -> None:
    done = await cli("screenshot", "em_0001")

    assert done.stdout_bytes == guest_of(stand).shown


async def test_a_name_that_is_no_picture_s_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    done = await cli("screenshot", "em_0001", "-o", str(tmp_path / "one.txt"))

    assert done.exit_code == 2
    assert ".png, .jpg or .webp" in done.stderr


async def test_installed_apps_are_listed_with_their_versions(
    cli: CommandLine, stand: Stand
) -> None:
    guest_of(stand).install("com.example.game", "1.2")

    table = await cli("emulators", "apps", "em_0001")
    every = await cli("emulators", "apps", "em_0001", "--system", "-o", "json")
    names = await cli("emulators", "apps", "em_0001", "-q")

    assert table.stdout.splitlines()[1].split() == ["com.example.game", "1.2", "102", "no"]
    assert len(json.loads(every.stdout)["items"]) == len(guest_of(stand).packages())
    assert names.stdout == "com.example.game\n"


async def test_a_person_s_hand_reaches_the_screen(cli: CommandLine, stand: Stand) -> None:
    for words in (("tap", "1", "2"), ("key", "back"), ("text", "hello there")):
        done = await cli("input", words[0], "player 1", *words[1:])
        assert done.exit_code == 0, done.stderr

    assert guest_of(stand).inputs == ["tap 1 2", "keyevent KEYCODE_BACK", "text hello%sthere"]


async def test_all_screens_are_written_as_one_picture(
    cli: CommandLine, stand: Stand, tmp_path: Path
) -> None:
    del stand
    file = tmp_path / "wall.webp"

    done = await cli("workstations", "wall", "pc-01", "--file", str(file), "-q")

    assert done.exit_code == 0, done.stderr
    assert done.stdout == "em_0001\n"
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (192, 108))


async def test_a_wall_is_a_webp(cli: CommandLine, tmp_path: Path) -> None:
    done = await cli("workstations", "wall", "pc-01", "--file", str(tmp_path / "wall.png"))

    assert done.exit_code == 2
    assert ".webp" in done.stderr
