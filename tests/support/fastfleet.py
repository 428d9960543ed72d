"""A simulated farm, a real connector and a real database, all on a clock that runs fast."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.app import LibraryApp
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.event import Event
from ldfleet.domain.ids import AppId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus, Step
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, Credentials, Health, Workstation
from ldfleet.engine.runner import Run
from ldfleet.engine.scribe import Scribe
from ldfleet.ports import EmulatorQuery, Queue, Verdict, Work
from ldfleet.services.transfers import Transfers
from ldfleet.simulator.clock import SimClock
from ldfleet.simulator.farm import Farm, machines
from ldfleet.simulator.journal import Entry
from ldfleet.simulator.workstation import Workstation as Simulated
from ldfleet.storage.app_files import StoredAppFiles
from ldfleet.storage.database import Database
from ldfleet.transports.connector import KeptConnector
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning
from ldfleet.workflows.scan import Scanner
from ldfleet.workflows.works import works
from support.stores import a_place, an_operation

SCALE = 60.0
LEASE = timedelta(seconds=3600)
IMPATIENT = Tuning(connect=1.0, test_connect=1.0, reply=5.0, cleanup=1.0, closing=1.0)


class FastClock:
    """Fulfils `ports.Clock`: as fast as the simulated machines' time."""

    def __init__(self, scale: float = SCALE) -> None:
        self.scale = scale
        self._start = time.monotonic()
        self._epoch = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._start) * self.scale

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.scale)


