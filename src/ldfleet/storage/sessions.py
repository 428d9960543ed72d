"""Logins, and the secrets that prove them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet.domain.account import Ending, Session, SessionKind, User
from ldfleet.domain.ids import SessionId, UserId
from ldfleet.domain.nouns import SESSIONS
from ldfleet.ports import Listed, Page
from ldfleet.storage.access_tables import refresh_tokens, sessions, users
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed
from ldfleet.storage.users import joined_user, user_of

_c = sessions.c
_t = refresh_tokens.c
_LISTING = Listing(
    noun=SESSIONS,
    columns={
        "agent": _c.agent,
        "kind": _c.kind,
        "address": _c.address,
        "used": _c.used_at,
        "expires": _c.expires_at,
        "created": _c.created_at,
        "id": _c.id,
    },
    nullable=frozenset({"agent", "address"}),
    own=Order("sessions", (_c.used_at, _c.id), descending=True),
    id=_c.id,
)


class StoredSessions:
    """`ports.Sessions` in the tables of sessions and of refresh tokens."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, session_id: str) -> tuple[Session, User] | None:
        wanted = sa.select(sessions, *joined_user()).join(users).where(_c.id == session_id)
        row = await self._transaction.row(wanted)
        return None if row is None else (_session_of(row), user_of(row, "user_"))

    async def find(
        self, secret_hash: str, *, lock: bool = False
    ) -> tuple[Session, User, datetime | None] | None:
        wanted = (
            sa.select(sessions, *joined_user(), _t.used_at.label("used_up_at"))
            .join(users)
            .join(refresh_tokens, _t.session_id == _c.id)
            .where(_t.token_hash == secret_hash)
        )
        if lock:
            wanted = wanted.with_for_update(of=refresh_tokens)
        row = await self._transaction.row(wanted)
        return None if row is None else (_session_of(row), user_of(row, "user_"), row["used_up_at"])

    async def csrf_of(self, session_id: SessionId) -> str | None:
        wanted = sa.select(_c.csrf_hash).where(_c.id == session_id)
        kept: str | None = await self._transaction.value(wanted)
        return kept

    async def live(self, user_id: UserId, *, now: datetime, **how: Unpack[Listed]) -> Page[Session]:
        wanted = sa.select(sessions).where(
            _c.user_id == user_id, _c.ended_at.is_(None), _c.expires_at > now
        )
        return await listed(self._transaction, wanted, _LISTING, _session_of, how, user_id)

    async def add(
        self, session: Session, *, secret_hash: str, csrf_hash: str | None = None
    ) -> None:
        row = {
            "id": session.id,
            "user_id": session.user_id,
            "kind": session.kind.value,
            "csrf_hash": csrf_hash,
            "agent": session.agent,
            "address": session.address,
            "created_at": session.created_at,
            "used_at": session.used_at,
            "expires_at": session.expires_at,
        }
        await self._transaction.execute(sa.insert(sessions), [row])
        await self._issue(session, secret_hash)

    async def rotate(self, session: Session, *, used: str, secret_hash: str) -> None:
        spent = sa.update(refresh_tokens).where(_t.token_hash == used)
        await self._transaction.execute(spent.values(used_at=session.used_at))
        await self._issue(session, secret_hash)
        await self.touch(session)

    async def touch(self, session: Session) -> None:
        changed = sa.update(sessions).where(_c.id == session.id)
        await self._transaction.execute(
            changed.values(used_at=session.used_at, expires_at=session.expires_at)
        )

    async def end(self, session_id: SessionId, *, at: datetime, because: Ending) -> None:
        ended = sa.update(sessions).where(_c.id == session_id, _c.ended_at.is_(None))
        await self._transaction.execute(ended.values(ended_at=at, ended_because=because.value))

    async def end_all(
        self, user_id: UserId, *, at: datetime, because: Ending, but: str | None = None
    ) -> int:
        theirs = sa.update(sessions).where(_c.user_id == user_id, _c.ended_at.is_(None))
        if but is not None:
            theirs = theirs.where(_c.id != but)
        ended = await self._transaction.execute(
            theirs.values(ended_at=at, ended_because=because.value)
        )
        return ended.rowcount

    async def forget(self, *, before: datetime, limit: int) -> int:
        over = sa.or_(_c.ended_at < before, _c.expires_at < before)
        some = sa.select(_c.id).where(over).limit(limit)
        forgotten = await self._transaction.execute(sa.delete(sessions).where(_c.id.in_(some)))
        return forgotten.rowcount

    async def _issue(self, session: Session, secret_hash: str) -> None:
        row = {
            "token_hash": secret_hash,
            "session_id": session.id,
            "issued_at": session.used_at,
        }
        await self._transaction.execute(sa.insert(refresh_tokens), [row])


def _session_of(row: Mapping[str, Any]) -> Session:
    because: str | None = row["ended_because"]
    return Session(
        id=SessionId(row["id"]),
        user_id=UserId(row["user_id"]),
        kind=SessionKind(row["kind"]),
        agent=row["agent"],
        address=row["address"],
        created_at=row["created_at"],
        used_at=row["used_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        ended_because=None if because is None else Ending(because),
    )
