"""Which workflow does which verb."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from ldfleet import errors
from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import BackupId
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import Verb
from ldfleet.ports import Clock, Connector, Journal, NewId, Storage, Tickets, Work
from ldfleet.workflows.apps import kill, run, uninstall
from ldfleet.workflows.backup import backup
from ldfleet.workflows.clone import clone
from ldfleet.workflows.command import command
from ldfleet.workflows.context import Context
from ldfleet.workflows.create import create
from ldfleet.workflows.doctor import doctor
from ldfleet.workflows.errand import Errand
from ldfleet.workflows.inside import adb, locate, setprop
from ldfleet.workflows.install import install
from ldfleet.workflows.installwide import global_settings, quit_all, sort_windows
from ldfleet.workflows.launch import launch
from ldfleet.workflows.leaving import LAST_LOOK, left_on_record
from ldfleet.workflows.modify import modify
from ldfleet.workflows.quit import quit_
from ldfleet.workflows.reboot import reboot
from ldfleet.workflows.remove import remove
from ldfleet.workflows.rename import rename
from ldfleet.workflows.restore import restore
from ldfleet.workflows.scan import Scanner

Workflow = Callable[[Context], Awaitable[Mapping[str, Any]]]
OnWorkstation = Callable[[Errand], Awaitable[Mapping[str, Any]]]


def works(
    *, storage: Storage, connector: Connector, clock: Clock, new_id: NewId, tickets: Tickets
) -> Mapping[Verb, Work]:
    """The table the engine runs by."""
    contexts = _Contexts(
        storage=storage, connector=connector, clock=clock, new_id=new_id, tickets=tickets
    )
    scanner = Scanner(storage=storage, connector=connector, clock=clock, new_id=new_id)
    return {
        Verb.LAUNCH: _on_emulator(launch, contexts),
        Verb.QUIT: _on_emulator(quit_, contexts),
        Verb.REBOOT: _on_emulator(reboot, contexts),
        Verb.RENAME: _on_emulator(rename, contexts),
        Verb.MODIFY: _on_emulator(modify, contexts),
        Verb.REMOVE: _on_emulator(remove, contexts, removed_too=True),
        Verb.CREATE: _on_workstation(create, contexts),
        Verb.CLONE: _on_emulator(clone, contexts),
        Verb.BACKUP: _on_emulator(_recorded(backup), contexts),
        Verb.RESTORE: _on_emulator(_crossed_off(restore), contexts),
        Verb.INSTALL: _on_emulator(install, contexts),
        Verb.UNINSTALL: _on_emulator(uninstall, contexts),
        Verb.RUN: _on_emulator(run, contexts),
        Verb.KILL: _on_emulator(kill, contexts),
        Verb.ADB: _on_emulator(adb, contexts),
        Verb.LOCATE: _on_emulator(locate, contexts),
        Verb.SETPROP: _on_emulator(setprop, contexts),
        Verb.GLOBAL_SETTINGS: _on_workstation(global_settings, contexts),
        Verb.SORT_WINDOWS: _on_workstation(sort_windows, contexts),
        Verb.QUIT_ALL: _seen_after(_on_workstation(quit_all, contexts), scanner, storage),
        Verb.CONSOLE: _on_workstation(command, contexts),
        Verb.SCAN: _scan(scanner, storage),
        Verb.DOCTOR: _on_workstation(doctor, contexts),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contexts:
    storage: Storage
    connector: Connector
    clock: Clock
    new_id: NewId
    tickets: Tickets

    @asynccontextmanager
    async def open(
        self, operation: Operation, journal: Journal, *, removed_too: bool
    ) -> AsyncGenerator[Context]:
        async with self.storage() as work:
            workstation = await work.workstations.get(operation.workstation_id)
            emulator = await work.emulators.get(operation.emulator_id or "")
            credentials = await work.secrets.get(workstation.id)
        if emulator.removed_at is not None and not removed_too:
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
                new_id=self.new_id,
                tickets=self.tickets,
            )

    @asynccontextmanager
    async def errand(self, operation: Operation, journal: Journal) -> AsyncGenerator[Errand]:
        async with self.storage() as work:
            workstation = await work.workstations.get(operation.workstation_id)
            credentials = await work.secrets.get(workstation.id)
        async with self.connector.connect(workstation, credentials) as transport:
            yield Errand(
                operation=operation,
                journal=journal,
                workstation=workstation,
                transport=transport,
                clock=self.clock,
                storage=self.storage,
                new_id=self.new_id,
                tickets=self.tickets,
            )


def _on_emulator(workflow: Workflow, contexts: _Contexts, *, removed_too: bool = False) -> Work:
    """With `removed_too` the workflow itself judges one that is known to be gone."""

    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with (
            contexts.open(operation, journal, removed_too=removed_too) as context,
            left_on_record(context),
        ):
            return await workflow(context)

    return work


def _recorded(workflow: Workflow) -> Workflow:
    """What it wrote is on record, for people to choose from."""

    async def work(context: Context) -> Mapping[str, Any]:
        result = await workflow(context)
        await context.through(partial(_record, context, result))
        return result

    return work


async def _record(context: Context, result: Mapping[str, Any]) -> None:
    found = Backup(
        id=BackupId(context.new_id("bk")),
        workstation_id=context.workstation.id,
        emulator_id=context.emulator.id,
        emulator_name=context.emulator.name,
        file=result["file"],
        size=result["size"],
        sha256=result["sha256"],
        operation_id=context.operation.id,
        created_at=context.clock.now(),
    )
    async with context.storage() as work:
        await work.backups.put(found)


def _crossed_off(workflow: Workflow) -> Workflow:
    """A backup whose file is seen to be gone is on record no more."""

    async def work(context: Context) -> Mapping[str, Any]:
        try:
            return await workflow(context)
        except errors.FileMissing as error:
            async with context.storage() as work:
                await work.backups.gone(context.workstation.id, error.path)
            raise

    return work


def _on_workstation(workflow: OnWorkstation, contexts: _Contexts) -> Work:
    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with contexts.errand(operation, journal) as errand:
            return await workflow(errand)

    return work


def _seen_after(done: Work, scanner: Scanner, storage: Storage) -> Work:
    """The emulators it was about are on record as it left them."""

    async def work(operation: Operation, journal: Journal) -> Mapping[str, Any]:
        try:
            return await done(operation, journal)
        finally:
            with suppress(errors.FleetError, TimeoutError):
                async with storage() as unit:
                    workstation = await unit.workstations.get(operation.workstation_id)
                async with asyncio.timeout(LAST_LOOK):
                    await scanner(workstation)

    return work


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
