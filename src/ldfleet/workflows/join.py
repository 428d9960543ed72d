"""From what was seen on a workstation to what changes in the inventory. Pure, no I/O.

An emulator is found again by install, index and birth marker; indexes are used again after a
removal (ldconsole.md 7), so another marker at the same index is another emulator.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ldfleet.domain.emulator import BirthMarker, Emulator, Observation
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.telling import of_emulator
from ldfleet.ldplayer.discovery import PAGES
from ldfleet.ldplayer.outputs import Row
from ldfleet.ports import NewId
from ldfleet.workflows.configs import ConfigFile
from ldfleet.workflows.observe import Glimpse, Known, observe

OPERATION_GRACE = timedelta(seconds=45)
"""So long what an operation saw of its emulator is left alone; then it may have died."""
Place = tuple[str, int]
"""Install folder, case folded, and index: unique at any one time, never an identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One emulator as a scan saw it; `file` is None where it was not read this time."""

    install: str
    glimpse: Glimpse
    file: ConfigFile | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.install.casefold(), self.glimpse.row.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What one scan saw of a workstation."""

    workstation_id: WorkstationId
    seen: Sequence[Seen]
    listed: frozenset[str]
    """The installs whose list2 was read whole: what is missing there is gone."""
    present: frozenset[str]
    """All installs the workstation has: what is known of others is old."""
    busy: frozenset[EmulatorId] = frozenset()
    """Those an operation looks after."""
    making: bool = False
    """Whether an operation makes one there: until it has, nobody may be offered what is new."""
    began: datetime | None = None
    """When the looking began: what was written since is newer than what it saw."""

    def may_doubt(self, known: Emulator) -> bool:
        """Whether other device ids prove another instance, rather than an operation at work."""
        written = self.began is not None and known.updated_at > self.began
        return not written and known.id not in self.busy


@dataclass(slots=True, kw_only=True)
class Changes:
    """The rows to write, and what to tell."""

    now: datetime
    rows: list[Emulator] = field(default_factory=list[Emulator])
    events: list[Event] = field(default_factory=list[Event])

    def count(self, type_: EventType) -> int:
        """How many events of a type there are."""
        return sum(event.type is type_ for event in self.events)

    def wrote(self, before: Emulator | None, after: Emulator) -> None:
        """Write it if it differs; tell it if what people see differs."""
        if before is not None and _same(before, after):
            return
        self.rows.append(replace(after, updated_at=self.now))
        if before is None:
            self._tell(EventType.EMULATOR_ADDED, after)
        elif moved := changed_fields(before, after):
            self._tell(
                EventType.EMULATOR_CHANGED,
                after,
                before={name: pair[0] for name, pair in moved.items()},
                after={name: pair[1] for name, pair in moved.items()},
            )

    def gone(self, emulator: Emulator) -> None:
        """Keep it, as removed."""
        removed = replace(emulator, removed_at=self.now, current=False, updated_at=self.now)
        self.rows.append(removed)
        self._tell(EventType.EMULATOR_REMOVED, removed)

    def _tell(self, type_: EventType, emulator: Emulator, **data: object) -> None:
        event = of_emulator(type_, emulator, at=self.now)
        self.events.append(replace(event, data={**event.data, **data}))


def join(known: Sequence[Emulator], sweep: Sweep, *, now: datetime, new_id: NewId) -> Changes:
    """What changes; the removed come first, so that their places are free."""
    changes = Changes(now=now)
    at = {(each.install.casefold(), each.index): each for each in known}
    seen = {each.place: each for each in sweep.seen}
    for emulator in _vanished(at, seen, sweep):
        changes.gone(emulator)
    for emulator in known:
        if emulator.install.casefold() not in sweep.present:
            changes.wrote(emulator, replace(emulator, current=False))
    for place, each in seen.items():
        mine = at.get(place)
        another = mine is not None and is_another(mine, each.file)
        if mine is not None and another and not sweep.may_doubt(mine):
            # an operation is at its config file: it is read once more when that is over
            unread = _updated(mine, replace(each, file=None), sweep, now=now)
            changes.wrote(mine, replace(unread, config_hash=None))
        elif (mine is None or another) and sweep.making:
            pass  # its maker names it and puts it on record, or else the scan after the maker's end
        elif mine is None or another:
            changes.wrote(None, _born(each, sweep.workstation_id, now=now, new_id=new_id))
        else:
            changes.wrote(mine, _updated(mine, each, sweep, now=now))
    return changes


