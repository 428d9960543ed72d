"""All that the workflow of one operation may touch of its workstation."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from ldfleet import errors
from ldfleet.domain.facts import Install
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.generations import generation_of
from ldfleet.ports import Clock, Journal, NewId, Storage, Tickets, Transport
from ldfleet.workflows.console import Console

T = TypeVar("T")
LINK_LOST = (errors.OutcomeUnknown, errors.WorkstationUnreachable)
RETRY_EVERY = 2.0
LONGEST_MARGIN = 30.0
"""Before its time is up an operation that is blind says so, rather than be timed out."""
AGAIN = 45.0
"""Seconds a run after another has for looking, however old the operation is."""


class Errand:
    """Bound to one operation and its workstation."""

    def __init__(
        self,
        *,
        operation: Operation,
        journal: Journal,
        workstation: Workstation,
        transport: Transport,
        clock: Clock,
        storage: Storage,
        new_id: NewId,
        tickets: Tickets,
    ) -> None:
        self.operation = operation
        self.journal = journal
        self.workstation = workstation
        self.transport = transport
        self.clock = clock
        self.storage = storage
        self.new_id = new_id
        self.tickets = tickets
        self._opened_at = clock.now()

    def install_at(self, folder: str) -> Install:
        """The install in that folder, as it was found last."""
        for install in self.workstation.health.installs:
            if install.path.casefold() == folder.casefold():
                return install
        return Install(
            path=folder,
            generation=generation_of(folder, None).number,
            version=None,
            data_path=rf"{folder}\vms",
        )

    def console(self, install: Install) -> Console:
        """How to speak with an install; what is said goes into the operation's log."""
        return Console(
            workstation=self.workstation,
            install=install,
            transport=self.transport,
            clock=self.clock,
            note=self.journal.log,
        )

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
    def again(self) -> bool:
        """Whether an earlier run may have done a part of it; not so after one that only looked."""
        return self.operation.attempt > 1

    @property
    def too_late(self) -> bool:
        """Whether the operation's time is nearly up; a second run has a while in any case."""
        return self.seconds_left <= 0

    @property
    def seconds_left(self) -> float:
        """Until its time is nearly up."""
        started = self.operation.started_at or self.operation.created_at
        margin = min(LONGEST_MARGIN, self.operation.timeout / 5)
        end = started + timedelta(seconds=self.operation.timeout - margin)
        if self.again:
            end = max(end, self._opened_at + timedelta(seconds=min(AGAIN, self.operation.timeout)))
        return (end - self.clock.now()).total_seconds()

    def lost(self, error: errors.FleetError) -> errors.OperationLost:
        """What became of it can't be found out."""
        return errors.OperationLost(operation=self.operation.id, reason=str(error))
