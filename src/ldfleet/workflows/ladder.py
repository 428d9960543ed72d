"""The rungs of a boot: process, virtual machine, ADB, Android. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ldfleet.domain.emulator import Adb, Power
from ldfleet.ldplayer.outputs import Row, is_zombie, read_state
from ldfleet.workflows.observe import Glimpse


class Rung(IntEnum):
    """How far an emulator is."""

    OFF = 0
    PLAYER = 1
    """Its window process is there."""
    MACHINE = 2
    """Its VM process is there."""
    ADB = 3
    """Its guest answers ADB."""
    ANDROID = 4
    """Its Android has booted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungStep:
    """A step of the launch: the rung to be reached, and the time it may take in seconds."""

    name: str
    rung: Rung
    limit: float
    message: str
    progress: float


LADDER: Sequence[RungStep] = (
    # ldconsole.md 7: state 2 within a second or two; 6: stuck after 180 s; 20 s for a whole boot
    RungStep(
        name="player",
        rung=Rung.PLAYER,
        limit=30.0,
        message="waiting for the player's window",
        progress=0.2,
    ),
    RungStep(
        name="machine",
        rung=Rung.MACHINE,
        limit=180.0,
        message="waiting for the virtual machine",
        progress=0.4,
    ),
    RungStep(
        name="adb",
        rung=Rung.ADB,
        limit=120.0,
        message="waiting for ADB",
        progress=0.6,
    ),
    RungStep(
        name="android",
        rung=Rung.ANDROID,
        limit=180.0,
        message="waiting for Android to boot",
        progress=0.8,
    ),
)


def rung_of(seen: Glimpse) -> Rung:
    """The highest rung that holds, with all below it."""
    power = read_state(seen.row)
    if power is Power.STARTING:
        return Rung.PLAYER
    if power is not Power.RUNNING:
        return Rung.OFF
    if seen.adb is not Adb.READY:
        return Rung.MACHINE
    return Rung.ANDROID if seen.booted else Rung.ADB


class ZombieTimer:
    """How long a row has been called running without a VM: for a moment that is no illness."""

    def __init__(self) -> None:
        self._since: float | None = None

    def is_zombie(self, row: Row, now: float) -> bool:
        """Whether it has been so for too long (ldconsole.md 6)."""
        if not is_zombie(row, math.inf):
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return is_zombie(row, now - self._since)


def others_stuck(rows: Sequence[Row], index: int) -> int:
    """How many others of the install are starting without a VM."""
    return sum(
        row.index != index and read_state(row) is Power.STARTING and row.vm_pid is None
        for row in rows
    )


def others_started(rows: Sequence[Row], index: int, before: frozenset[int]) -> bool:
    """Whether another got a VM that it had not before: then the service does work."""
    return any(
        row.vm_pid is not None and row.vm_pid not in before for row in rows if row.index != index
    )
