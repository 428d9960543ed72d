"""The two states that most verbs need: off with its disks let go, or with Android up."""

from datetime import timedelta

from ldfleet import errors
from ldfleet.domain.emulator import Power
from ldfleet.workflows.context import Context
from ldfleet.workflows.launch import look_first
from ldfleet.workflows.observe import Glimpse

DISKS_HELD = timedelta(seconds=10)
"""So long after a quit the disk files stay open (8 s, ldconsole.md 5)."""


async def stopped_first(context: Context) -> None:
    """It is off, and nobody has its disks open. Raises EmulatorWrongState."""
    seen = await look_first(context, damaged_is_fatal=False)
    if not seen.off:
        raise wrong_state(context, needed=Power.STOPPED.value)
    held_until = context.emulator.observed.since + DISKS_HELD
    left = (held_until - context.clock.now()).total_seconds()
    if left > 0:
        await context.journal.progress(0.0, "waiting for its disks to be let go")
        await context.clock.sleep(left)


async def ready_first(context: Context) -> Glimpse:
    """Its Android is up and answers. Raises EmulatorWrongState and EmulatorAdbOff."""
    seen = await look_first(context, damaged_is_fatal=False)
    if seen.ready:
        return seen
    if context.emulator.power is Power.RUNNING and context.adb_debug == 0:
        raise errors.EmulatorAdbOff(emulator=context.emulator.id)
    raise wrong_state(context, needed="ready")


def wrong_state(context: Context, *, needed: str) -> errors.EmulatorWrongState:
    """The refusal of the operation's verb, told with the state that was just seen."""
    return errors.EmulatorWrongState(
        emulator=context.emulator.id,
        verb=context.operation.verb,
        state=context.emulator.status.value,
        needed=needed,
    )
