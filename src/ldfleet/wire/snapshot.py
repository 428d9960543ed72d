"""The whole fleet at once: every column is a list, in the same order."""

from ldfleet.domain.emulator import Adb, Android, EmulatorStatus, Power
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.wire.shapes import Output


class CodedTexts(Output):
    """A column of few different texts: `codes` are places in `values`."""

    values: list[str | None]
    codes: list[int]


class CodedStatuses(Output):
    """As `CodedTexts`, of an emulator's status."""

    values: list[EmulatorStatus]
    codes: list[int]


class CodedPowers(Output):
    """As `CodedTexts`, of `power`."""

    values: list[Power]
    codes: list[int]


class CodedAndroids(Output):
    """As `CodedTexts`, of `android`; null while it is not known."""

    values: list[Android | None]
    codes: list[int]


class CodedAdbs(Output):
    """As `CodedTexts`, of `adb`; null while it is not known."""

    values: list[Adb | None]
    codes: list[int]


class CodedTags(Output):
    """As `CodedTexts`, of lists of tags."""

    values: list[list[str]]
    codes: list[int]


class EmulatorColumns(Output):
    """Emulators that are there, in any order. Times are seconds since 1970."""

    id: list[str]
    name: list[str]
    status: CodedStatuses
    power: CodedPowers
    last_power: CodedPowers
    """As it was seen last, also where that is no longer current."""
    android: CodedAndroids
    adb: CodedAdbs
    workstation_id: CodedTexts
    install: CodedTexts
    index: list[int]
    tags: CodedTags
    cpu: list[int | None]
    memory_mib: list[int | None]
    protected: list[bool]
    current: list[bool]
    since: list[int]
    """When it became what it is."""
    observed: list[int]
    """When it was last seen otherwise; where it is current, its workstation's `seen` is later."""
    trouble: CodedTexts
    version: list[int]


class WorkstationColumns(Output):
    """The workstations of these emulators, by name."""

    id: list[str]
    name: list[str]
    status: list[WorkstationStatus]
    site: list[str]
    seen: list[int | None]


class SnapshotOut(Output):
    """The fleet; `position` is the change feed's, to follow it from there."""

    position: str
    count: int
    emulators: EmulatorColumns
    workstations: WorkstationColumns
