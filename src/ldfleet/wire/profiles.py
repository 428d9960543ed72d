"""Profiles: what emulators made from them are like; as objects and as files."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from ldfleet.domain.profile import IdRule
from ldfleet.wire.shapes import Input, ListFilter, Notes, Output, Tags

FILE_FORMAT = 1

Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=100)]
Place = Annotated[str, Field(max_length=400)]
Number = Annotated[int, Field(ge=0, le=1_000_000)]
Rules = dict[Text, IdRule]


class ScreenIn(Input):
    """Pixels, and dots per inch."""

    width: Number
    height: Number
    dpi: Number


class HardwareIn(Input):
    """The 14 parameters of LDPlayer's `modify`; what is null is left as LDPlayer makes it.

    A device id (imei, imsi, sim_serial, android_id, mac) may be `auto`.
    """

    screen: ScreenIn | None = None
    cpu: Number | None = None
    memory_mib: Number | None = None
    manufacturer: Text | None = None
    model: Text | None = None
    phone_number: Text | None = None
    imei: Text | None = None
    imsi: Text | None = None
    sim_serial: Text | None = None
    android_id: Text | None = None
    mac: Text | None = None
    auto_rotate: bool | None = None
    lock_window: bool | None = None
    root: bool | None = None


class AppIn(Input):
    """An app: a package of LDPlayer's store, or a file on the PC; one of the two."""

    package: Annotated[str, Field(max_length=255)] | None = None
    file: Place | None = None


Apps = Annotated[tuple[AppIn, ...], Field(max_length=100)]


class ProfileIn(Input):
    """A profile as a person describes it."""

    name: Name
    settings: HardwareIn = HardwareIn()
    identity: Annotated[
        Rules, Field(description="By device id: `keep` (the default), or `new` each time.")
    ] = Field(default_factory=dict)
    apps: Annotated[Apps, Field(description="What belongs on such an emulator.")] = ()
    tags: Tags = ()
    notes: Notes = ""


class ProfileFile(ProfileIn):
    """A profile as a file: what export gave."""

    ldfleet_profile: Annotated[Literal[1], Field(description="The version of this format.")]


class ProfilePatch(Input):
    """A JSON merge patch (RFC 7396): only what is named changes, null goes back to the default."""

    name: Name | None = None
    settings: HardwareIn | None = None
    identity: dict[Text, IdRule | None] | None = None
    apps: Apps | None = None
    tags: Tags | None = None
    notes: Notes | None = None


class ProfileFilter(ListFilter):
    """Which profiles."""


class ProfileScreenOut(Output):
    """Pixels, and dots per inch."""

    width: int
    height: int
    dpi: int


class HardwareOut(Output):
    """The 14 parameters of LDPlayer's `modify`; what is null is left as LDPlayer makes it."""

    screen: ProfileScreenOut | None
    cpu: int | None
    memory_mib: int | None
    manufacturer: str | None
    model: str | None
    phone_number: str | None
    imei: str | None
    imsi: str | None
    sim_serial: str | None
    android_id: str | None
    mac: str | None
    auto_rotate: bool | None
    lock_window: bool | None
    root: bool | None


class AppOut(Output):
    """An app: a package of LDPlayer's store, or a file on the PC."""

    package: str | None
    file: str | None


class ProfileFileOut(Output):
    """A profile as a file: what import takes."""

    ldfleet_profile: int
    name: str
    settings: HardwareOut
    identity: dict[str, IdRule]
    apps: list[AppOut]
    tags: list[str]
    notes: str


class ProfileOut(Output):
    """A profile."""

    id: str
    name: str
    settings: HardwareOut
    identity: dict[str, IdRule]
    apps: list[AppOut]
    tags: list[str]
    notes: str
    version: int
    created_at: datetime
    updated_at: datetime
