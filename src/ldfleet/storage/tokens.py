"""API tokens by their hash."""

from datetime import datetime

import sqlalchemy as sa

from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import tokens


class StoredTokens:
    """`ports.Tokens` in the table of tokens."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, *, name: str, token_hash: str, at: datetime) -> None:
        row = {"name": name, "token_hash": token_hash, "created_at": at}
        await self._transaction.execute(sa.insert(tokens), [row])

    async def name_of(self, token_hash: str) -> str | None:
        wanted = sa.select(tokens.c.name).where(tokens.c.token_hash == token_hash)
        name: str | None = await self._transaction.value(wanted)
        return name

    async def any(self) -> bool:
        return await self._transaction.value(sa.select(tokens.c.name).limit(1)) is not None
