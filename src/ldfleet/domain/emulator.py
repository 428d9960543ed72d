"""One LDPlayer instance on a workstation: who it is, how it was last seen, what may be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Self

from ldfleet import errors
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import Verb


class Power(StrEnum):
    """What list2 says of the virtual machine."""

    STOPPED = auto()
    STARTING = auto()
    RUNNING = auto()
    STOPPING = auto()
    UNKNOWN = auto()


class Android(StrEnum):
    """How far the guest is."""

    OFF = auto()
    BOOTING = auto()
    READY = auto()
    FROZEN = auto()


class Adb(StrEnum):
    """Whether the guest answers ADB."""

    NONE = auto()
    OFFLINE = auto()
    READY = auto()


class EmulatorStatus(StrEnum):
    """One word for colour and counting."""

    STOPPED = auto()
    STARTING = auto()
    READY = auto()
    DEGRADED = auto()
    FROZEN = auto()
    CRASHED = auto()
    QUARANTINED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen of an emulator at one look; kept as it was when looking fails."""

    at: datetime
    power: Power
    android: Android = Android.OFF
    adb: Adb = Adb.NONE
    player_pid: int | None = None
    vm_pid: int | None = None
    since: datetime
    """When `power` and `vm_pid` became what they are."""
    trouble: str | None = None
    """A sentence, where the rungs don't fit together (zombie, stuck, ADB off)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Guest resolution in pixels, and dots per inch."""

    width: int
    height: int
    dpi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthMarker:
    """Device ids of the config file, which tell instances of one index apart (ldconsole.md 7)."""

    android_id: str | None = None
    imei: str | None = None
    mac: str | None = None

    def same(self, other: "BirthMarker") -> bool | None:
        """Whether it is the same instance; None where nothing known of both tells it."""
        pairs = (
            (self.android_id, other.android_id),
            (self.imei, other.imei),
            (self.mac, other.mac),
        )
        known = [mine == theirs for mine, theirs in pairs if mine and theirs]
        return any(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """An LDPlayer instance. Its index is reused after removal and is never an identity."""

    id: EmulatorId
    workstation_id: WorkstationId
    install: str
    """The folder of the LDPlayer it belongs to."""
    index: int
    name: str
    marker: BirthMarker = BirthMarker()
    screen: Screen | None = None
    cpu: int | None = None
    """Cores; None: LDPlayer's default, not written to the config file."""
    memory_mib: int | None = None
    adb_debug: int | None = None
    """0 off, 1 local, 2 remote (ldconsole.md 8)."""
    config_hash: str | None = None
    """Of the config file's bytes, so that only changed files are read again."""
    config_read_at: datetime | None = None
    """When the config file was read last, or was seen not to be there."""
    tags: tuple[str, ...] = ()
    notes: str = ""
    protected: bool = False
    observed: Observation
    current: bool = True
    """False while its workstation can't be reached: what is known is old."""
    removed_at: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> EmulatorStatus:
        """The summary of what was seen; what is not current is unknown, never stopped."""
        if not self.current or self.observed.power is Power.UNKNOWN:
            return EmulatorStatus.UNKNOWN
        if self.observed.power is Power.STOPPED:
            return EmulatorStatus.STOPPED
        if self.observed.trouble is not None:
            return EmulatorStatus.DEGRADED
        return _RUNNING.get(self.observed.android, EmulatorStatus.STARTING)

    @property
    def power(self) -> Power:
        """The virtual machine's state, unknown where it is not current."""
        return self.observed.power if self.current else Power.UNKNOWN

    def seen(self, observation: Observation) -> Self:
        """The emulator after a look at it."""
        return replace(self, observed=observation, current=True)

    def check_may(self, verb: Verb, *, after: Sequence[Operation] = ()) -> None:
        """Whether `verb` makes sense in the state expected once the operations `after` are over.

        A state that is not known forbids nothing: the workflow looks before it acts.

        Raises:
            EmulatorGone: it was removed, or will be.
            EmulatorProtected: it may not be removed.
            EmulatorWrongState: it is, or will be, in a state that the verb can't start from.
        """
        going = any(operation.verb is Verb.REMOVE for operation in after)
        if self.removed_at is not None or (going and verb is not Verb.REMOVE):
            raise errors.EmulatorGone(emulator=self.id)
        if verb is Verb.REMOVE:
            self.check_unprotected()
        leading = [operation for operation in after if operation.verb in _LEADS_TO]
        power = _LEADS_TO[leading[-1].verb] if leading else self.power
        needed = _NEEDED.get(verb)
        if needed is None or power is Power.UNKNOWN or power in needed:
            return
        state = f"{power} once {leading[-1].id} is over" if leading else self.status.value
        raise errors.EmulatorWrongState(emulator=self.id, verb=verb, state=state, needed=needed[0])

    def check_answers(self, wish: str) -> None:
        """Whether its Android may be asked now; a state that is not known forbids nothing.

        Raises:
            EmulatorGone: it was removed.
            EmulatorWrongState: it does not run.
            EmulatorAdbOff: ADB is switched off for it.
        """
        if self.removed_at is not None:
            raise errors.EmulatorGone(emulator=self.id)
        if self.power is Power.STOPPED:
            raise errors.EmulatorWrongState(
                emulator=self.id, verb=wish, state=self.status, needed=Power.RUNNING
            )
        if self.adb_debug == 0:
            raise errors.EmulatorAdbOff(emulator=self.id)

    def check_unprotected(self) -> None:
        """Raises EmulatorProtected."""
        if self.protected:
            raise errors.EmulatorProtected(emulator=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEmulator:
    """An emulator, and what lists tell of its workstation."""

    emulator: Emulator
    workstation_name: str
    site: str
    workstation_seen_at: datetime | None

    @property
    def seen_at(self) -> datetime:
        """An observation is written when it changes: until then each look at the PC confirms it."""
        seen, looked = self.emulator, self.workstation_seen_at
        if looked is None or not seen.current or seen.removed_at is not None:
            return seen.observed.at
        return max(seen.observed.at, looked)


_LEADS_TO: Mapping[Verb, Power] = {
    Verb.LAUNCH: Power.RUNNING,
    Verb.REBOOT: Power.RUNNING,
    Verb.QUIT: Power.STOPPED,
}
_NEEDED: Mapping[Verb, Sequence[Power]] = {  # ldconsole.md 5, column State; the first is told
    Verb.LAUNCH: (Power.STOPPED,),
    Verb.QUIT: (Power.RUNNING, Power.STARTING, Power.STOPPING),
    Verb.REBOOT: (Power.RUNNING,),
    Verb.REMOVE: (Power.STOPPED,),
    Verb.BACKUP: (Power.STOPPED,),
    Verb.RESTORE: (Power.STOPPED,),
    Verb.INSTALL: (Power.RUNNING,),
    Verb.UNINSTALL: (Power.RUNNING,),
    Verb.RUN: (Power.RUNNING,),
    Verb.KILL: (Power.RUNNING,),
    Verb.ADB: (Power.RUNNING,),
    Verb.SETPROP: (Power.RUNNING,),
}

_RUNNING = {Android.READY: EmulatorStatus.READY, Android.FROZEN: EmulatorStatus.FROZEN}
