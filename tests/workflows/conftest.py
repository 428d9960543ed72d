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


@pytest.fixture
async def quick_fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    """The same in a time so fast that three minutes of waiting are over at once."""
    async with a_fleet(request.config, tmp_path, scale=300.0) as made:
        await made.add()
        await made.scan()
        yield made


@pytest.fixture
async def deaf_fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    """One simulated PC whose emulators have ADB switched off."""
    async with a_fleet(request.config, tmp_path, adb_debug=0) as made:
        await made.add()
        await made.scan()
        yield made


@pytest.fixture
async def slow_fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    """One whose seconds are long enough to be seen one by one."""
    async with a_fleet(request.config, tmp_path, scale=10.0) as made:
        await made.add()
        await made.scan()
        yield made
