"""`ldfleet backup`, `restore` and `vault`: the manager's own data, not the emulators'."""

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ldfleet import errors, settings
from ldfleet.bootstrap.assembly import CLOCK, open_database
from ldfleet.domain.actor import SYSTEM
from ldfleet.domain.audit import done
from ldfleet.settings import Settings
from ldfleet.storage import copies
from ldfleet.storage.connections import sqlite_path
from ldfleet.storage.database import Database
from ldfleet.storage.settling import Settled
from ldfleet.storage.single_server import single_server

_MARK_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A backup that was made."""

    file: Path
    vault_key_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What is in service again."""

    settled: Settled
    vault_key_file: Path
    unreadable: Sequence[str]
    """Workstations whose credentials the key at hand can't open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """The vault's key was replaced."""

    sealed: int
    """Workstations whose credentials are sealed with the new one."""
    vault_key_file: Path


def rotate_vault_key() -> Rotated:
    """Make a new key and seal all credentials with it, while the server goes on.

    Raises:
        SecretUnreadable: some can't be opened; nothing was changed.
        SettingInvalid, DatabaseUnreachable, SchemaOutdated.
    """
    return asyncio.run(_rotate_vault_key(settings.load(os.environ)))


async def _rotate_vault_key(loaded: Settings) -> Rotated:
    database = open_database(loaded)
    try:
        await database.start()
        if unreadable := await database.unreadable_credentials():
            raise errors.SecretUnreadable(owner=", ".join(unreadable))
        sealed = await database.rotate_vault_key()
        async with database() as work:
            told = {"sealed": sealed}
            work.audit.record(done(SYSTEM, "vault.rotate", at=CLOCK.now(), after=told))
        return Rotated(sealed=sealed, vault_key_file=loaded.effective_vault_key_file)
    finally:
        await database.stop()


def back_up(file: Path) -> Kept:
    """Copy the database to a file, while the server goes on.

    Raises:
        PostgresKeepsItself, FileTaken, FieldInvalid, DatabaseUnreachable.
    """
    loaded = settings.load(os.environ)
    source = _on_sqlite(loaded)
    with copies.draft_of(file, secrets.token_hex(_MARK_BYTES)) as draft:
        copies.copy(source, draft)
        copies.check(draft)
    return Kept(file=file, vault_key_file=loaded.effective_vault_key_file)


def restore(file: Path | None) -> Restored:
    """Bring a backup into service where there is no database yet.

    None: the database was brought back by other means, and only has to be settled.

    Raises:
        PostgresKeepsItself, FileTaken, BackupUnusable, SchemaTooNew, ServerAlreadyRunning.
    """
    loaded = settings.load(os.environ)
    path = sqlite_path(loaded.effective_database_url)
    if path is None and file is None:
        return asyncio.run(_settled(loaded, open_database(loaded)))
    place = _on_sqlite(loaded)
    if file is None:
        raise errors.FieldInvalid(field="file", reason="on SQLite it is needed")
    copies.check(file)
    alone = single_server(place, setting=loaded.database_setting)
    with alone, copies.draft_of(place, secrets.token_hex(_MARK_BYTES)) as draft:
        copies.copy(file, draft)
        return asyncio.run(_settled(loaded, _database_at(draft, loaded)))


async def _settled(loaded: Settings, database: Database) -> Restored:
    try:
        await database.migrate()
        key_file = loaded.effective_vault_key_file
        return Restored(
            settled=await database.settle(),
            vault_key_file=key_file,
            unreadable=await database.unreadable_credentials(),
        )
    finally:
        await database.stop()


def _database_at(path: Path, loaded: Settings) -> Database:
    return Database(
        f"sqlite:///{path}",
        vault_key_file=loaded.effective_vault_key_file,
        clock=CLOCK,
        chance=secrets.token_bytes,
    )


def _on_sqlite(loaded: Settings) -> Path:
    path = sqlite_path(loaded.effective_database_url)
    if path is None:
        raise errors.PostgresKeepsItself
    return path
