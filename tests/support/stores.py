"""Databases for tests, migrated once and copied, and values to put into them."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ldfleet.domain.emulator import Emulator, Observation, Power
from ldfleet.domain.ids import EmulatorId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, Workstation
from ldfleet.storage.access_tables import audit, audit_head
from ldfleet.storage.database import Database
from ldfleet.storage.tables import compatibility, feed_head, metadata, sites
from support.postgres import Server, server_of

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_TEMPLATE = pytest.StashKey[Path]()
_FREE = pytest.StashKey[list[str]]()


class StillClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Place:
    """Where a test's database is: several processes' worth of Database may be opened on it."""

    url: str
    folder: Path
    clock: StillClock

    def seconds_left(self, operation: Operation) -> float:
        """Until its lease ends, by the clock that leases go by."""
        assert operation.lease_until is not None
        now = datetime.now(UTC) if self._on_postgresql else self.clock.now()  # noqa: TID251 - the server's clock is the machine's
        return (operation.lease_until - now).total_seconds()

    def let_leases_age(self, seconds: float) -> None:
        """As if that much time had passed; PostgreSQL's own clock can't be moved."""
        self.clock.move(seconds)
        if self._on_postgresql:
            with psycopg.connect(self.url) as connection:
                older = "UPDATE operations SET lease_until = lease_until - %s"
                connection.execute(older, [timedelta(seconds=seconds)])

    @property
    def _on_postgresql(self) -> bool:
        return self.url.startswith("postgresql")

    def database(self, **options: Any) -> Database:
        """One more opening of it, as another process would have."""
        return Database(
            self.url,
            vault_key_file=self.folder / "vault.key",
            clock=self.clock,
            chance=os.urandom,
            **options,
        )

    @asynccontextmanager
    async def opened(self, **options: Any) -> AsyncGenerator[Database]:
        """A started one, stopped at the end."""
        database = self.database(**options)
        await database.start()
        try:
            yield database
        finally:
            await database.stop()


@asynccontextmanager
async def a_place(kind: str, config: pytest.Config, folder: Path) -> AsyncGenerator[Place, None]:
    """A migrated database of that kind, `sqlite` or `postgresql`, for one test."""
    if kind == "sqlite":
        shutil.copy(await _sqlite_template(config), folder / "fleet.db")
        yield Place(f"sqlite:///{folder / 'fleet.db'}", folder, StillClock())
        return
    server, free = server_of(config), config.stash.setdefault(_FREE, [])
    name = free.pop() if free else await _make_postgresql(server, folder)
    try:
        yield Place(server.url(name), folder, StillClock())
    finally:
        # Emptying takes a tenth of the time that making a new one takes.
        await asyncio.to_thread(server.run, name, _emptying())
        free.append(name)


@asynccontextmanager
async def an_empty_place(
    kind: str, config: pytest.Config, folder: Path
) -> AsyncGenerator[Place, None]:
    """A database for one test, without a schema."""
    if kind == "sqlite":
        yield Place(f"sqlite:///{folder / 'fleet.db'}", folder, StillClock())
        return
    server, name = server_of(config), f"t_{uuid.uuid4().hex}"
    url = server.create(name)
    try:
        yield Place(url, folder, StillClock())
    finally:
        server.drop(name)


async def _sqlite_template(config: pytest.Config) -> Path:
    if _TEMPLATE not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="ldfleet-template-"))
        config.add_cleanup(partial(shutil.rmtree, folder))
        await _migrate(Place(f"sqlite:///{folder / 'fleet.db'}", folder, StillClock()))
        config.stash[_TEMPLATE] = folder / "fleet.db"
    return config.stash[_TEMPLATE]


async def _make_postgresql(server: Server, folder: Path) -> str:
    name = f"t_{uuid.uuid4().hex}"
    await _migrate(Place(server.create(name), folder, StillClock()))
    return name


async def _migrate(place: Place) -> None:
    database = place.database()
    await database.migrate()
    await database.stop()


def _emptying() -> list[str]:
    made = {feed_head, audit_head, compatibility, sites}  # what migrations wrote stays
    tables = [table.name for table in reversed(metadata.sorted_tables) if table not in made]
    emptied = [f"DELETE FROM {name}" for name in tables if name != audit.name]  # noqa: S608 - names of our own tables
    emptied.append("TRUNCATE audit")  # it refuses to have its entries deleted
    emptied.append("DELETE FROM sites WHERE name <> 'default'")
    return [*emptied, f"UPDATE audit_head SET seq = 0, hash = '{'0' * 64}'"]  # noqa: S608


def a_workstation(number: int = 1, **changes: Any) -> Workstation:
    """A workstation with every field defaulted."""
    fields: dict[str, Any] = {
        "id": WorkstationId(f"ws_{number:04}"),
        "name": f"farm-{number:04}",
        "address": Address(host=f"10.0.0.{number}", port=5986, username="farm"),
        "created_at": START,
        "updated_at": START,
    }
    return Workstation(**{**fields, **changes})


def an_emulator(number: int = 1, *, workstation: int = 1, **changes: Any) -> Emulator:
    """A stopped emulator with every field defaulted."""
    fields: dict[str, Any] = {
        "id": EmulatorId(f"em_{number:04}"),
        "workstation_id": WorkstationId(f"ws_{workstation:04}"),
        "install": r"C:\LDPlayer\LDPlayer9",
        "index": number,
        "name": f"player {number}",
        "observed": Observation(at=START, power=Power.STOPPED, since=START),
        "created_at": START,
        "updated_at": START,
    }
    return Emulator(**{**fields, **changes})


def an_operation(
    number: int = 1, *, emulator: int | None = 1, workstation: int = 1, **changes: Any
) -> Operation:
    """A queued launch with every field defaulted; later numbers are younger."""
    fields: dict[str, Any] = {
        "id": OperationId(f"op_{number:04}"),
        "verb": Verb.SCAN if emulator is None else Verb.LAUNCH,
        "workstation_id": WorkstationId(f"ws_{workstation:04}"),
        "emulator_id": None if emulator is None else EmulatorId(f"em_{emulator:04}"),
        "requested_by": "anna",
        "source": "api",
        "timeout": 300.0,
        "created_at": START + timedelta(seconds=number),
    }
    return Operation(**{**fields, **changes})
