"""What can be asked about views."""

from ldfleet.client.calls import Call, body_of, matching, nothing, params_of, path
from ldfleet.wire.shapes import Page
from ldfleet.wire.views import ViewFilter, ViewIn, ViewOut, ViewPatch


def page(which: ViewFilter | None = None) -> Call[Page[ViewOut]]:
    """One's own views and those that are shared, by name."""
    return Call(
        path=path("views"),
        params=params_of(which or ViewFilter()),
        read=Page[ViewOut].model_validate_json,
    )


def get(view_id: str) -> Call[ViewOut]:
    """One view."""
    return Call(path=path("views", view_id), read=ViewOut.model_validate_json)


def add(draft: ViewIn) -> Call[ViewOut]:
    """Save a view."""
    return Call(
        method="POST", path=path("views"), body=body_of(draft), read=ViewOut.model_validate_json
    )


def change(view_id: str, patch: ViewPatch, *, if_version: int | None = None) -> Call[ViewOut]:
    """Change what the patch names; with `if_version`, only if it is still that version."""
    return Call(
        method="PATCH",
        path=path("views", view_id),
        body=body_of(patch),
        headers=matching(if_version),
        read=ViewOut.model_validate_json,
    )


def remove(view_id: str, *, if_version: int | None = None) -> Call[None]:
    """Forget a view."""
    return Call(
        method="DELETE",
        path=path("views", view_id),
        headers=matching(if_version),
        read=nothing,
    )
