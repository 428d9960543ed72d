"""The wall from the command line, down to a simulated workstation."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image

from api.test_looks import put
from contracts.stands import Stand, a_stand
from support.commandline import CommandLine
from support.edges import Edge
from workflows.test_devices import boot


@pytest.fixture
async def stand(edge: Edge) -> AsyncGenerator[Stand]:
    """Its emulator 1 is up, and on record as em_0001."""
    async with a_stand() as stand:
        await boot(stand, 1)
        await put(edge, stand)
        yield stand


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


async def test_a_name_that_is_no_webp_s_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    done = await cli("workstations", "wall", "pc-01", "--file", str(tmp_path / "wall.png"))

    assert done.exit_code == 2
    assert ".webp" in done.stderr
