"""What can be asked about one's own API tokens."""

from ldfleet.client.calls import Call, body_of, nothing, params_of, path
from ldfleet.wire.accounts import ApiTokenIn, ApiTokenOut, MadeTokenOut, PageFilter
from ldfleet.wire.shapes import Page


def page(which: PageFilter | None = None) -> Call[Page[ApiTokenOut]]:
    """One's own, newest first."""
    return Call(
        path=path("tokens"),
        params=params_of(which or PageFilter()),
        read=Page[ApiTokenOut].model_validate_json,
    )


def create(draft: ApiTokenIn) -> Call[MadeTokenOut]:
    """Make one; its secret is told this once."""
    return Call(
        method="POST",
        path=path("tokens"),
        body=body_of(draft),
        read=MadeTokenOut.model_validate_json,
    )


def revoke(token_id: str) -> Call[None]:
    """It lets nobody in any more."""
    return Call(method="DELETE", path=path("tokens", token_id), read=nothing)
