"""What can be asked of the app library."""

from pathlib import Path

from ldfleet.client.calls import Call, nothing, params_of, path
from ldfleet.wire.apps import (
    InstallationFilter,
    InstallationOut,
    LibraryAppFilter,
    LibraryAppOut,
)
from ldfleet.wire.shapes import Page

READING = 300.0
"""Seconds beside the transfer: a large split set is unpacked to be read."""


def page(which: LibraryAppFilter | None = None) -> Call[Page[LibraryAppOut]]:
    """The apps of the library, newest first."""
    return Call(
        path=path("apps"),
        params=params_of(which or LibraryAppFilter()),
        read=Page[LibraryAppOut].model_validate_json,
    )


def get(app_id: str) -> Call[LibraryAppOut]:
    """One of them."""
    return Call(path=path("apps", app_id), read=LibraryAppOut.model_validate_json)


def upload(file: Path, *, name: str | None = None) -> Call[LibraryAppOut]:
    """Send a file; the same one again gives what is there already. Raises OSError: no such file."""
    return Call(
        method="POST",
        path=path("apps"),
        params={"file_name": name or file.name},
        file=file,
        patience=READING,
        read=LibraryAppOut.model_validate_json,
    )


def remove(app_id: str) -> Call[None]:
    """Take it out of the library."""
    return Call(method="DELETE", path=path("apps", app_id), read=nothing)


def emulators(app_id: str, which: InstallationFilter | None = None) -> Call[Page[InstallationOut]]:
    """The emulators its package was seen on, in whichever version."""
    return Call(
        path=path("apps", app_id, "emulators"),
        params=params_of(which or InstallationFilter()),
        read=Page[InstallationOut].model_validate_json,
    )
