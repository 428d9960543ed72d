"""Android apps: files in the library on the server, and what is installed in an emulator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from ldfleet.domain.ids import AppId, EmulatorId, WorkstationId

TICKET_LASTS = timedelta(minutes=5)
"""In which a workstation has to begin to fetch a file."""


class Packing(StrEnum):
    """What kind of file an app came in."""

    APK = auto()
    """One APK, whole in itself."""
    APKS = auto()
    """A split set: an archive of a base APK and its splits (also called .apkm)."""
    XAPK = auto()
    """The same with a `manifest.json`, and perhaps data files (OBB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppFacts:
    """What the file says of itself."""

    package: str
    version_code: int
    """What Android compares: greater is newer."""
    version_name: str
    """What people are shown; empty where the file has none."""
    label: str
    """Its name without regard to a language; empty where the file has none."""
    min_sdk: int | None
    """The least Android API level; None where the file does not say a number."""
    abis: tuple[str, ...]
    """Processors that it has native code for; none: it runs on all."""
    splits: tuple[str, ...]
    """Names of the splits beside the base."""
    packing: Packing
    signer_sha256: str | None
    """SHA-256 of the signer's certificate, in hex; None: it is not signed."""
    apks: tuple[str, ...] = ()
    """Of an archive: the places of its APKs inside, the base first."""
    data_files: tuple[tuple[str, str], ...] = ()
    """Of an archive: places of data files inside, and below Android's shared storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryApp:
    """A file of the library. It never changes; another version is another one."""

    id: AppId
    facts: AppFacts
    file_name: str
    """As it was called where it came from; told to people alone."""
    size: int
    """In bytes."""
    sha256: str
    """Of the whole file, in hex. No two in the library have the same."""
    uploaded_by: str
    created_at: datetime

    @property
    def name(self) -> str:
        """For people: what it is and which version."""
        facts = self.facts
        return f"{facts.label or facts.package} {facts.version_name or facts.version_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """That an app was seen on an emulator right after an operation installed it there."""

    emulator_id: EmulatorId
    package: str
    version_code: int | None
    version_name: str | None
    app_id: AppId | None
    """Of the library; None: it came from elsewhere, or the library has it no more."""
    operation_id: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedInstallation:
    """With the names of where it is."""

    installation: Installation
    emulator_name: str
    workstation_id: WorkstationId
    workstation_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledApp:
    """As Android's package manager has it."""

    package: str
    version: str | None = None
    """The name people know, as `1.2.3`."""
    version_code: int | None = None
    """Grows with each release of the app."""
    system: bool = False
    """It came with Android, whatever version it has been updated to."""
