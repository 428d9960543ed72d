"""Idempotency-Keys: what was asked under them, and what it became."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.ports import KeptKey
from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import idempotency_keys

_c = idempotency_keys.c


class StoredKeys:
    """`ports.Keys` in their table."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, key: str, *, since: datetime) -> KeptKey | None:
        kept = sa.select(idempotency_keys).where(_c.key == key, _c.created_at > since)
        row = await self._transaction.row(kept)
        return None if row is None else KeptKey(request=row["request"], subject=row["subject"])

    async def keep(
        self, key: str, *, request: Mapping[str, Any], subject: str, at: datetime, since: datetime
    ) -> None:
        old = sa.delete(idempotency_keys).where(_c.key == key, _c.created_at <= since)
        await self._transaction.execute(old)
        row = {"key": key, "request": dict(request), "subject": subject, "created_at": at}
        await self._transaction.execute(
            sa.insert(idempotency_keys), [row], conflict=errors.IdempotencyKeyReused(key=key)
        )

    async def forget(self, *, before: datetime, limit: int) -> int:
        some = sa.select(_c.key).where(_c.created_at < before).limit(limit)
        forgotten = await self._transaction.execute(
            sa.delete(idempotency_keys).where(_c.key.in_(some))
        )
        return forgotten.rowcount
