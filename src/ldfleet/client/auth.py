"""What can be asked about one's own account."""

from ldfleet.client.calls import Call, body_of, nothing, params_of, path
from ldfleet.wire.accounts import (
    EndedOut,
    LoginIn,
    MeOut,
    PageFilter,
    PasswordIn,
    RefreshIn,
    SessionOut,
    SetupIn,
    SignedInOut,
    UserOut,
)
from ldfleet.wire.shapes import Page


def setup(given: SetupIn) -> Call[UserOut]:
    """Make the first admin; needs no token but the one that the server printed."""
    return Call(
        method="POST",
        path=path("auth", "setup"),
        body=body_of(given),
        read=UserOut.model_validate_json,
    )


def login(given: LoginIn) -> Call[SignedInOut]:
    """Sign in; needs no token."""
    return Call(
        method="POST",
        path=path("auth", "login"),
        body=body_of(given),
        read=SignedInOut.model_validate_json,
    )


def refresh(given: RefreshIn) -> Call[SignedInOut]:
    """New tokens for old; a client that was given a `Login` does it by itself."""
    return Call(
        method="POST",
        path=path("auth", "refresh"),
        body=body_of(given),
        read=SignedInOut.model_validate_json,
    )


def logout() -> Call[None]:
    """End the session that asks for it."""
    return Call(method="POST", path=path("auth", "logout"), read=nothing)


def me() -> Call[MeOut]:
    """Who asks."""
    return Call(path=path("auth", "me"), read=MeOut.model_validate_json)


def change_password(given: PasswordIn) -> Call[None]:
    """Replace one's own password; all other sessions end."""
    return Call(method="POST", path=path("auth", "password"), body=body_of(given), read=nothing)


def sessions(which: PageFilter | None = None) -> Call[Page[SessionOut]]:
    """One's own sessions, the latest used first."""
    return Call(
        path=path("auth", "sessions"),
        params=params_of(which or PageFilter()),
        read=Page[SessionOut].model_validate_json,
    )


def end_session(session_id: str) -> Call[None]:
    """End one of them."""
    return Call(method="DELETE", path=path("auth", "sessions", session_id), read=nothing)


def end_other_sessions() -> Call[EndedOut]:
    """End all of them but the one that asks."""
    return Call(method="DELETE", path=path("auth", "sessions"), read=EndedOut.model_validate_json)
