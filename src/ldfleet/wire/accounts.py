"""Accounts: signing in, users, sessions, API tokens. Secrets come out once, when they are made."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from ldfleet.domain.account import SessionKind
from ldfleet.domain.actor import Role
from ldfleet.wire.shapes import Input, ListFilter, Output

Name = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Words = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)]


class ScopeIn(Input):
    """A part of the farm: the workstations of these sites, and what carries one of these tags."""

    tags: Words = ()
    sites: Words = ()


class ScopeOut(Output):
    """A part of the farm."""

    tags: list[str]
    sites: list[str]


class SetupIn(Input):
    """The first admin, made with the token that the server printed."""

    token: Secret
    name: Name
    password: Password


class SetupOut(Output):
    """Whether the first admin has still to be made."""

    open: bool


class LoginIn(Input):
    """Name and password; a browser asks for a cookie instead of tokens."""

    name: Name
    password: Password
    kind: SessionKind = SessionKind.BEARER


class RefreshIn(Input):
    """The refresh token, which is used up by this."""

    refresh_token: Secret


class PasswordIn(Input):
    """One's own password, old and new."""

    current_password: Password
    new_password: Password


class UserOut(Output):
    """An account. The password is never told."""

    id: str
    name: str
    role: Role
    scope: Annotated[ScopeOut | None, Field(description="null: the whole farm.")]
    enabled: bool
    must_change_password: bool
    created_at: datetime
    updated_at: datetime
    last_login_at: datetime | None


class SignedInOut(Output):
    """A session that begins or goes on. With a cookie the tokens are null."""

    user: UserOut
    session_id: str
    access_token: Annotated[str | None, Field(description="Authorization: Bearer …")]
    refresh_token: Annotated[str | None, Field(description="For one POST /api/auth/refresh.")]
    csrf_token: Annotated[
        str | None, Field(description="Of a cookie session: the header X-CSRF-Token.")
    ]
    expires_in_s: Annotated[int | None, Field(description="Of the access token.")]


class MeOut(Output):
    """Who asks, and what that one may do with what it came in by."""

    user: UserOut
    role: Role
    scope: ScopeOut | None
    session_id: Annotated[str | None, Field(description="null: an API token.")]
    token_id: Annotated[str | None, Field(description="null: a login.")]


class SessionOut(Output):
    """A login that is not over."""

    id: str
    kind: SessionKind
    agent: Annotated[str | None, Field(description="What the program called itself.")]
    address: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: Annotated[bool, Field(description="The one that asks.")]


class EndedOut(Output):
    """How many sessions were ended."""

    ended: int


class UserIn(Input):
    """An account to be; the password has to be changed at the first login."""

    name: Name
    password: Password
    role: Role = Role.VIEWER
    scope: Annotated[
        ScopeIn | None, Field(description="null: the whole farm; an admin always has that.")
    ] = None


class UserPatch(Input):
    """A JSON merge patch (RFC 7396). A new password ends all sessions and has to be changed."""

    role: Role | None = None
    scope: ScopeIn | None = None
    enabled: bool | None = None
    password: Password | None = None


class PageFilter(ListFilter):
    """Which of one's own, or of all users."""


class ApiTokenIn(Input):
    """A token to be: no more than its owner may, and with an end unless it says otherwise."""

    name: Name
    role: Role = Role.VIEWER
    scope: Annotated[ScopeIn | None, Field(description="null: as much as one's own.")] = None
    metrics_only: Annotated[bool, Field(description="It may read /metrics, nothing else.")] = False
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    never_expires: bool = False


class ApiTokenOut(Output):
    """A token, without its secret."""

    id: str
    name: str
    role: Role
    scope: ScopeOut | None
    metrics_only: bool
    created_at: datetime
    expires_at: datetime | None
    used_at: Annotated[datetime | None, Field(description="To ten minutes.")]


class MadeTokenOut(ApiTokenOut):
    """A new token with its secret, which is told this once."""

    token: str
