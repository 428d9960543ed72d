"""A database with everything on it: the storage, the change feed and the queue's transactions."""

import asyncio
import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.ports import Admission, Clock, Feed, UnitOfWork, Worker
from ldfleet.storage import duties, jobs_schema, schema
from ldfleet.storage.admission import StoredAdmission
from ldfleet.storage.connections import Connections, sqlite_path
from ldfleet.storage.credentials import StoredSecrets
from ldfleet.storage.duties import StoredDuties
from ldfleet.storage.feed import StoredFeed
from ldfleet.storage.settling import Settled, settle
from ldfleet.storage.tables import feed_head
from ldfleet.storage.unit_of_work import StoredUnitOfWork
from ldfleet.storage.vault import Vault

_MIGRATION_LOCK = 0x6D696772617465  # "migrate": the key of the advisory lock


class Database:
    """Opens units of work when called: it is a `ports.Storage`.

    For one event loop. `patience` is how long anything waits for a lock or a connection before
    it is DatabaseBusy; `keep_events` is how far back the feed can be resumed, at least.
    """

    feed: Feed
    admission: Admission

    def __init__(
        self,
        url: str,
        *,
        vault_key_file: Path,
        clock: Clock,
        chance: Callable[[int], bytes],
        patience: float = 10.0,
        keep_events: int = 50_000,
    ) -> None:
        self._file = sqlite_path(url)
        self._connections = Connections(url, patience=patience, monotonic=clock.monotonic)
        self._clock = clock
        self._vault = Vault(vault_key_file, chance=chance)
        self._chance = chance
        self._keep_events = keep_events
        self.revision: str | None = None
        """Of the schema, once it was looked at."""
        self.feed = StoredFeed(self._connections)
        self.admission = StoredAdmission(self._connections, clock, keep_events=keep_events)

    def __call__(self) -> UnitOfWork:
        return StoredUnitOfWork(self._connections, self._vault, keep_events=self._keep_events)

    def reader(self) -> UnitOfWork:
        """One that only reads: on SQLite it waits for nobody."""
        return StoredUnitOfWork(
            self._connections, self._vault, keep_events=self._keep_events, writes=False
        )

    @property
    def pool(self) -> tuple[int, int]:
        """Connections that somebody has, and open ones that wait for somebody."""
        return self._connections.in_use

    @property
    def has_room(self) -> bool:
        """Whether no change failed lately because the disk is full."""
        return self._connections.has_room

    async def start(self) -> None:
        """See whether it is there and fit to use.

        Raises:
            DatabaseUnreachable: it is not there.
            SchemaOutdated: it has to be migrated first.
        """
        await self._open_file(make=False)
        async with self._connections.transaction(writes=False) as transaction:
            self.revision = await transaction.run_sync(schema.check)
            if transaction.on_postgresql:
                await transaction.run_sync(jobs_schema.check)

    async def stop(self) -> None:
        """Close all connections."""
        await self._connections.close()

    async def migrate(self) -> None:
        """Bring the schema to this version; makes a SQLite file where there is none.

        Raises:
            DatabaseUnreachable: it is not there.
        """
        await self._open_file(make=True)
        async with self._connections.transaction() as transaction:
            if transaction.on_postgresql:
                lock = sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)
                await transaction.execute(sa.select(lock))
            await transaction.run_sync(schema.upgrade)
            if transaction.on_postgresql:
                await transaction.run_sync(jobs_schema.upgrade)
            if await transaction.row(sa.select(feed_head)) is None:
                row = {"epoch": self._chance(6).hex(), "seq": 0}
                await transaction.execute(sa.insert(feed_head), [row])

    def duties(self, *, name: str, sites: frozenset[str] | None, limit: float) -> StoredDuties:
        """Of a process of that name, on PostgreSQL; lost after `limit` seconds of silence."""
        return StoredDuties(
            self._connections.engine, clock=self._clock, name=name, sites=sites, limit=limit
        )

    async def workers(self, sites: Sequence[str]) -> Mapping[str, Sequence[Worker]]:
        """`ports.Workers`; there are none on SQLite."""
        if self._file is not None:
            return dict.fromkeys(sites, ())
        return await duties.workers(self._connections.engine, sites)

    async def settle(self) -> Settled:
        """Make it fit to be served after it was brought back from a backup."""
        async with self._connections.transaction() as transaction:
            epoch = self._chance(6).hex()
            return await settle(transaction, now=self._clock.now(), epoch=epoch)

    async def unreadable_credentials(self) -> Sequence[str]:
        """The names of the workstations whose credentials the vault's key at hand can't open."""
        async with self._connections.transaction(writes=False) as transaction:
            return await StoredSecrets(transaction, self._vault).unreadable()

    async def rotate_vault_key(self) -> int:
        """Make a new key and seal all credentials with it; gives how many. Old keys are kept."""
        self._vault.add_key()
        async with self._connections.transaction() as transaction:
            return await StoredSecrets(transaction, self._vault).reseal()

    async def _open_file(self, *, make: bool) -> None:
        if self._file is None:
            return
        if not make and not self._file.exists():
            raise errors.DatabaseUnreachable(reason=f"there is none at {self._file}")
        draft = self._file.with_name(f".{self._file.name}.{self._chance(4).hex()}")
        try:
            await asyncio.to_thread(_make_file, self._file, draft)
        except (OSError, sqlite3.Error) as error:
            reason = f"{self._file}: {error}"
            raise errors.DatabaseUnreachable(reason=reason) from error


def _make_file(path: Path, draft: Path) -> None:
    """Make the file where there is none, for its owner alone, and see that it can be opened.

    It has WAL from birth, since processes that switch to it at the same time get in each
    other's way. A file that is there is not opened here: closing it would drop the locks that
    SQLite holds in this process. And aiosqlite must not find out, as it leaves a thread behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
