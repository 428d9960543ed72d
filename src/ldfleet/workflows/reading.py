"""Looking once more where the answer to a look was lost: it has no effect to fear."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ldfleet import errors
from ldfleet.ports import Clock

T = TypeVar("T")
AGAIN_AFTER = (0.5, 2.0, 5.0)  # seconds


async def reading(look: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """What `look` gives; repeated a few times where the link was lost on the way."""
    for pause in AGAIN_AFTER:
        try:
            return await look()
        except errors.OutcomeUnknown:
            await clock.sleep(pause)
    return await look()
