"""An app inside an emulator."""

from dataclasses import dataclass


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
