"""What a workflow leaves behind is on record, however it was cut off."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from ldfleet import errors
from ldfleet.workflows.context import Context

LAST_LOOK = 15.0  # seconds an ended workflow may still look at what it leaves behind
_TROUBLES = (
    errors.EmulatorStuckStarting,
    errors.EmulatorIsZombie,
    errors.EmulatorAdbSilent,
    errors.EmulatorAdbOff,
    errors.EmulatorDidNotBoot,
    errors.EmulatorDidNotReboot,
    errors.EmulatorDidNotStop,
)
"""What is wrong with an emulator that is still there."""


@asynccontextmanager
async def left_on_record(context: Context) -> AsyncGenerator[None]:
    """Look once more where what is done inside is cancelled or goes wrong."""
    try:
        yield
    except asyncio.CancelledError:
        await _look_once_more(context)
        left = context.emulator.observed
        await context.journal.log("emulator.left", power=left.power, android=left.android)
        raise
    except _TROUBLES as error:
        await _look_once_more(context)
        await context.trouble(error)
        raise


async def _look_once_more(context: Context) -> None:
    with suppress(errors.FleetError, TimeoutError):
        async with asyncio.timeout(LAST_LOOK):
            await context.observe(await context.look())
