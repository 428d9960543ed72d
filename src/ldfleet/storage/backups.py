"""The backups on record."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import BackupId, EmulatorId, WorkstationId
from ldfleet.domain.nouns import BACKUPS
from ldfleet.ports import BackupQuery, Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing, within
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import backups, emulators, workstations

_c, _e, _w = backups.c, emulators.c, workstations.c
_LISTING = Listing(
    noun=BACKUPS,
    columns={
        "emulator": _c.emulator_name,
        "workstation": _w.name,
        "site": _w.site,
        "file": _c.file,
        "size": _c.size,
        "created": _c.created_at,
        "id": _c.id,
        "emulator_id": _c.emulator_id,
        "workstation_id": _c.workstation_id,
    },
    own=Order("backups", (_c.created_at, _c.id), descending=True),
    id=_c.id,
)


class StoredBackups:
    """`ports.Backups` in the table of backups."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, backup_id: str) -> Backup:
        row = await self._transaction.row(sa.select(backups).where(_c.id == backup_id))
        if row is None:
            raise errors.BackupNotFound(backup=backup_id)
        return _backup_of(row)

    async def list(self, query: BackupQuery, **how: Unpack[Listed]) -> Page[Backup]:
        statement = (
            sa.select(backups)
            .join(workstations, _w.id == _c.workstation_id)
            .outerjoin(emulators, _e.id == _c.emulator_id)
            .where(*within(query.scope, site=_w.site, tags=(_w.tags, _e.tags)))
        )
        if query.workstation_id is not None:
            statement = statement.where(_c.workstation_id == query.workstation_id)
        if query.emulator_id is not None:
            statement = statement.where(_c.emulator_id == query.emulator_id)
        return await listed(self._transaction, statement, _LISTING, _backup_of, how, query)

    async def put(self, backup: Backup) -> None:
        orphan = errors.WorkstationNotFound(workstation=backup.workstation_id)
        key = ["workstation_id", "file"]
        await self._transaction.upsert(
            backups, [asdict(backup)], key=key, keep=frozenset({"id"}), orphan=orphan
        )

    async def gone(self, workstation_id: WorkstationId, file: str) -> None:
        there = sa.delete(backups).where(_c.workstation_id == workstation_id, _c.file == file)
        await self._transaction.execute(there)


def _backup_of(row: Mapping[str, Any]) -> Backup:
    emulator = row["emulator_id"]
    return Backup(
        id=BackupId(row["id"]),
        workstation_id=WorkstationId(row["workstation_id"]),
        emulator_id=None if emulator is None else EmulatorId(emulator),
        emulator_name=row["emulator_name"],
        file=row["file"],
        size=row["size"],
        sha256=row["sha256"],
        operation_id=row["operation_id"],
        created_at=row["created_at"],
    )
