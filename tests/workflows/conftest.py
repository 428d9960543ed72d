from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from support.fastfleet import Fleet, a_fleet


@pytest.fixture
async def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    """One simulated PC with three stopped emulators, scanned once."""
    async with a_fleet(request.config, tmp_path) as made:
        await made.add()
        await made.scan()
        yield made
