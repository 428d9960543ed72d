"""An engine on a real SQLite database with a clock moved by hand, and works that tests steer."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.emulator import Emulator
from ldfleet.domain.event import Event
from ldfleet.domain.ids import make_id
from ldfleet.domain.operation import Operation, OperationStatus, Step
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Workstation
from ldfleet.engine.engine import Engine
from ldfleet.ports import Journal, OperationQuery
from ldfleet.storage.database import Database
from support.clock import ManualClock
from support.stores import a_place, a_workstation, an_emulator

PATIENCE = 5.0  # seconds until something must have come about; real ones


@dataclass
class Bench:
    """Works that do nothing but what a test tells them, and remember what they did."""

    begun: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Operation and attempt of every start."""
    ended: list[str] = field(default_factory=list[str])
    """Operations whose clean-up has run to its end."""
    running: set[str] = field(default_factory=set[str])
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    clean: asyncio.Event = field(default_factory=asyncio.Event)
    act: Callable[[Operation, Journal], Awaitable[Mapping[str, Any]]] | None = None

    def __post_init__(self) -> None:
        self.clean.set()

    async def __call__(self, operation: Operation, journal: Journal) -> Mapping[str, Any]:
        self.begun.append((operation.id, operation.attempt))
        self.running.add(operation.id)
        try:
            if self.act is not None:
                return await self.act(operation, journal)
            await self.let_go.wait()
            return {"done": True}
        finally:
            await self.clean.wait()
            self.running.discard(operation.id)
            self.ended.append(operation.id)


class Floor:
    """A database, a clock, and what a test wants to know of them."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.bench = Bench()
        self._count = 0

    def new_id(self, prefix: str) -> str:
        self._count += 1
        at = self.clock.now() + timedelta(milliseconds=self._count)
        return make_id(prefix, at=at, entropy=self._count.to_bytes(10))

    def engine(self, owner: str = "one", **options: Any) -> Engine:
        settings: dict[str, Any] = {
            "storage": self.database,
            "admission": self.database.admission,
            "clock": self.clock,
            "works": dict.fromkeys(Verb, self.bench),
            "owner": owner,
            "sole": True,
            "grace": 0.0,
        }
        return Engine(**{**settings, **options})

    async def put(self, *things: Workstation | Emulator | Operation) -> None:
        async with self.database() as work:
            for thing in things:
                match thing:
                    case Workstation():
                        await work.workstations.add(thing)
                        await work.workstations.observe(thing.id, thing.health)
                    case Emulator():
                        await work.emulators.put([thing])
                    case Operation():
                        await work.operations.add(thing)

    async def farm(self, *, emulators: int = 1, **changes: Any) -> Workstation:
        """One workstation with stopped emulators 1, 2, …"""
        workstation = a_workstation(**changes)
        await self.put(workstation, *(an_emulator(n + 1) for n in range(emulators)))
        return workstation

    async def operation(self, operation_id: str) -> Operation:
        async with self.database() as work:
            return await work.operations.get(operation_id)

    async def statuses(self) -> Mapping[str, OperationStatus]:
        async with self.database() as work:
            page = await work.operations.list(OperationQuery(), limit=100)
        return {operation.id: operation.status for operation in page.items}

    async def steps(self, operation: Operation) -> Sequence[Step]:
        async with self.database() as work:
            return await work.operations.steps(operation.id)

    async def log(self, operation: Operation) -> list[str]:
        async with self.database() as work:
            return [line.event for _, line in await work.operations.log_of(operation.id)]

    async def told(self, after: str) -> Sequence[Event]:
        """What the feed has after that place."""
        async with aclosing(self.database.feed.follow(after)) as stream:
            return [event for _, event in await anext(stream)]

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait in real time for what a test expects to come about."""
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 - rows of a database tell no event
                await asyncio.sleep(0.005)

    async def until_status(self, operation: Operation, *wanted: OperationStatus) -> Operation:
        async def there() -> bool:
            return (await self.operation(operation.id)).status in wanted

        await self.until(there)
        return await self.operation(operation.id)

    async def until_begun(self, operation: Operation, attempt: int = 1) -> None:
        async def there() -> bool:
            return (operation.id, attempt) in self.bench.begun

        await self.until(there)

    async def until_begun_often(self, times: int) -> None:
        """Until works were begun that often in all."""

        async def there() -> bool:
            return len(self.bench.begun) >= times

        await self.until(there)

    async def until_free(self, operation: Operation) -> None:
        """Until its work has ended in this process."""

        async def there() -> bool:
            return operation.id in self.bench.ended

        await self.until(there)

    def at(self) -> datetime:
        return self.clock.now()


@asynccontextmanager
async def a_floor(
    config: pytest.Config, folder: Path, *, kind: str = "sqlite"
) -> AsyncGenerator[Floor]:
    """A migrated database of that kind for one test."""
    clock = ManualClock()
    async with a_place(kind, config, folder) as place:
        database = Database(
            place.url, vault_key_file=folder / "vault.key", clock=clock, chance=os.urandom
        )
        await database.start()
        try:
            yield Floor(database, clock)
        finally:
            await database.stop()
