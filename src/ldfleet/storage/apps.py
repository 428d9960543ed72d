"""The apps of the library on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.app import TICKET_LASTS, LibraryApp
from ldfleet.domain.ids import AppId, OperationId
from ldfleet.domain.nouns import APPS
from ldfleet.domain.verb import Verb
from ldfleet.ports import Listed, Page
from ldfleet.storage.app_files import facts_of
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.operations import UNFINISHED
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import apps, operations, transfers

_c = apps.c
_LISTING = Listing(
    noun=APPS,
    columns={
        "label": _c.label,
        "package": _c.package,
        "text": _c.label + " " + _c.package,
        "version": _c.version_name,
        "code": _c.version_code,
        "min_sdk": _c.min_sdk,
        "abi": _c.abis,
        "packing": _c.packing,
        "signer": _c.signer_sha256,
        "sha256": _c.sha256,
        "file": _c.file_name,
        "size": _c.size,
        "by": _c.uploaded_by,
        "created": _c.created_at,
        "id": _c.id,
    },
    nullable=frozenset({"min_sdk"}),
    own=Order("apps", (_c.created_at, _c.id), descending=True),
    id=_c.id,
)


class StoredApps:
    """`ports.Apps` in the table of apps."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, app_id: str) -> LibraryApp:
        row = await self._transaction.row(sa.select(apps).where(_c.id == app_id))
        if row is None:
            raise errors.AppNotFound(app=app_id)
        return _app_of(row)

    async def find(self, sha256: str) -> LibraryApp | None:
        row = await self._transaction.row(sa.select(apps).where(_c.sha256 == sha256))
        return None if row is None else _app_of(row)

    async def list(self, **how: Unpack[Listed]) -> Page[LibraryApp]:
        return await listed(self._transaction, sa.select(apps), _LISTING, _app_of, how)

    async def add(self, app: LibraryApp) -> None:
        taken = errors.RecordChanged(record="The app library")
        await self._transaction.execute(sa.insert(apps), [_row_of(app)], conflict=taken)

    async def remove(self, app_id: AppId) -> None:
        await self._transaction.execute(sa.delete(apps).where(_c.id == app_id))

    async def size(self) -> int:
        return int(await self._transaction.value(sa.select(sa.func.sum(_c.size))) or 0)

    async def checksums(self) -> frozenset[str]:
        rows = await self._transaction.rows(sa.select(_c.sha256))
        return frozenset(row["sha256"] for row in rows)

    async def wanted_by(self, app_id: AppId) -> int:
        # JSON text: an id holds nothing that JSON escapes.
        named = sa.cast(operations.c.params, sa.Text).contains(f'"{app_id}"', autoescape=True)
        unfinished = operations.c.status.in_(UNFINISHED)
        installing = operations.c.verb.in_([Verb.INSTALL, Verb.CREATE])
        counted = sa.select(sa.func.count()).where(unfinished, installing, named)
        return int(await self._transaction.value(counted))


class StoredTransfers:
    """`ports.Transfers` in the table of transfers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(
        self, token_hash: str, *, operation_id: OperationId, app_id: AppId, expires_at: datetime
    ) -> None:
        over = transfers.c.expires_at <= expires_at - TICKET_LASTS
        await self._transaction.execute(sa.delete(transfers).where(over))
        row = {
            "token_hash": token_hash,
            "operation_id": operation_id,
            "app_id": app_id,
            "expires_at": expires_at,
        }
        orphan = errors.OperationNotFound(operation=operation_id)
        await self._transaction.execute(sa.insert(transfers), [row], orphan=orphan)

    async def spend(self, token_hash: str, *, now: datetime) -> tuple[OperationId, AppId] | None:
        spent = (
            sa.delete(transfers)
            .where(transfers.c.token_hash == token_hash, transfers.c.expires_at > now)
            .returning(transfers.c.operation_id, transfers.c.app_id)
        )
        row = await self._transaction.row(spent)
        return None if row is None else (OperationId(row["operation_id"]), AppId(row["app_id"]))


def _app_of(row: Mapping[str, Any]) -> LibraryApp:
    return LibraryApp(
        id=AppId(row["id"]),
        facts=facts_of({**row, **row["contents"]}),
        file_name=row["file_name"],
        size=row["size"],
        sha256=row["sha256"],
        uploaded_by=row["uploaded_by"],
        created_at=row["created_at"],
    )


def _row_of(app: LibraryApp) -> dict[str, Any]:
    facts = app.facts
    return {
        "id": app.id,
        "package": facts.package,
        "version_code": facts.version_code,
        "version_name": facts.version_name,
        "label": facts.label,
        "min_sdk": facts.min_sdk,
        "abis": list(facts.abis),
        "splits": list(facts.splits),
        "packing": facts.packing,
        "signer_sha256": facts.signer_sha256,
        "contents": {"apks": list(facts.apks), "data_files": [list(p) for p in facts.data_files]},
        "file_name": app.file_name,
        "size": app.size,
        "sha256": app.sha256,
        "uploaded_by": app.uploaded_by,
        "created_at": app.created_at,
    }
