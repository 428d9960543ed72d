"""What a look at an emulator says of it. Pure: the same rules for scans and for operations."""

from dataclasses import dataclass, replace
from datetime import datetime

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Observation, Power
from ldfleet.ldplayer.outputs import STUCK_AFTER, Row, is_stuck, is_zombie, read_state

UNREADY_AFTER = 300.0  # seconds with a VM and no Android: boots took 20 (ldconsole.md 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """One look: the row of list2, and how the guest answered where it was asked."""

    row: Row
    adb: Adb | None = None
    """None: not asked."""
    booted: bool = False

    @property
    def off(self) -> bool:
        """Neither a window nor a virtual machine is left."""
        return read_state(self.row) is Power.STOPPED and self.row.vm_pid is None

    @property
    def ready(self) -> bool:
        """Every rung holds."""
        return self.adb is Adb.READY and self.booted


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the emulator besides the look."""

    name: str
    adb_debug: int | None
    before: Observation | None
    """The last observation of the same instance."""


def observe(glimpse: Glimpse, known: Known, *, now: datetime) -> Observation:
    """The observation a look gives, `since` and what is not asked again kept from before."""
    row, before = glimpse.row, known.before
    power = read_state(row)
    same = before is not None and (before.power, before.vm_pid) == (power, row.vm_pid)
    kept = before if same else None
    android, adb = _guest(glimpse, power, kept)
    seen = Observation(
        at=now,
        power=power,
        android=android,
        adb=adb,
        player_pid=row.player_pid,
        vm_pid=row.vm_pid,
        since=kept.since if kept is not None else now,
    )
    return replace(seen, trouble=_trouble(seen, row, known, kept))


def same_state(one: Observation, other: Observation) -> bool:
    """Whether nothing but the time of the look differs."""
    return replace(one, at=other.at) == other


def _guest(glimpse: Glimpse, power: Power, kept: Observation | None) -> tuple[Android, Adb]:
    if power is not Power.RUNNING:
        return Android.OFF, Adb.NONE
    if glimpse.adb is None:
        return (kept.android, kept.adb) if kept is not None else (Android.BOOTING, Adb.NONE)
    return Android.READY if glimpse.ready else Android.BOOTING, glimpse.adb


def _trouble(seen: Observation, row: Row, known: Known, kept: Observation | None) -> str | None:
    """A sentence; the one from before stays until something moves."""
    if seen.power not in {Power.STARTING, Power.RUNNING} or seen.android is Android.READY:
        return None
    found = _stalled(seen, row, known)
    if found is not None:
        return str(found)
    if kept is not None and (kept.android, kept.adb) == (seen.android, seen.adb):
        return kept.trouble
    return None


def _stalled(seen: Observation, row: Row, known: Known) -> errors.EmulatorError | None:
    seconds = (seen.at - seen.since).total_seconds()
    if is_zombie(row, seconds):
        return errors.EmulatorIsZombie(emulator=known.name)
    if is_stuck(row, seconds):
        return errors.EmulatorStuckStarting(emulator=known.name, seconds=round(STUCK_AFTER))
    if seen.power is Power.RUNNING and known.adb_debug == 0 and seen.adb is not Adb.READY:
        return errors.EmulatorAdbOff(emulator=known.name)
    if seen.power is not Power.RUNNING or seconds <= UNREADY_AFTER:
        return None
    late = errors.EmulatorDidNotBoot if seen.adb is Adb.READY else errors.EmulatorAdbSilent
    return late(emulator=known.name, seconds=round(UNREADY_AFTER))
