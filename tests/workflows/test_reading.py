"""A look whose answer was lost is repeated; anything else is not."""

import pytest

from ldfleet import errors
from ldfleet.workflows.reading import AGAIN_AFTER, reading
from support.clock import ManualClock

LOST = errors.OutcomeUnknown(workstation="pc-01", program="ldconsole.exe", reason="cut")


class Look:
    def __init__(self, *failures: errors.FleetError) -> None:
        self.failures = list(failures)
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        if self.failures:
            raise self.failures.pop(0)
        return "seen"


class ImpatientClock(ManualClock):
    async def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        assert seconds > 0


async def test_a_lost_look_is_repeated() -> None:
    look = Look(LOST, LOST)

    assert await reading(look, ImpatientClock()) == "seen"
    assert look.times == 3


async def test_it_is_not_repeated_for_ever() -> None:
    look = Look(*[LOST] * 9)

    with pytest.raises(errors.OutcomeUnknown):
        await reading(look, ImpatientClock())

    assert look.times == len(AGAIN_AFTER) + 1


async def test_a_refusal_is_not_repeated() -> None:
    look = Look(errors.WorkstationRefusedLogin(workstation="pc-01", user="ldops"))

    with pytest.raises(errors.WorkstationRefusedLogin):
        await reading(look, ImpatientClock())

    assert look.times == 1
