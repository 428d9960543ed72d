"""An emulator's disks in a file on its workstation."""

from dataclasses import dataclass
from datetime import datetime

from ldfleet.domain.ids import BackupId, EmulatorId, WorkstationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What is known of it since it was written."""

    id: BackupId
    workstation_id: WorkstationId
    emulator_id: EmulatorId | None
    """None: the emulator is on record no more."""
    emulator_name: str
    """As it was called at that time."""
    file: str
    size: int
    """In bytes."""
    sha256: str | None = None
    operation_id: str | None = None
    created_at: datetime
