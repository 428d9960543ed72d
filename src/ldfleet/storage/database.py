"""A database with everything on it: the storage, the change feed and the queue's transactions."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from ldfleet.ports import Admission, Clock, Feed, UnitOfWork
from ldfleet.storage import schema
from ldfleet.storage.admission import StoredAdmission
from ldfleet.storage.connections import Connections, sqlite_path
from ldfleet.storage.credentials import StoredSecrets
from ldfleet.storage.feed import StoredFeed
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
        self._connections = Connections(url, patience=patience)
        self._vault = Vault(vault_key_file, chance=chance)
        self._chance = chance
        self._keep_events = keep_events
        self.feed = StoredFeed(self._connections)
        self.admission = StoredAdmission(self._connections, clock)

    def __call__(self) -> UnitOfWork:
        return StoredUnitOfWork(self._connections, self._vault, keep_events=self._keep_events)

    async def start(self) -> None:
        """See whether it is there and fit to use.

        Raises:
            DatabaseUnreachable: it is not there.
            SchemaOutdated: it has to be migrated first.
        """
        async with self._connections.transaction(writes=False) as transaction:
            await transaction.run_sync(schema.check)

    async def stop(self) -> None:
        """Close all connections."""
        await self._connections.close()

    async def migrate(self) -> None:
        """Bring the schema to this version; makes a SQLite file where there is none."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        async with self._connections.transaction() as transaction:
            if transaction.on_postgresql:
                lock = sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)
                await transaction.execute(sa.select(lock))
            await transaction.run_sync(schema.upgrade)
            if await transaction.row(sa.select(feed_head)) is None:
                row = {"epoch": self._chance(6).hex(), "seq": 0}
                await transaction.execute(sa.insert(feed_head), [row])

    async def rotate_vault_key(self) -> int:
        """Make a new key and seal all credentials with it; gives how many. Old keys are kept."""
        self._vault.add_key()
        async with self._connections.transaction() as transaction:
            return await StoredSecrets(transaction, self._vault).reseal()
