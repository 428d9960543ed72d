"""The fixture everyone here uses."""

import random

import pytest

from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from simulator.winrm.testbed import ManualClock, SmallMachine


@pytest.fixture
def machine_at_rest() -> WinRMEndpoint:
    """An endpoint that was never started."""
    return WinRMEndpoint(SmallMachine(), chance=random.Random(7), clock=ManualClock())
