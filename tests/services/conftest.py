from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from support.engines import Floor, a_floor


@pytest.fixture
async def floor(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncGenerator[Floor]:
    async with a_floor(pytestconfig, tmp_path) as floor:
        yield floor
