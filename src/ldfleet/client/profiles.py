"""What can be asked about profiles."""

from ldfleet.client.calls import Call, body_of, matching, nothing, params_of, path
from ldfleet.wire.profiles import (
    ProfileFile,
    ProfileFileOut,
    ProfileFilter,
    ProfileIn,
    ProfileOut,
    ProfilePatch,
)
from ldfleet.wire.shapes import Page


def page(which: ProfileFilter | None = None) -> Call[Page[ProfileOut]]:
    """Profiles by name."""
    return Call(
        path=path("profiles"),
        params=params_of(which or ProfileFilter()),
        read=Page[ProfileOut].model_validate_json,
    )


def get(profile_id: str) -> Call[ProfileOut]:
    """One profile."""
    return Call(path=path("profiles", profile_id), read=ProfileOut.model_validate_json)


def add(draft: ProfileIn) -> Call[ProfileOut]:
    """Put a profile on record."""
    return Call(
        method="POST",
        path=path("profiles"),
        body=body_of(draft),
        read=ProfileOut.model_validate_json,
    )


def change(
    profile_id: str, patch: ProfilePatch, *, if_version: int | None = None
) -> Call[ProfileOut]:
    """Change what the patch names; with `if_version`, only if nobody else did meanwhile."""
    return Call(
        method="PATCH",
        path=path("profiles", profile_id),
        body=body_of(patch),
        headers=matching(if_version),
        read=ProfileOut.model_validate_json,
    )


def remove(profile_id: str, *, if_version: int | None = None) -> Call[None]:
    """Take a profile off record."""
    return Call(
        method="DELETE",
        path=path("profiles", profile_id),
        headers=matching(if_version),
        read=nothing,
    )


def export(profile_id: str) -> Call[ProfileFileOut]:
    """A profile as a file."""
    return Call(
        path=path("profiles", profile_id, "export"), read=ProfileFileOut.model_validate_json
    )


def import_(file: ProfileFile) -> Call[ProfileOut]:
    """Put the profile of a file on record."""
    return Call(
        method="POST",
        path=path("profiles", "import"),
        body=body_of(file),
        read=ProfileOut.model_validate_json,
    )
