"""Signing in and out: sessions, their tokens, and one's own password."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.account import Ending, Session, SessionKind, User, check_password
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import CHANGED, done, refused
from ldfleet.domain.ids import SessionId
from ldfleet.ports import Clock, Listed, NewId, Page, Storage, UnitOfWork
from ldfleet.services.access import NOWHERE, SESSION_LIFE, Origin, actor_of, stranger
from ldfleet.services.access_tokens import AccessTokens, Claims
from ldfleet.services.hashing import COOKIE, REFRESH_TOKEN, hash_of, new_secret
from ldfleet.services.passwords import Passwords
from ldfleet.services.throttle import Throttle
from ldfleet.telemetry import logger

log = logger("ldfleet.access")

_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session with the secrets that prove it, told this once."""

    user: User
    session: Session
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    csrf_token: str | None = field(default=None, repr=False)


class Logins:
    """`chance` gives that many unguessable bytes."""

    def __init__(
        self,
        *,
        storage: Storage,
        tokens: AccessTokens,
        passwords: Passwords,
        throttle: Throttle,
        clock: Clock,
        new_id: NewId,
        chance: Callable[[int], bytes],
    ) -> None:
        self._storage = storage
        self._tokens = tokens
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock
        self._new_id = new_id
        self._chance = chance

    async def login(
        self,
        name: str,
        password: str,
        *,
        kind: SessionKind = SessionKind.BEARER,
        origin: Origin = NOWHERE,
    ) -> SignedIn:
        """Begin a session.

        Raises:
            CredentialsWrong: one of the two is wrong; which one is not told.
            AccountDisabled: both are right.
            TooManyAttempts: from this address it went wrong too often.
        """
        await self._throttle.begin(name, origin.address)
        async with self._storage() as work:
            found = await work.users.find(name)
        user, kept = found or (None, None)
        if not await self._passwords.fits(password, kept) or user is None or kept is None:
            await self._failed(user, errors.CredentialsWrong(), origin)
            raise errors.CredentialsWrong
        renewed = await self._passwords.hash(password) if self._passwords.outdated(kept) else None
        async with self._storage() as work:
            user = await work.users.get(user.id, lock=True)
            if user.enabled:
                await self._throttle.succeeded(work, name, origin.address)
                if renewed is not None:
                    await work.users.set_password(user.id, renewed)
                return await self._begin(work, user, kind, origin)
        disabled = errors.AccountDisabled(name=user.name)
        await self._failed(user, disabled, origin)
        raise disabled

    async def refresh(self, refresh_token: str, *, origin: Origin = NOWHERE) -> SignedIn:
        """New tokens for a session; the refresh token is used up by it.

        Raises:
            TokenInvalid: it is not known.
            SessionEnded: its session is over.
            RefreshTokenReused: it was used up before, so the session is ended now.
        """
        used, now = hash_of(refresh_token), self._clock.now()
        async with self._storage() as work:
            found = await work.sessions.find(used, lock=True)
            if found is None or found[0].kind is not SessionKind.BEARER:
                raise errors.TokenInvalid
            session, user, used_at = found
            session.check_live(now)
            if used_at is None:
                return await self._renew(work, session, user, used)
            await work.sessions.end(session.id, at=now, because=Ending.REUSED)
            reused = errors.RefreshTokenReused()
            actor = actor_of(user, session, origin)
            entry = refused(actor, "session.refresh", reused, at=now, subject=session.id)
            work.audit.record(entry)
        log.warning("session.reused", session_id=session.id, user_id=user.id)
        raise reused

    async def logout(self, actor: Actor) -> None:
        """End the session that asks for it. Raises SessionNeeded."""
        session_id = _session_of(actor)
        async with self._storage() as work:
            await self._end(work, actor, session_id, Ending.LOGOUT, "session.logout")

    async def sessions(self, actor: Actor, **how: Unpack[Listed]) -> Page[Session]:
        """One's own that are not over, the latest used first unless a sort is asked for."""
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            return await work.sessions.live(user.id, now=self._clock.now(), **how)

    async def revoke(self, actor: Actor, session_id: str) -> None:
        """End one of one's own sessions. Raises SessionNotFound."""
        async with self._storage() as work:
            found = await work.sessions.get(session_id)
            if found is None or found[1].id != actor.user_id or found[0].ended_at is not None:
                raise errors.SessionNotFound(session=session_id)
            await self._end(work, actor, found[0].id, Ending.REVOKED, "session.revoke")

    async def revoke_others(self, actor: Actor) -> int:
        """End all of one's own sessions but the one that asks for it; gives how many."""
        now = self._clock.now()
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            ended = await work.sessions.end_all(
                user.id, at=now, because=Ending.REVOKED, but=actor.session_id
            )
            work.audit.record(done(actor, "session.revoke_others", at=now, subject=user.id))
        return ended

    async def change_password(self, actor: Actor, *, current: str, new: str) -> None:
        """Replace one's own; all other sessions end.

        Raises:
            SessionNeeded: an API token may not do this.
            CredentialsWrong, TooManyAttempts: `current` is not the password.
            PasswordTooWeak: the new one is refused.
        """
        session_id = _session_of(actor)
        await self._throttle.begin(actor.name, actor.address)
        async with self._storage() as work:
            user = await work.users.get(actor.user_id or "")
            kept = await work.users.password_of(user.id)
        if not await self._passwords.fits(current, kept):
            raise errors.CredentialsWrong
        check_password(new, name=user.name)
        if new == current:
            raise errors.PasswordTooWeak(reason="it is the one you have")
        hashed, now = await self._passwords.hash(new), self._clock.now()
        async with self._storage() as work:
            user = await work.users.get(user.id, lock=True)
            await self._throttle.succeeded(work, actor.name, actor.address)
            await work.users.set_password(user.id, hashed)
            changed = replace(user, must_change_password=False, updated_at=now)
            await work.users.change(changed, expected_version=user.version)
            await work.sessions.end_all(
                user.id, at=now, because=Ending.PASSWORD_CHANGED, but=session_id
            )
            after = {"password": CHANGED}
            work.audit.record(done(actor, "user.password", at=now, subject=user.id, after=after))

    async def _begin(
        self, work: UnitOfWork, user: User, kind: SessionKind, origin: Origin
    ) -> SignedIn:
        now = self._clock.now()
        session = Session(
            id=SessionId(self._new_id("se")),
            user_id=user.id,
            kind=kind,
            agent=(origin.agent or "")[:_AGENT_LENGTH] or None,
            address=origin.address,
            created_at=now,
            used_at=now,
            expires_at=now + SESSION_LIFE,
        )
        begun = self._proved(SignedIn(user=user, session=session))
        csrf = begun.csrf_token
        await work.sessions.add(
            session,
            secret_hash=hash_of(begun.cookie or begun.refresh_token or ""),
            csrf_hash=None if csrf is None else hash_of(csrf),
        )
        await work.users.note_login(user.id, now)
        actor = actor_of(user, session, origin)
        work.audit.record(done(actor, "session.login", at=now, subject=session.id))
        return begun

    async def _renew(self, work: UnitOfWork, session: Session, user: User, used: str) -> SignedIn:
        if not user.enabled:
            raise errors.SessionEnded(because=Ending.USER_DISABLED)
        now = self._clock.now()
        renewed = replace(session, used_at=now, expires_at=now + SESSION_LIFE)
        proved = self._proved(SignedIn(user=user, session=renewed))
        await work.sessions.rotate(
            renewed, used=used, secret_hash=hash_of(proved.refresh_token or "")
        )
        return proved

    def _proved(self, begun: SignedIn) -> SignedIn:
        if begun.session.kind is SessionKind.COOKIE:
            cookie = new_secret(COOKIE, self._chance)
            return replace(begun, cookie=cookie, csrf_token=new_secret("", self._chance))
        claims = Claims(user_id=begun.user.id, session_id=begun.session.id)
        return replace(
            begun,
            access_token=self._tokens.issue(claims),
            refresh_token=new_secret(REFRESH_TOKEN, self._chance),
        )

    async def _end(
        self, work: UnitOfWork, actor: Actor, session_id: SessionId, because: Ending, action: str
    ) -> None:
        now = self._clock.now()
        await work.sessions.end(session_id, at=now, because=because)
        work.audit.record(done(actor, action, at=now, subject=session_id))

    async def _failed(self, user: User | None, error: errors.FleetError, origin: Origin) -> None:
        # A name that is not known may be a password in the wrong field: it is not written down.
        actor = stranger("unknown" if user is None else user.name, origin)
        subject = None if user is None else user.id
        async with self._storage() as work:
            now = self._clock.now()
            work.audit.record(refused(actor, "session.login", error, at=now, subject=subject))


def _session_of(actor: Actor) -> SessionId:
    if actor.session_id is None:
        raise errors.SessionNeeded
    return SessionId(actor.session_id)
