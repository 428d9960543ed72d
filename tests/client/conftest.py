from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.edges import Edge, an_edge


@pytest.fixture
async def edge(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Edge]:
    async with an_edge(pytestconfig, tmp_path) as edge:
        yield edge
