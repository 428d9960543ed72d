"""Who asks: found out anew at each request, so that what was taken away is gone at once."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ldfleet import errors
from ldfleet.domain.account import ApiToken, Session, SessionKind, User
from ldfleet.domain.actor import Actor, Role, common
from ldfleet.ports import Clock, Storage, UnitOfWork
from ldfleet.services.access_tokens import AccessTokens
from ldfleet.services.hashing import API_TOKEN, hash_of
from ldfleet.telemetry import logger

log = logger("ldfleet.services.access")

SESSION_LIFE = timedelta(days=14)
"""Since its last use."""
COARSE = timedelta(minutes=10)
"""How exact it is noted when something was last used."""
NOTE_PATIENCE = 0.2
"""Seconds that a request waits for the note of its token's use; the note itself waits on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from."""

    address: str | None = None
    agent: str | None = None
    correlation_id: str | None = None


NOWHERE = Origin()


class Access:
    """`reader` opens units of work that only read."""

    def __init__(
        self, *, storage: Storage, reader: Storage, tokens: AccessTokens, clock: Clock
    ) -> None:
        self._storage = storage
        self._reader = reader
        self._tokens = tokens
        self._clock = clock
        self._notes: dict[str, asyncio.Task[None]] = {}
        """Of uses, being written."""

    async def by_bearer(self, token: str, origin: Origin = NOWHERE) -> Actor:
        """Whose API token or access token it is.

        Raises:
            TokenInvalid, TokenExpired: it lets nobody in.
            SessionEnded: its login is over.
        """
        if token.startswith(API_TOKEN):
            return await self._by_api_token(token, origin)
        claims = self._tokens.read(token)
        async with self._reader() as work:
            found = await work.sessions.get(claims.session_id)
        if found is None or found[1].id != claims.user_id:
            raise errors.TokenInvalid
        session, user = found
        return self._of_session(session, user, origin)

    async def by_cookie(
        self, secret: str, *, unsafe: bool, shown: str | None, origin: Origin = NOWHERE
    ) -> Actor:
        """Whose browser it is. What changes something has to show the page's own token.

        Raises:
            TokenInvalid, SessionEnded: the cookie lets nobody in.
            CsrfTokenWrong: `shown` is not the token of this session.
        """
        async with self._reader() as work:
            found = await work.sessions.find(hash_of(secret))
            if found is None or found[0].kind is not SessionKind.COOKIE:
                raise errors.TokenInvalid
            session, user, _ = found
            expected = await work.sessions.csrf_of(session.id) if unsafe else None
        actor = self._of_session(session, user, origin)
        if unsafe and not hmac.compare_digest(hash_of(shown or ""), expected or ""):
            raise errors.CsrfTokenWrong
        await self._note_use(session)
        return actor

    async def still(self, actor: Actor) -> bool:
        """Whether who was let in some time ago would be let in just so again."""
        try:
            now = await self._again(actor)
        except errors.AuthenticationError:
            return False
        return (now.role, now.scope) == (actor.role, actor.scope)

    async def _again(self, actor: Actor) -> Actor:
        async with self._reader() as work:
            if actor.token_id is not None:
                token = await work.tokens.get(actor.token_id)
                return self._of_token(token, NOWHERE)
            if actor.session_id is None:
                return actor
            found = await work.sessions.get(actor.session_id)
        if found is None:
            raise errors.TokenInvalid
        return self._of_session(*found, NOWHERE)

    async def _by_api_token(self, secret: str, origin: Origin) -> Actor:
        async with self._reader() as work:
            found = await work.tokens.find(hash_of(secret))
        actor = self._of_token(found, origin)
        if found is not None and _stale(found[0].used_at, now := self._clock.now()):
            token_id = found[0].id
            await self._note(token_id, lambda work: work.tokens.touch(token_id, now))
        return actor

    def _of_token(self, found: tuple[ApiToken, User] | None, origin: Origin) -> Actor:
        if found is None:
            raise errors.TokenInvalid
        token, user = found
        expired = token.expires_at is not None and token.expires_at <= self._clock.now()
        if expired or not user.enabled:
            raise errors.TokenInvalid
        return Actor(
            name=user.name,
            role=token.role.at_most(user.role),
            scope=common(token.scope, user.scope),
            user_id=user.id,
            token_id=token.id,
            metrics_only=token.metrics_only,
            address=origin.address,
            correlation_id=origin.correlation_id,
        )

    def _of_session(self, session: Session, user: User, origin: Origin) -> Actor:
        session.check_live(self._clock.now())
        if not user.enabled:
            raise errors.SessionEnded(because="user_disabled")
        return actor_of(user, session, origin)

    async def _note_use(self, session: Session) -> None:
        now = self._clock.now()
        if _stale(session.used_at, now):
            used = replace(session, used_at=now, expires_at=now + SESSION_LIFE)
            await self._note(session.id, lambda work: work.sessions.touch(used))

    async def _note(self, key: str, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        # A writer that holds on is not to keep people from reading: they go on without the note.
        if key not in self._notes:
            task = asyncio.create_task(self._written(write))  # noqa: TID251 - it outlives its request
            self._notes[key] = task
            task.add_done_callback(lambda _: self._notes.pop(key))
            await asyncio.wait({task}, timeout=NOTE_PATIENCE)

    async def _written(self, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        try:
            async with self._storage() as work:
                await write(work)
        except errors.DatabaseError as error:
            log.warning("access.use_not_noted", code=error.code)


def actor_of(user: User, session: Session | None, origin: Origin) -> Actor:
    """The user, signed in."""
    return Actor(
        name=user.name,
        role=user.role,
        scope=user.scope,
        user_id=user.id,
        session_id=None if session is None else session.id,
        address=origin.address,
        correlation_id=origin.correlation_id,
        must_change_password=user.must_change_password,
    )


def stranger(name: str, origin: Origin) -> Actor:
    """Somebody who is not let in yet, as the audit log tells of them."""
    return Actor(
        name=name,
        role=Role.VIEWER,
        address=origin.address,
        correlation_id=origin.correlation_id,
    )


def _stale(used_at: datetime | None, now: datetime) -> bool:
    return used_at is None or now - used_at >= COARSE
