"""Accounts as they travel."""

from ldfleet.domain.account import ApiToken, Session, User
from ldfleet.domain.actor import Actor, Scope
from ldfleet.services.access_tokens import LIFE
from ldfleet.services.logins import SignedIn
from ldfleet.wire.accounts import (
    ApiTokenOut,
    MadeTokenOut,
    ScopeIn,
    ScopeOut,
    SessionOut,
    SignedInOut,
    UserOut,
)


def scope_of(given: ScopeIn | None) -> Scope | None:
    """What a person said of a scope."""
    if given is None:
        return None
    return Scope(tags=frozenset(given.tags), sites=frozenset(given.sites))


def scope_out(scope: Scope | None) -> ScopeOut | None:
    """A scope, in a stable order."""
    if scope is None:
        return None
    return ScopeOut(tags=sorted(scope.tags), sites=sorted(scope.sites))


def user_out(user: User) -> UserOut:
    """An account."""
    return UserOut(
        id=user.id,
        name=user.name,
        role=user.role,
        scope=scope_out(user.scope),
        enabled=user.enabled,
        must_change_password=user.must_change_password,
        created_at=user.created_at,
        updated_at=user.updated_at,
        last_login_at=user.last_login_at,
    )


def signed_in_out(begun: SignedIn) -> SignedInOut:
    """A session with its secrets, but for the cookie, which has a header of its own."""
    life = None if begun.access_token is None else int(LIFE.total_seconds())
    return SignedInOut(
        user=user_out(begun.user),
        session_id=begun.session.id,
        access_token=begun.access_token,
        refresh_token=begun.refresh_token,
        csrf_token=begun.csrf_token,
        expires_in_s=life,
    )


def session_out(session: Session, actor: Actor) -> SessionOut:
    """A login."""
    return SessionOut(
        id=session.id,
        kind=session.kind,
        agent=session.agent,
        address=session.address,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
        current=session.id == actor.session_id,
    )


def token_out(token: ApiToken) -> ApiTokenOut:
    """A token without its secret."""
    return ApiTokenOut(
        id=token.id,
        name=token.name,
        role=token.role,
        scope=scope_out(token.scope),
        metrics_only=token.metrics_only,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
    )


def made_token_out(token: ApiToken, secret: str) -> MadeTokenOut:
    """A new token, and its secret."""
    return MadeTokenOut(**token_out(token).model_dump(), token=secret)
