"""What can be asked about sites."""

from ldfleet.client.calls import Call, body_of, nothing, params_of, path
from ldfleet.wire.shapes import Page
from ldfleet.wire.sites import SiteFilter, SiteIn, SiteOut, SitePatch


def page(which: SiteFilter | None = None) -> Call[Page[SiteOut]]:
    """Sites by name, with the workers alive in them."""
    return Call(
        path=path("sites"),
        params=params_of(which or SiteFilter()),
        read=Page[SiteOut].model_validate_json,
    )


def get(name: str) -> Call[SiteOut]:
    """One site."""
    return Call(path=path("sites", name), read=SiteOut.model_validate_json)


def add(draft: SiteIn) -> Call[SiteOut]:
    """Put a site on record."""
    return Call(
        method="POST", path=path("sites"), body=body_of(draft), read=SiteOut.model_validate_json
    )


def change(name: str, patch: SitePatch) -> Call[SiteOut]:
    """Change what the patch names."""
    return Call(
        method="PATCH",
        path=path("sites", name),
        body=body_of(patch),
        read=SiteOut.model_validate_json,
    )


def remove(name: str) -> Call[None]:
    """Take a site off record; no workstation must belong to it."""
    return Call(method="DELETE", path=path("sites", name), read=nothing)
