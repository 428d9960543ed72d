"""Which workflow does which verb."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from ldfleet import errors
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import Verb
from ldfleet.ports import Clock, Connector, Journal, NewId, Storage, Work
from ldfleet.workflows.context import Context
from ldfleet.workflows.launch import launch
from ldfleet.workflows.quit import quit_
from ldfleet.workflows.scan import Scanner

LAST_LOOK = 15.0  # seconds an ended workflow may still look at what it leaves behind
_TROUBLES = (
    errors.EmulatorStuckStarting,
    errors.EmulatorIsZombie,
    errors.EmulatorAdbSilent,
    errors.EmulatorAdbOff,
    errors.EmulatorDidNotBoot,
    errors.EmulatorDidNotStop,
)
"""What is wrong with an emulator that is still there."""
Workflow = Callable[[Context], Awaitable[Mapping[str, Any]]]


def works(
    *, storage: Storage, connector: Connector, clock: Clock, new_id: NewId
) -> Mapping[Verb, Work]:
    """The table the engine runs by."""
    contexts = _Contexts(storage=storage, connector=connector, clock=clock)
    scanner = Scanner(storage=storage, connector=connector, clock=clock, new_id=new_id)
    return {
        Verb.LAUNCH: _on_emulator(launch, contexts),
        Verb.QUIT: _on_emulator(quit_, contexts),
        Verb.SCAN: _scan(scanner, storage),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contexts:
    storage: Storage
    connector: Connector
    clock: Clock

    @asynccontextmanager
    async def open(self, operation: Operation, journal: Journal) -> AsyncGenerator[Context]:
        async with self.storage() as work:
            workstation = await work.workstations.get(operation.workstation_id)
            emulator = await work.emulators.get(operation.emulator_id or "")
            credentials = await work.secrets.get(workstation.id)
        if emulator.removed_at is not None:
            raise errors.EmulatorGone(emulator=emulator.id)
        async with self.connector.connect(workstation, credentials) as transport:
            yield Context(
                operation=operation,
                journal=journal,
                workstation=workstation,
                emulator=emulator,
                transport=transport,
                clock=self.clock,
                storage=self.storage,
            )


def _on_emulator(workflow: Workflow, contexts: _Contexts) -> Work:
    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with contexts.open(operation, journal) as context:
            try:
                return await workflow(context)
            except asyncio.CancelledError:
                await _look_once_more(context)
                left = context.emulator.observed
                await journal.log("emulator.left", power=left.power, android=left.android)
                raise
            except _TROUBLES as error:
                await _look_once_more(context)
                await context.trouble(error)
                raise

    return work


async def _look_once_more(context: Context) -> None:
    """Leave on record how the emulator is, however the workflow was cut off."""
    with suppress(errors.FleetError, TimeoutError):
        async with asyncio.timeout(LAST_LOOK):
            await context.observe(await context.look())


def _scan(scanner: Scanner, storage: Storage) -> Work:
    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with storage() as unit:
            workstation = await unit.workstations.get(operation.workstation_id)
        async with journal.step("scan") as notes:
            await journal.progress(None, "looking at the workstation")
            tally = await scanner(workstation, thorough=True, registry=True, note=journal.log)
            notes.result = asdict(tally)
        return asdict(tally)

    return work
