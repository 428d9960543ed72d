"""One look at a workstation: which LDPlayers, which emulators, how they are.

Everything is read first, then written in one transaction: only what differs, with its events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Emulator, Power
from ldfleet.domain.event import EventType
from ldfleet.domain.facts import Install
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.commands import boot_completed, get_state, list2
from ldfleet.ldplayer.outputs import Row, read_state
from ldfleet.ldplayer.text import NoSuchPlayer
from ldfleet.ports import (
    Clock,
    Connector,
    NewId,
    OperationQuery,
    Storage,
    Transport,
    UnitOfWork,
)
from ldfleet.telemetry import logger
from ldfleet.workflows.configs import ConfigFile, read_configs
from ldfleet.workflows.console import Console, Note
from ldfleet.workflows.few_at_once import few_at_once
from ldfleet.workflows.installs import Search
from ldfleet.workflows.join import Changes, Place, Seen, Sweep, join, wants_config
from ldfleet.workflows.observe import Glimpse

log = logger("ldfleet.scan")
_OF_ONE_INSTALL = (
    errors.LDPlayerSaidNonsense,
    errors.CommandTimedOut,
    errors.CommandFailed,
)
"""Failures that leave the other installs of the workstation to be read."""
_MAKERS = frozenset({Verb.CREATE, Verb.CLONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a scan found and changed."""

    installs: int
    emulators: int
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """Scans workstations: for the collector, and as an operation."""

    storage: Storage
    connector: Connector
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        workstation: Workstation,
        *,
        thorough: bool = False,
        registry: bool = False,
        note: Note | None = None,
    ) -> Tally:
        """Bring the inventory of the workstation up to date.

        With `thorough` installs are searched anew and every config file is read; with
        `registry` that is asked too, as it is where no install is known.

        Raises:
            FleetError: what went wrong first. What could be seen was written all the same, and
                what could not be seen was left as it was known.
        """
        began = self.clock.now()
        async with self.storage() as work:
            known = await work.emulators.of_workstation(workstation.id)
            credentials = await work.secrets.get(workstation.id)
        async with self.connector.connect(workstation, credentials) as transport:
            look = _Look(
                workstation=workstation,
                known={(each.install.casefold(), each.index): each for each in known},
                transport=transport,
                thorough=thorough,
                search=Search(
                    workstation=workstation,
                    transport=transport,
                    clock=self.clock,
                    note=note or _to_log(workstation),
                ),
            )
            found = await look.around(registry=registry)
        return await self._write(workstation, found, began)

    async def _write(self, workstation: Workstation, found: "_Found", began: datetime) -> Tally:
        async with self.storage() as work:
            stored = await work.workstations.get(workstation.id)
            if stored.health.installs != found.installs:
                health = replace(stored.health, installs=found.installs)
                await work.workstations.observe(workstation.id, health)
            known = await work.emulators.of_workstation(workstation.id)
            active = await _active(work, workstation.id)
            sweep = Sweep(
                workstation_id=workstation.id,
                seen=found.seen,
                listed=found.listed,
                present=frozenset(install.path.casefold() for install in found.installs),
                busy=frozenset(each.emulator_id for each in active if each.emulator_id is not None),
                making=any(each.verb in _MAKERS for each in active),
                began=began,
            )
            changes = join(known, sweep, now=self.clock.now(), new_id=self.new_id)
            await work.emulators.put(changes.rows)
            for event in changes.events:
                work.tell(event)
        if found.failures:
            raise found.failures[0]
        return _tally(found, changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    installs: tuple[Install, ...]
    listed: frozenset[str]
    seen: Sequence[Seen]
    failures: Sequence[errors.FleetError]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The reading half of one scan; it writes nothing."""

    workstation: Workstation
    known: Mapping[Place, Emulator]
    transport: Transport
    search: Search
    thorough: bool

    async def around(self, *, registry: bool) -> _Found:
        installs = self.workstation.health.installs
        if registry or self.thorough or not installs:
            installs = await self.search(registry=registry or not installs)
        try:
            lists, failures = await self._list(installs)
        except errors.ProgramNotFound:
            installs = await self.search(registry=True)
            lists, failures = await self._list(installs)
        rows = [(install, row) for install, some in lists for row in some]
        files = await self._configs(rows)
        failures += [file.failure for file in files.values() if file.failure is not None]
        glimpses = await few_at_once(rows, self._glimpse)
        seen = [
            Seen(install=install.path, glimpse=glimpse, file=files.get((install.path, row.index)))
            for (install, row), glimpse in zip(rows, glimpses, strict=True)
        ]
        return _Found(
            installs=installs,
            listed=frozenset(install.path.casefold() for install, _ in lists),
            seen=seen,
            failures=failures,
        )

    async def _list(
        self, installs: Sequence[Install]
    ) -> tuple[list[tuple[Install, Sequence[Row]]], list[errors.FleetError]]:
        lists: list[tuple[Install, Sequence[Row]]] = []
        failures: list[errors.FleetError] = []
        for install in installs:
            try:
                lists.append((install, await self.search.console(install)(list2())))
            except _OF_ONE_INSTALL as error:
                failures.append(error)
        return lists, failures

    async def _configs(
        self, rows: Sequence[tuple[Install, Row]]
    ) -> Mapping[tuple[str, int], ConfigFile]:
        wanted = [
            (install, row.index)
            for install, row in rows
            if self.thorough or wants_config(self._known(install, row), row)
        ]
        return await read_configs(self.workstation, self.transport, wanted)

    async def _glimpse(self, place: tuple[Install, Row]) -> Glimpse:
        install, row = place
        if not _worth_asking(self._known(install, row), row):
            return Glimpse(row=row)
        try:
            return await glimpse(self.search.console(install), row)
        except (NoSuchPlayer, *_OF_ONE_INSTALL):
            return Glimpse(row=row)

    def _known(self, install: Install, row: Row) -> Emulator | None:
        return self.known.get((install.path.casefold(), row.index))


async def glimpse(console: Console, row: Row) -> Glimpse:
    """Ask the guest of a row how far it is, as far as it makes sense."""
    if read_state(row) is not Power.RUNNING:
        return Glimpse(row=row)
    adb = await console(get_state(row.index))
    booted = adb is Adb.READY and await console(boot_completed(row.index))
    return Glimpse(row=row, adb=adb, booted=booted)


def _worth_asking(known: Emulator | None, row: Row) -> bool:
    """Whether its guest may answer something new."""
    if read_state(row) is not Power.RUNNING:
        return False
    if known is None or known.observed.vm_pid != row.vm_pid:
        return True
    return known.observed.android is not Android.READY and known.adb_debug != 0


async def _active(work: UnitOfWork, workstation_id: WorkstationId) -> Sequence[Operation]:
    active: list[Operation] = []
    for status in (OperationStatus.RUNNING, OperationStatus.CANCELLING):
        query = OperationQuery(workstation_id=workstation_id, status=status)
        active.extend((await work.operations.list(query)).items)
    return active


def _tally(found: _Found, changes: Changes) -> Tally:
    return Tally(
        installs=len(found.installs),
        emulators=len(found.seen),
        added=changes.count(EventType.EMULATOR_ADDED),
        changed=changes.count(EventType.EMULATOR_CHANGED),
        removed=changes.count(EventType.EMULATOR_REMOVED),
    )


def _to_log(workstation: Workstation) -> Note:
    bound = log.bind(workstation_id=workstation.id)

    async def note(event: str, **fields: object) -> None:
        if event == "ldconsole.nonsense":
            bound.warning(event, **fields)
        else:
            bound.debug(event, **fields)

    return note
