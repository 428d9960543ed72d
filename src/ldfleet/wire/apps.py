"""The app library."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.domain.app import Packing
from ldfleet.wire.shapes import ListFilter, Output


class LibraryAppFilter(ListFilter):
    """Which apps of the library."""


class LibraryAppOut(Output):
    """A file of the app library, and what it says of itself."""

    id: str
    package: str
    version_code: Annotated[int, Field(description="What Android compares: greater is newer.")]
    version_name: Annotated[str, Field(description="What people are shown; may be empty.")]
    label: Annotated[str, Field(description="Its name; may be empty.")]
    min_sdk: Annotated[int | None, Field(description="The least Android API level.")]
    abis: Annotated[
        list[str], Field(description="Processors it has native code for; none: it runs on all.")
    ]
    splits: Annotated[list[str], Field(description="Names of the splits beside the base.")]
    packing: Annotated[
        Packing,
        Field(description="One APK, a split set, or a split set with a manifest and data files."),
    ]
    signer_sha256: Annotated[
        str | None, Field(description="Of the signer's certificate; null: it is not signed.")
    ]
    file_name: Annotated[str, Field(description="As it was called where it came from.")]
    size: Annotated[int, Field(description="In bytes.")]
    sha256: str
    uploaded_by: str
    created_at: datetime


class InstallationFilter(ListFilter):
    """Which emulators."""


class InstallationOut(Output):
    """An emulator that an app's package was seen on, when an operation had installed it there."""

    emulator_id: str
    emulator_name: str
    workstation_id: str
    workstation_name: str
    package: str
    version_code: int | None
    version_name: str | None
    current: Annotated[bool, Field(description="It is the version of the app that was asked of.")]
    app_id: Annotated[str | None, Field(description="Of the library; null: from elsewhere.")]
    operation_id: str
    seen_at: datetime
