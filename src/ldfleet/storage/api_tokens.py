"""Secrets for programs, by their hash."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet.domain.account import ApiToken, User
from ldfleet.domain.actor import Role
from ldfleet.domain.ids import ApiTokenId, UserId
from ldfleet.domain.nouns import TOKENS
from ldfleet.ports import Listed, Page
from ldfleet.storage.access_tables import api_tokens, users
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed
from ldfleet.storage.users import joined_user, kept_scope, scope_of, user_of

_c = api_tokens.c
_LISTING = Listing(
    noun=TOKENS,
    columns={
        "name": _c.name,
        "role": _c.role,
        "expires": _c.expires_at,
        "used": _c.used_at,
        "created": _c.created_at,
        "id": _c.id,
    },
    nullable=frozenset({"expires", "used"}),
    own=Order("tokens", (_c.created_at, _c.id), descending=True),
    id=_c.id,
)


class StoredApiTokens:
    """`ports.ApiTokens` in their table."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, token_hash: str) -> tuple[ApiToken, User] | None:
        return await self._one(_c.token_hash == token_hash)

    async def get(self, token_id: str) -> tuple[ApiToken, User] | None:
        return await self._one(_c.id == token_id)

    async def list(self, user_id: UserId, **how: Unpack[Listed]) -> Page[ApiToken]:
        theirs = sa.select(api_tokens).where(_c.user_id == user_id)
        return await listed(self._transaction, theirs, _LISTING, _token_of, how, user_id)

    async def add(self, token: ApiToken, *, token_hash: str) -> None:
        row = {
            "id": token.id,
            "user_id": token.user_id,
            "name": token.name,
            "token_hash": token_hash,
            "role": token.role.value,
            "scope": kept_scope(token.scope),
            "metrics_only": token.metrics_only,
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        }
        await self._transaction.execute(sa.insert(api_tokens), [row])

    async def touch(self, token_id: ApiTokenId, at: datetime) -> None:
        await self._transaction.execute(
            sa.update(api_tokens).where(_c.id == token_id).values(used_at=at)
        )

    async def remove(self, token_id: ApiTokenId) -> None:
        await self._transaction.execute(sa.delete(api_tokens).where(_c.id == token_id))

    async def _one(self, which: sa.ColumnElement[bool]) -> tuple[ApiToken, User] | None:
        wanted = sa.select(api_tokens, *joined_user()).join(users).where(which)
        row = await self._transaction.row(wanted)
        return None if row is None else (_token_of(row), user_of(row, "user_"))


def _token_of(row: Mapping[str, Any]) -> ApiToken:
    return ApiToken(
        id=ApiTokenId(row["id"]),
        user_id=UserId(row["user_id"]),
        name=row["name"],
        role=Role(row["role"]),
        scope=scope_of(row["scope"]),
        metrics_only=row["metrics_only"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
