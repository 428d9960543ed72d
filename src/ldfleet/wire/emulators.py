"""Emulators: how they were last seen, and what people note about them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ldfleet.domain.emulator import Adb, Android, EmulatorStatus, Power
from ldfleet.wire.shapes import Input, ListFilter, Notes, Output, Tags


class EmulatorFilter(ListFilter):
    """Which emulators; every given condition holds."""

    status: EmulatorStatus | None = None
    workstation_id: str | None = None
    name: Annotated[
        str | None, Field(max_length=100, description="A part of the name, case ignored.")
    ] = None
    removed: Annotated[bool, Field(description="Removed ones too.")] = False


class EmulatorPatch(Input):
    """A JSON merge patch of what people set; null goes back to the default."""

    tags: Tags | None = None
    notes: Notes | None = None
    protected: bool | None = None


class ScreenOut(Output):
    """Guest resolution in pixels, and dots per inch."""

    width: int
    height: int
    dpi: int


class LastKnownOut(Output):
    """What was seen last, where that is no longer current."""

    power: Power
    android: Android
    adb: Adb


class DeviceIdsOut(Output):
    """Ids of the device that Android sees; null where the file does not name one."""

    android_id: str | None
    imei: str | None
    mac: str | None


class EmulatorConfigOut(Output):
    """What its config file and LDPlayer's list said last; null is LDPlayer's default.

    The file is read when the emulator appears, starts, ends, is renamed, resized or worked on.
    """

    emulator_id: str
    read: bool
    """Whether the file was read since it was last in doubt."""
    read_at: Annotated[
        datetime | None,
        Field(description="When the file was read last; null: never, or by an earlier version."),
    ]
    hash: str | None
    """Of the file's bytes as they were read."""
    screen: ScreenOut | None
    cpu: int | None
    memory_mib: int | None
    adb_debug: int | None
    """0 off, 1 local, 2 remote."""
    device_ids: DeviceIdsOut
    current: bool
    seen_at: datetime


class EmulatorOut(Output):
    """One LDPlayer instance. What is not current is `unknown`, never `stopped`."""

    id: str
    name: str
    status: EmulatorStatus
    power: Power
    android: Android | None
    """Null while it is not known, as is `adb`."""
    adb: Adb | None
    workstation_id: str
    workstation_name: str
    site: str
    install: str
    index: int
    """LDPlayer's number, which it reuses: never an identity."""
    screen: ScreenOut | None
    cpu: int | None
    memory_mib: int | None
    adb_debug: int | None
    tags: list[str]
    notes: str
    protected: bool
    current: bool
    seen_at: datetime
    age_s: float
    """Seconds since it was last seen."""
    trouble: str | None
    last_known: LastKnownOut
    removed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
