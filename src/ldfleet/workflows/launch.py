"""Launch an emulator and see it boot, rung by rung.

A launch that is cancelled leaves the emulator as it is: it may go on booting, and what was
seen last is on record. `quit` ends it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Power
from ldfleet.ldplayer import commands
from ldfleet.workflows.context import Context
from ldfleet.workflows.ladder import (
    LADDER,
    Rung,
    RungStep,
    ZombieTimer,
    others_started,
    others_stuck,
    rung_of,
)
from ldfleet.workflows.observe import Glimpse
from ldfleet.workflows.patience import look_until

T = TypeVar("T")


async def launch(context: Context) -> Mapping[str, Any]:
    """Start it, unless it is up already, and wait until Android has booted."""
    seen = await look_first(context)
    if rung_of(seen) is Rung.ANDROID and context.operation.attempt <= 1:
        return _result(boot_seconds=None, already=True)
    launched_at = await _start(context, seen)
    reached = await climb(context)
    if launched_at is None:
        return _result(boot_seconds=None)
    stages = {name: round((at - launched_at).total_seconds(), 1) for name, at in reached.items()}
    return {**_result(boot_seconds=stages[LADDER[-1].name]), "stages": stages}


async def climb(context: Context) -> Mapping[str, datetime]:
    """Wait until Android has booted; when each rung was reached. Raises what keeps it from that."""
    climbing = _Climb(context)
    return {step.name: await climbing.up(step) for step in LADDER}


async def look_first(
    context: Context, *, damaged_is_fatal: bool = True, new_ids: bool = False
) -> Glimpse:
    """Whether it is the emulator that is meant, and how it is.

    With `new_ids` an earlier run may have changed what it is known by.
    """
    same_ids = not (new_ids and context.again)
    async with context.journal.step("look") as notes:
        await context.journal.progress(0.0, "looking at the emulator")
        file = await _patiently(context, lambda: context.config(same_ids=same_ids))
        if damaged_is_fatal and file.failure is not None:
            raise file.failure
        seen = await _patiently(context, context.look)
        observed = await context.observe(seen)
        notes.result = {"power": observed.power.value, "android": observed.android.value}
    return seen


async def _patiently(context: Context, look: Callable[[], Awaitable[T]]) -> T:
    """In a second run something may be under way there, so a lost link does not end it."""
    if context.operation.attempt > 1:
        return await context.through(look, begun=True)
    return await look()


async def _start(context: Context, seen: Glimpse) -> datetime | None:
    """Give the command once in the life of the operation; when that was, or None: it was up."""
    async with context.journal.step("launch") as notes:
        if notes.before is not None:
            return _moment(notes.before)
        if rung_of(seen) is not Rung.OFF:
            notes.result = {"launched_at": None}
            return None
        if context.adb_debug == 0:
            raise errors.EmulatorAdbOff(emulator=context.emulator.id)
        await context.journal.progress(0.1, "launching")
        await refuse_without_desktop(context, begun=notes.started_before)
        at = context.clock.now()
        try:
            await context.through(lambda: _give(context), acts=True, begun=notes.started_before)
        except errors.CommandTimedOut:
            await context.journal.log("launch.unanswered", remedy="looking what became of it")
        notes.result = {"launched_at": at.isoformat()}
        return at


async def refuse_without_desktop(context: Context, *, begun: bool) -> None:
    """Raises NoDesktopSession."""
    facts = await context.through(context.transport.query, begun=begun)
    if facts.desktop is None:
        raise errors.NoDesktopSession(workstation=context.workstation.name)


async def _give(context: Context) -> None:
    package = context.operation.params.get("package")
    command = commands.launch(context.emulator.index, package)
    await context.ldconsole(command, key=f"{context.operation.id}-launch")


class _Climb:
    """From rung to rung; knows how high it has been."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._highest = Rung.OFF
        self._zombie = ZombieTimer()
        self._machines: frozenset[int] | None = None

    async def up(self, step: RungStep) -> datetime:
        """Wait for a rung, and tell when it was; raises what keeps it from being reached."""
        context = self._context
        async with context.journal.step(step.name) as notes:
            if notes.before is not None:
                self._highest = max(self._highest, step.rung)
            await context.journal.progress(step.progress, step.message)

            def reached(seen: Glimpse) -> bool:
                return self._judge(seen, step)

            if not await look_until(context, reached, limit=step.limit):
                raise self._late(step)
            notes.result = {"reached_at": context.clock.now().isoformat()}
            return datetime.fromisoformat(notes.result["reached_at"])

    def _judge(self, seen: Glimpse, step: RungStep) -> bool:
        context, rung = self._context, rung_of(seen)
        name = context.emulator.id
        if rung is Rung.OFF and self._highest > Rung.OFF:
            raise errors.EmulatorCrashed(emulator=name)
        if self._zombie.is_zombie(seen.row, context.clock.monotonic()):
            raise errors.EmulatorIsZombie(emulator=name)
        if self._machines is None:
            self._machines = frozenset(row.vm_pid for row in context.rows if row.vm_pid)
        self._highest = max(self._highest, rung)
        if step.rung is Rung.ADB and rung is Rung.MACHINE and context.adb_debug == 0:
            raise errors.EmulatorAdbOff(emulator=name)
        return rung >= step.rung

    def _late(self, step: RungStep) -> errors.FleetError:
        context = self._context
        name, seconds = context.emulator.id, round(step.limit)
        if step.rung is Rung.MACHINE and self._is_wedged():
            return errors.LDPlayerServiceWedged(workstation=context.workstation.name)
        late = {
            Rung.PLAYER: errors.EmulatorDidNotStart,
            Rung.MACHINE: errors.EmulatorStuckStarting,
            Rung.ADB: errors.EmulatorAdbSilent,
            Rung.ANDROID: errors.EmulatorDidNotBoot,
        }[step.rung]
        return late(emulator=name, seconds=seconds)

    def _is_wedged(self) -> bool:
        """Another is stuck like this one, and none got a VM all the while (ldconsole.md 10)."""
        rows, index = self._context.rows, self._context.emulator.index
        if self._machines is None or others_started(rows, index, self._machines):
            return False
        return others_stuck(rows, index) > 0


def _moment(notes: Mapping[str, Any]) -> datetime | None:
    at = notes.get("launched_at")
    return None if at is None else datetime.fromisoformat(at)


def _result(*, boot_seconds: float | None, already: bool = False) -> Mapping[str, Any]:
    return {
        "already_ready": already,
        "power": Power.RUNNING.value,
        "android": Android.READY.value,
        "adb": Adb.READY.value,
        "boot_seconds": boot_seconds,
    }
