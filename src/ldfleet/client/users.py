"""What can be asked about users, by admins."""

from ldfleet.client.calls import Call, body_of, matching, nothing, params_of, path
from ldfleet.wire.accounts import PageFilter, UserIn, UserOut, UserPatch
from ldfleet.wire.shapes import Page


def page(which: PageFilter | None = None) -> Call[Page[UserOut]]:
    """Users by name."""
    return Call(
        path=path("users"),
        params=params_of(which or PageFilter()),
        read=Page[UserOut].model_validate_json,
    )


def get(user_id: str) -> Call[UserOut]:
    """One user."""
    return Call(path=path("users", user_id), read=UserOut.model_validate_json)


def add(draft: UserIn) -> Call[UserOut]:
    """Add one, who has to change the password at the first login."""
    return Call(
        method="POST", path=path("users"), body=body_of(draft), read=UserOut.model_validate_json
    )


def change(user_id: str, patch: UserPatch, *, version: int | None = None) -> Call[UserOut]:
    """Change what the patch names; with `version` only that of it."""
    return Call(
        method="PATCH",
        path=path("users", user_id),
        headers=matching(version),
        body=body_of(patch),
        read=UserOut.model_validate_json,
    )


def remove(user_id: str, *, version: int | None = None) -> Call[None]:
    """Remove one with all sessions and tokens."""
    return Call(
        method="DELETE", path=path("users", user_id), headers=matching(version), read=nothing
    )
