import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from support.commandline import CommandLine
from support.edges import Edge, an_edge, listening


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that runs here instead of asking a server has logs go to its own output."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
async def edge(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Edge]:
    async with an_edge(pytestconfig, tmp_path) as edge:
        yield edge


@pytest.fixture
async def cli(edge: Edge) -> AsyncIterator[CommandLine]:
    # The server's log lines would go where the command's output is collected.
    with capture_logs():
        async with listening(edge.app) as url:
            yield CommandLine(url, edge.token)
