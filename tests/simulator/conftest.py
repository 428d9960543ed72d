from collections.abc import AsyncGenerator

import pytest

from simulator.simulated import Desk, a_machine


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    async with a_machine() as machine:
        yield Desk(machine)