@dataclass(kw_only=True)
class Fleet:
    """What a test holds in its hands."""

    farm: Farm
    database: Database
    connector: KeptConnector
    clock: FastClock
    files: StoredAppFiles
    server_url: str = ""
    """Where the simulated PCs fetch apps of the library: `served`."""
    _numbers: Any = field(default_factory=lambda: count(1))

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):06}"

    def pc(self, number: int = 1) -> Simulated:
        return self.farm.workstations[f"pc-{number:02}"]

    def switch(self, *, on: int = 1, **faults: Any) -> None:
        """Turn faults of a simulated workstation."""
        for name, value in faults.items():
            self.pc(on).set_fault(name, value)

    @property
    def works(self) -> Mapping[Verb, Work]:
        return works(
            storage=self.database,
            connector=self.connector,
            clock=self.clock,
            new_id=self.new_id,
            tickets=self.transfers,
        )

    @property
    def transfers(self) -> Transfers:
        return Transfers(
            storage=self.database,
            files=self.files,
            clock=self.clock,
            chance=os.urandom,
            url=self.server_url,
        )

    async def stock(self, content: bytes) -> LibraryApp:
        """Put a file into the library."""

        async def whole() -> AsyncGenerator[bytes]:
            yield content

        async with self.files.receive(whole(), limit=1 << 30) as received:
            app = LibraryApp(
                id=AppId(self.new_id("ap")),
                facts=received.facts,
                file_name="game.apk",
                size=received.size,
                sha256=received.sha256,
                uploaded_by="anna",
                created_at=self.clock.now(),
            )
            async with self.database() as work:
                await work.apps.add(app)
            await self.files.keep(received)
        return app

    @property
    def scanner(self) -> Scanner:
        return Scanner(
            storage=self.database,
            connector=self.connector,
            clock=self.clock,
            new_id=self.new_id,
        )

    async def add(self, number: int = 1, **changes: Any) -> Workstation:
        """Put a simulated workstation on record."""
        entry = self.farm.inventory()[number - 1]
        now = self.clock.now()
        workstation = Workstation(
            id=WorkstationId(f"ws_{number:04}"),
            name=str(entry["name"]),
            address=Address(
                host="127.0.0.1",
                port=self.pc(number).endpoint.http_port,
                tls=False,
                username=str(entry["username"]),
            ),
            created_at=now,
            updated_at=now,
        )
        workstation = replace(workstation, **changes)
        async with self.database() as work:
            await work.workstations.add(workstation)
            password = Credentials(password=str(entry["password"]))
            await work.secrets.put(workstation.id, password)
        return workstation

    async def workstation(self, number: int = 1) -> Workstation:
        async with self.database() as work:
            return await work.workstations.get(f"ws_{number:04}")

    async def health(self, number: int = 1) -> Health:
        return (await self.workstation(number)).health

    async def scan(self, number: int = 1, **how: Any) -> Any:
        return await self.scanner(await self.workstation(number), **how)

    async def emulators(self, *, removed: bool = False) -> Sequence[Emulator]:
        async with self.database() as work:
            page = await work.emulators.list(EmulatorQuery(removed=removed), limit=500)
        return [each.emulator for each in page.items]

    async def emulator(self, index: int) -> Emulator:
        return next(each for each in await self.emulators() if each.index == index)

    async def queue(self, verb: Verb, index: int | None, **changes: Any) -> Operation:
        """An operation that was admitted."""
        emulator = None if index is None else await self.emulator(index)
        operation = replace(
            an_operation(next(self._numbers), emulator=None),
            verb=verb,
            emulator_id=None if emulator is None else emulator.id,
            created_at=self.clock.now(),
            **changes,
        )
        async with self.database() as work:
            await work.operations.add(operation)
        return await self._admitted(operation)

    async def _admitted(self, operation: Operation) -> Operation:
        """Once its time has come."""

        def this(queue: Queue) -> Verdict:
            return Verdict(
                admitted={
                    each.operation.id: {}
                    for each in queue.candidates
                    if each.operation.id == operation.id
                    and (each.operation.not_before or queue.now) <= queue.now
                }
            )

        while True:
            admitted = await self.database.admission.admit(this, owner="test", lease=LEASE)
            if admitted:
                return admitted[0]
            await self.clock.sleep(2.0)

    async def again(self, operation: Operation) -> Operation:
        """The operation in the hands of another runner, after the first one died."""
        async with self.database() as work:
            stored = await work.operations.get(operation.id)
        [taken] = await self.database.admission.take_over([stored], owner="other", lease=LEASE)
        return taken

    async def run(self, operation: Operation) -> Operation:
        """Run it as the engine does, again where it is put back, and give it as it ended."""
        while True:
            scribe = Scribe(self.database, self.clock)
            await Run(operation, scribe=scribe, clock=self.clock, works=self.works)()
            async with self.database() as work:
                stored = await work.operations.get(operation.id)
            if stored.status is not OperationStatus.QUEUED:
                return stored
            operation = await self._admitted(stored)

    async def do(self, verb: Verb, index: int | None = None, **changes: Any) -> Operation:
        return await self.run(await self.queue(verb, index, **changes))

    async def steps(self, operation: Operation) -> Sequence[Step]:
        async with self.database() as work:
            return await work.operations.steps(operation.id)

    async def events(self, after: str) -> Sequence[Event]:
        """All since then."""
        if await self.database.feed.head() == after:
            return []
        async for batch in self.database.feed.follow(after):
            return [event for _, event in batch]
        raise AssertionError("the feed ended")

    def commands(self, verb: str, *, on: int = 1) -> Sequence[Entry]:
        """What reached ldconsole on that machine."""
        entries = self.farm.journal.after(workstation=f"pc-{on:02}")
        return [
            each
            for each in entries
            if each.kind == "ldconsole" and any(verb == word for word in each.argv)
        ]


@asynccontextmanager
async def a_fleet(
    config: pytest.Config,
    folder: Path,
    *,
    workstations: int = 1,
    emulators: int = 3,
    scale: float = SCALE,
    adb_debug: int = 1,
) -> AsyncGenerator[Fleet]:
    """A farm that runs and nothing on record yet."""
    clock = FastClock(scale)
    specs = [
        replace(spec, installs=[replace(one, adb_debug=adb_debug) for one in spec.installs])
        for spec in machines(workstations, emulators, seed=7)
    ]
    farm = Farm(specs, clock=SimClock(scale=scale))
    async with a_place("sqlite", config, folder) as place:
        database = Database(
            place.url,
            vault_key_file=folder / "vault.key",
            clock=clock,
            chance=os.urandom,
        )
        await database.start()
        await farm.start()
        connector = WinRMConnector(
            server_id="test",
            clock=clock,
            new_id=lambda prefix: f"{prefix}_{os.urandom(6).hex()}",
            tuning=IMPATIENT,
        )
        try:
            yield Fleet(
                farm=farm,
                database=database,
                connector=connector,
                clock=clock,
                files=StoredAppFiles(folder / "apps", clock=clock, chance=os.urandom),
            )
        finally:
            await connector.aclose()
            await farm.stop()
            await database.stop()
