"""On a terminal: colours, unless NO_COLOR says otherwise."""

import asyncio
import os
import sys

import pytest

from support.commandline import CommandLine
from support.edges import ONLINE, Edge


async def on_a_terminal(cli: CommandLine, *arguments: str, **environment: str) -> str:
    near, far = os.openpty()
    try:
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ldfleet", *arguments),
            env={**cli.environment, "TERM": "xterm-256color", "COLUMNS": "160", **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=far,
        )
        assert await program.wait() == 0
        return os.read(near, 65536).decode()
    finally:
        os.close(near)
        os.close(far)


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
async def test_a_status_has_its_colour(
    cli: CommandLine, edge: Edge, environment: dict[str, str], *, coloured: bool
) -> None:
    await edge.floor.farm(health=ONLINE)

    shown = await on_a_terminal(cli, "workstations", "list", **environment)

    assert "farm-0001" in shown
    assert ("\x1b[32m" in shown) is coloured