def changed_fields(before: Emulator, after: Emulator) -> Mapping[str, tuple[Any, Any]]:
    """What people see of an emulator, where it differs: (before, after).

    Its becoming current or not is told once for all by its workstation.
    """
    one = _told(replace(before, current=True))
    other = _told(replace(after, current=True))
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def is_another(known: Emulator, file: ConfigFile | None) -> bool:
    """Whether the file's device ids prove another instance at the same index."""
    if file is None or file.config is None:
        return False
    return known.marker.same(file.config.marker) is False


def wants_config(known: Emulator | None, row: Row) -> bool:
    """Whether the file may say something new: who it is, its name, its settings."""
    if known is None or known.config_hash is None:
        return True
    before = known.observed
    moved = (before.player_pid is None) != (row.player_pid is None)
    resized = row.screen is not None and row.screen != known.screen
    return moved or resized or not has_name(row, known.name)


def has_name(row: Row, name: str) -> bool:
    """In any of the pages list2 may have been printed in, of which only some are told apart."""
    return row.name == name or any(
        name.encode(page, errors="replace") == row.name_bytes for page in PAGES
    )


def _vanished(
    at: Mapping[Place, Emulator], seen: Mapping[Place, Seen], sweep: Sweep
) -> Iterator[Emulator]:
    for place, emulator in at.items():
        there = seen.get(place)
        if there is None:
            gone = place[0] in sweep.listed
        else:
            gone = is_another(emulator, there.file) and sweep.may_doubt(emulator)
        if gone:
            yield emulator


def _born(seen: Seen, workstation_id: WorkstationId, *, now: datetime, new_id: NewId) -> Emulator:
    row = seen.glimpse.row
    known = Known(name=row.name, adb_debug=None, before=None)
    emulator = Emulator(
        id=EmulatorId(new_id("em")),
        workstation_id=workstation_id,
        install=seen.install,
        index=row.index,
        name=row.name,
        screen=row.screen,
        observed=observe(seen.glimpse, known, now=now),
        created_at=now,
        updated_at=now,
    )
    emulator = described(emulator, seen, now=now)
    return emulator.seen(_observed(emulator, seen, fresh=True, now=now))


def _updated(known: Emulator, seen: Seen, sweep: Sweep, *, now: datetime) -> Emulator:
    known = described(known, seen, now=now)
    if known.id in sweep.busy and now - known.observed.at < OPERATION_GRACE:
        return replace(known, current=True)
    if known.observed.at > now:
        return replace(known, current=True)
    return known.seen(_observed(known, seen, fresh=False, now=now))


def _observed(emulator: Emulator, seen: Seen, *, fresh: bool, now: datetime) -> Observation:
    known = Known(
        name=emulator.name,
        adb_debug=emulator.adb_debug,
        before=None if fresh else emulator.observed,
    )
    observation = observe(seen.glimpse, known, now=now)
    if seen.file is not None and seen.file.failure is not None and observation.trouble is None:
        return replace(observation, trouble=str(seen.file.failure))
    return observation


def described(emulator: Emulator, seen: Seen, *, now: datetime) -> Emulator:
    """With what the row and the file say of it; what can't be read stays as it was known."""
    row = seen.glimpse.row
    emulator = replace(emulator, screen=row.screen or emulator.screen)
    file = seen.file
    if file is None:
        return emulator
    emulator = replace(emulator, config_hash=file.hash, config_read_at=now)
    config = file.config
    if config is None:
        return emulator if file.failure is not None else replace(emulator, name=row.name)
    return replace(
        emulator,
        name=config.name or row.name,
        marker=_merged(emulator.marker, config.marker),
        screen=row.screen or config.hardware.screen or emulator.screen,
        cpu=config.hardware.cpu,
        memory_mib=config.hardware.memory_mib,
        adb_debug=config.adb_debug,
    )


def _merged(old: BirthMarker, new: BirthMarker) -> BirthMarker:
    return BirthMarker(
        android_id=new.android_id or old.android_id,
        imei=new.imei or old.imei,
        mac=new.mac or old.mac,
    )


def _same(one: Emulator, other: Emulator) -> bool:
    observed = replace(one.observed, at=other.observed.at)
    return replace(one, observed=observed, updated_at=other.updated_at) == other


def _told(emulator: Emulator) -> Mapping[str, Any]:
    screen = emulator.screen
    return {
        "name": emulator.name,
        "status": emulator.status.value,
        "power": emulator.observed.power.value,
        "android": emulator.observed.android.value,
        "adb": emulator.observed.adb.value,
        "trouble": emulator.observed.trouble,
        "screen": None if screen is None else f"{screen.width}x{screen.height}@{screen.dpi}",
        "cpu": emulator.cpu,
        "memory_mib": emulator.memory_mib,
        "adb_debug": emulator.adb_debug,
    }
