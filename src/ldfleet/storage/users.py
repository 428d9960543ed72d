"""The accounts on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.account import User, folded
from ldfleet.domain.actor import Role, Scope
from ldfleet.domain.ids import UserId
from ldfleet.domain.nouns import USERS
from ldfleet.ports import Listed, Page
from ldfleet.storage.access_tables import users
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed

_c = users.c
_LISTING = Listing(
    noun=USERS,
    columns={
        "name": _c.name,
        "role": _c.role,
        "enabled": _c.enabled,
        "login": _c.last_login_at,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
    },
    nullable=frozenset({"login"}),
    own=Order("users", (_c.name_folded, _c.id)),
    id=_c.id,
)


class StoredUsers:
    """`ports.Users` in the table of users."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, user_id: str, *, lock: bool = False) -> User:
        wanted = sa.select(users).where(_c.id == user_id)
        row = await self._transaction.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise errors.UserNotFound(user=user_id)
        return user_of(row)

    async def find(self, name: str) -> tuple[User, str | None] | None:
        wanted = sa.select(users).where(_c.name_folded == folded(name))
        row = await self._transaction.row(wanted)
        return None if row is None else (user_of(row), row["password_hash"])

    async def password_of(self, user_id: UserId) -> str | None:
        wanted = sa.select(_c.password_hash).where(_c.id == user_id)
        kept: str | None = await self._transaction.value(wanted)
        return kept

    async def list(self, **how: Unpack[Listed]) -> Page[User]:
        return await listed(self._transaction, sa.select(users), _LISTING, user_of, how)

    async def any(self) -> bool:
        return await self._transaction.value(sa.select(_c.id).limit(1)) is not None

    async def add(self, user: User, *, password_hash: str | None) -> None:
        row = {
            "id": user.id,
            "name": user.name,
            "name_folded": folded(user.name),
            "password_hash": password_hash,
            "version": user.version,
            "created_at": user.created_at,
            "last_login_at": user.last_login_at,
            **_row_of(user),
        }
        taken = errors.UserNameTaken(name=user.name)
        await self._transaction.execute(sa.insert(users), [row], conflict=taken)

    async def change(self, user: User, *, expected_version: int) -> User:
        statement = (
            sa.update(users)
            .where(_c.id == user.id, _c.version == expected_version)
            .values(**_row_of(user), version=expected_version + 1)
        )
        result = await self._transaction.execute(statement)
        stored = await self.get(user.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The user {user.id}")
        return stored

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        changed = sa.update(users).where(_c.id == user_id).values(password_hash=password_hash)
        await self._transaction.execute(changed)

    async def note_login(self, user_id: UserId, at: datetime) -> None:
        await self._transaction.execute(
            sa.update(users).where(_c.id == user_id).values(last_login_at=at)
        )

    async def remove(self, user_id: UserId) -> None:
        await self._transaction.execute(sa.delete(users).where(_c.id == user_id))

    async def lock_admins(self) -> Sequence[UserId]:
        # Locked in one order: of two who would each take the last but one, one waits here and
        # then finds fewer.
        admins = sa.select(_c.id).where(_c.role == Role.ADMIN.value, _c.enabled.is_(True))
        rows = await self._transaction.rows(admins.order_by(_c.id).with_for_update())
        return [UserId(row["id"]) for row in rows]


def user_of(row: Mapping[str, Any], prefix: str = "") -> User:
    """A row of the table, its columns named with a prefix where they were joined."""
    return User(
        id=UserId(row[f"{prefix}id"]),
        name=row[f"{prefix}name"],
        role=Role(row[f"{prefix}role"]),
        scope=scope_of(row[f"{prefix}scope"]),
        enabled=row[f"{prefix}enabled"],
        must_change_password=row[f"{prefix}must_change_password"],
        version=row[f"{prefix}version"],
        created_at=row[f"{prefix}created_at"],
        updated_at=row[f"{prefix}updated_at"],
        last_login_at=row[f"{prefix}last_login_at"],
    )


def joined_user() -> Sequence[sa.ColumnElement[Any]]:
    """The columns that `user_of` reads, as `user_…`."""
    return [column.label(f"user_{column.name}") for column in _c if column.name != "password_hash"]


def scope_of(kept: Mapping[str, Sequence[str]] | None) -> Scope | None:
    """A scope as it is kept."""
    if kept is None:
        return None
    return Scope(tags=frozenset(kept["tags"]), sites=frozenset(kept["sites"]))


def kept_scope(scope: Scope | None) -> Mapping[str, Sequence[str]] | None:
    """A scope to keep."""
    if scope is None:
        return None
    return {"tags": sorted(scope.tags), "sites": sorted(scope.sites)}


def _row_of(user: User) -> dict[str, Any]:
    return {
        "role": user.role.value,
        "scope": kept_scope(user.scope),
        "enabled": user.enabled,
        "must_change_password": user.must_change_password,
        "updated_at": user.updated_at,
    }
