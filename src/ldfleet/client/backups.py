"""What can be asked about backups, and about how loaded a workstation was."""

from ldfleet.client.calls import Call, params_of, path
from ldfleet.wire.backups import BackupFilter, BackupOut, LoadFilter, LoadsOut
from ldfleet.wire.shapes import Page


def page(which: BackupFilter | None = None) -> Call[Page[BackupOut]]:
    """Backups, newest first."""
    return Call(
        path=path("backups"),
        params=params_of(which or BackupFilter()),
        read=Page[BackupOut].model_validate_json,
    )


def get(backup_id: str) -> Call[BackupOut]:
    """One backup."""
    return Call(path=path("backups", backup_id), read=BackupOut.model_validate_json)


def load_history(workstation_id: str, which: LoadFilter | None = None) -> Call[LoadsOut]:
    """How loaded a workstation was."""
    return Call(
        path=path("workstations", workstation_id, "metrics-history"),
        params=params_of(which or LoadFilter()),
        read=LoadsOut.model_validate_json,
    )
