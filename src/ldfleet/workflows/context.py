"""All that the workflow of one operation on one emulator may touch."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.emulator import Adb, Android, Emulator, Observation, Power
from ldfleet.domain.event import EventType, of_emulator
from ldfleet.domain.facts import Install
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.commands import Command, list2
from ldfleet.ldplayer.generations import generation_of
from ldfleet.ldplayer.outputs import Row
from ldfleet.ldplayer.text import NoSuchPlayer
from ldfleet.ports import Clock, Journal, Storage, Transport
from ldfleet.workflows.configs import ConfigFile, read_configs
from ldfleet.workflows.console import Console
from ldfleet.workflows.join import changed_fields, is_another
from ldfleet.workflows.observe import Glimpse, Known, observe, same_state
from ldfleet.workflows.scan import glimpse

T = TypeVar("T")
LINK_LOST = (errors.OutcomeUnknown, errors.WorkstationUnreachable)
RETRY_EVERY = 2.0
LONGEST_MARGIN = 30.0
"""Before its time is up an operation that is blind says so, rather than be timed out."""
AGAIN = 45.0
"""Seconds a run after another has for looking, however old the operation is."""


class Context:
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
    ) -> None:
        self.operation = operation
        self.journal = journal
        self.workstation = workstation
        self.emulator = emulator
        self.transport = transport
        self.clock = clock
        self.adb_debug = emulator.adb_debug
        """As the config file said last."""
        self.rows: tuple[Row, ...] = ()
        """All instances of the install, as of the last look."""
        self._storage = storage
        self._opened_at = clock.now()
        self._install = _install_of(workstation, emulator)
        self._console = Console(
            workstation=workstation,
            install=self._install,
            transport=transport,
            clock=clock,
            note=journal.log,
        )

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
                workstation=self.workstation.name, looked_at=self._install.path
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

    async def config(self) -> ConfigFile:
        """Its config file; raises EmulatorGone where that is another instance's."""
        index = self.emulator.index
        files = await read_configs(self.workstation, self.transport, [(self._install, index)])
        file = files[self._install.path, index]
        if is_another(self.emulator, file):
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

    async def through(
        self, act: Callable[[], Awaitable[T]], *, acts: bool = False, begun: bool = False
    ) -> T:
        """Do what is safe to repeat over a link that may be lost, until time is nearly up.

        `acts`: it has an effect, which may have come though the answer was lost. `begun`: an
        earlier run may have had one.

        Raises:
            OperationLost: the link did not come back, and there may have been an effect.
        """
        while True:
            try:
                return await act()
            except LINK_LOST as error:
                begun = begun or (acts and isinstance(error, errors.OutcomeUnknown))
                if self.too_late and begun:
                    raise self.lost(error) from error
                if self.too_late:
                    raise
            await self.clock.sleep(RETRY_EVERY)

    @property
    def too_late(self) -> bool:
        """Whether the operation's time is nearly up; a second run has a while in any case."""
        started = self.operation.started_at or self.operation.created_at
        margin = min(LONGEST_MARGIN, self.operation.timeout / 5)
        end = started + timedelta(seconds=self.operation.timeout - margin)
        if self.operation.attempt > 1:
            end = max(end, self._opened_at + timedelta(seconds=min(AGAIN, self.operation.timeout)))
        return self.clock.now() >= end

    def lost(self, error: errors.FleetError) -> errors.OperationLost:
        """What became of it can't be found out."""
        return errors.OperationLost(operation=self.operation.id, reason=str(error))

    async def _write(self, observation: Observation) -> None:
        if same_state(observation, self.emulator.observed) and self.emulator.current:
            return
        async with self._storage() as work:
            before = await work.emulators.get(self.emulator.id)
            if before.removed_at is not None:
                raise self.gone
            after = replace(before.seen(observation), updated_at=observation.at)
            await work.emulators.put([after])
            if moved := changed_fields(before, after):
                event = of_emulator(EventType.EMULATOR_CHANGED, after, at=observation.at)
                told = {
                    **event.data,
                    "before": {name: pair[0] for name, pair in moved.items()},
                    "after": {name: pair[1] for name, pair in moved.items()},
                }
                work.tell(replace(event, data=told))
        self.emulator = after


def _install_of(workstation: Workstation, emulator: Emulator) -> Install:
    for install in workstation.health.installs:
        if install.path.casefold() == emulator.install.casefold():
            return install
    return Install(
        path=emulator.install,
        generation=generation_of(emulator.install, None).number,
        version=None,
        data_path=rf"{emulator.install}\vms",
    )
