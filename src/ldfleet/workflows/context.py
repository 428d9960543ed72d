"""All that the workflow of one operation on one emulator may touch."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Emulator, Observation, Power
from ldfleet.domain.event import EventType
from ldfleet.domain.operation import Operation
from ldfleet.domain.telling import of_emulator
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.commands import Command, list2
from ldfleet.ldplayer.outputs import Row
from ldfleet.ldplayer.text import NoSuchPlayer
from ldfleet.ports import Clock, Journal, NewId, Storage, Tickets, Transport
from ldfleet.workflows.configs import ConfigFile, read_configs
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.join import Changes, Seen, changed_fields, described, is_another
from ldfleet.workflows.observe import Glimpse, Known, observe, same_state
from ldfleet.workflows.scan import glimpse

T = TypeVar("T")


class Context(Errand):
    """Bound to one operation; `emulator` is as it was last seen by it."""

    def __init__(
        self,
        *,
        operation: Operation,
        journal: Journal,
        workstation: Workstation,
        emulator: Emulator,
        transport: Transport,
        clock: Clock,
        storage: Storage,
        new_id: NewId,
        tickets: Tickets,
    ) -> None:
        super().__init__(
            operation=operation,
            journal=journal,
            workstation=workstation,
            transport=transport,
            clock=clock,
            storage=storage,
            new_id=new_id,
            tickets=tickets,
        )
        self.emulator = emulator
        self.adb_debug = emulator.adb_debug
        """As the config file said last."""
        self.rows: tuple[Row, ...] = ()
        """All instances of the install, as of the last look."""
        self.install = self.install_at(emulator.install)
        self._console = self.console(self.install)

    @property
    def gone(self) -> errors.EmulatorGone:
        """The refusal where another or none has the emulator's index."""
        return errors.EmulatorGone(emulator=self.emulator.id)

    async def ldconsole(self, command: Command[T], *, key: str | None = None) -> T:
        """Run it on the emulator's install.

        Raises:
            EmulatorGone: no instance has this index any more.
            LDPlayerNotInstalled: its ldconsole is not there any more.
            LDPlayerSaidNonsense: and what the transport raises.
        """
        try:
            return await self._console(command, key=key)
        except NoSuchPlayer as error:
            raise self.gone from error
        except errors.ProgramNotFound as error:
            raise errors.LDPlayerNotInstalled(
                workstation=self.workstation.name, looked_at=self.install.path
            ) from error

    async def look(self, *, deep: bool = True) -> Glimpse:
        """How it is now; with `deep` its guest is asked too. Raises EmulatorGone."""
        self.rows = await self.ldconsole(list2())
        row = next((row for row in self.rows if row.index == self.emulator.index), None)
        if row is None:
            raise self.gone
        if not deep:
            return Glimpse(row=row)
        try:
            return await glimpse(self._console, row)
        except NoSuchPlayer as error:
            raise self.gone from error

    async def config(self, *, same_ids: bool = True) -> ConfigFile:
        """Its config file; raises EmulatorGone where that is another instance's.

        Without `same_ids` the operation itself may have changed its device ids.
        """
        index = self.emulator.index
        files = await read_configs(self.workstation, self.transport, [(self.install, index)])
        file = files[self.install.path, index]
        if same_ids and is_another(self.emulator, file):
            raise self.gone
        if file.config is not None:
            self.adb_debug = file.config.adb_debug
        return file

    async def observe(self, seen: Glimpse, *, stopping: bool = False) -> Observation:
        """Write what was seen, if it differs from what is known, with its event.

        With `stopping` it has been asked to quit: until it is off, it is on its way there.
        """
        known = Known(
            name=self.emulator.name,
            adb_debug=self.adb_debug,
            before=self.emulator.observed,
        )
        observation = observe(seen, known, now=self.clock.now())
        if stopping and observation.power is not Power.STOPPED:
            observation = self._stopping(observation)
        await self._write(observation)
        return observation

    def _stopping(self, seen: Observation) -> Observation:
        before = self.emulator.observed
        since = before.since if before.power is Power.STOPPING else seen.at
        return replace(
            seen,
            power=Power.STOPPING,
            android=Android.OFF,
            adb=Adb.NONE,
            since=since,
            trouble=None,
        )

    async def trouble(self, error: errors.EmulatorError) -> None:
        """Keep with an emulator that is up why the operation failed, in people's words."""
        observed = self.emulator.observed
        if observed.power in {Power.STARTING, Power.RUNNING}:
            named = errors.FleetError.load({**error.dump(), "emulator": self.emulator.name})
            await self._write(replace(observed, at=self.clock.now(), trouble=str(named)))

    async def remember(self, seen: Glimpse, file: ConfigFile) -> None:
        """Write what its row and its config file say of it, with its event.

        What the file says of its identity is believed: the operation itself changed it.
        """
        now = self.clock.now()
        described_as = Seen(install=self.install.path, glimpse=seen, file=file)

        def known(before: Emulator) -> Emulator:
            if file.config is not None:
                before = replace(before, marker=file.config.marker)
            return described(before, described_as, now=now)

        await self._save(known, at=now)

    async def mark_removed(self) -> None:
        """Write that it is gone, with its event, unless that is known."""
        async with self.storage() as work:
            before = await work.emulators.get(self.emulator.id)
            if before.removed_at is not None:
                return
            changes = Changes(now=self.clock.now())
            changes.gone(before)
            await work.emulators.put(changes.rows)
            for event in changes.events:
                work.tell(event)

    async def _write(self, observation: Observation) -> None:
        if same_state(observation, self.emulator.observed) and self.emulator.current:
            return
        await self._save(lambda before: before.seen(observation), at=observation.at)

    async def _save(self, change: Callable[[Emulator], Emulator], *, at: datetime) -> None:
        async with self.storage() as work:
            before = await work.emulators.get(self.emulator.id)
            if before.removed_at is not None:
                raise self.gone
            after = replace(change(before), updated_at=at)
            await work.emulators.put([after])
            if moved := changed_fields(before, after):
                event = of_emulator(EventType.EMULATOR_CHANGED, after, at=at)
                told = {
                    **event.data,
                    "before": {name: pair[0] for name, pair in moved.items()},
                    "after": {name: pair[1] for name, pair in moved.items()},
                }
                work.tell(replace(event, data=told))
        self.emulator = after
