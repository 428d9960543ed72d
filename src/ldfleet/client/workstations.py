"""What can be asked about workstations."""

from ldfleet.client.calls import Call, body_of, keyed, matching, nothing, params_of, path
from ldfleet.wire.checkups import ExaminedOut, WorkstationDetailOut
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.preparation import PreparationOut, PrepareIn
from ldfleet.wire.shapes import Page
from ldfleet.wire.verbs import Asking, ConsoleIn, GlobalSettingsIn, InstallFolderIn
from ldfleet.wire.walls import WallFilter, WallOut, WallPictureFilter
from ldfleet.wire.workstations import (
    ConnectionReportOut,
    MaintenanceIn,
    SystemInfoOut,
    WorkstationFilter,
    WorkstationIn,
    WorkstationOut,
    WorkstationPatch,
)

TEST_PATIENCE = 60.0  # a connection test climbs all rungs before it answers


def page(which: WorkstationFilter | None = None) -> Call[Page[WorkstationOut]]:
    """Workstations by name."""
    return Call(
        path=path("workstations"),
        params=params_of(which or WorkstationFilter()),
        read=Page[WorkstationOut].model_validate_json,
    )


def get(workstation_id: str) -> Call[WorkstationDetailOut]:
    """One workstation, with what doctor found there."""
    return Call(
        path=path("workstations", workstation_id), read=WorkstationDetailOut.model_validate_json
    )


def add(draft: WorkstationIn) -> Call[WorkstationOut]:
    """Put a workstation on record."""
    return Call(
        method="POST",
        path=path("workstations"),
        body=body_of(draft),
        read=WorkstationOut.model_validate_json,
    )


def prepare(asked: PrepareIn) -> Call[PreparationOut]:
    """The script that a PC is prepared with, before it is added."""
    return Call(
        method="POST",
        path=path("workstations", "prepare"),
        body=body_of(asked),
        read=PreparationOut.model_validate_json,
    )


def change(
    workstation_id: str, patch: WorkstationPatch, *, if_version: int | None = None
) -> Call[WorkstationOut]:
    """Change what the patch names; with `if_version`, only if nobody else did meanwhile."""
    return Call(
        method="PATCH",
        path=path("workstations", workstation_id),
        body=body_of(patch),
        headers=matching(if_version),
        read=WorkstationOut.model_validate_json,
    )


def remove(workstation_id: str, *, if_version: int | None = None) -> Call[None]:
    """Take a workstation off record, with its emulators and operations."""
    return Call(
        method="DELETE",
        path=path("workstations", workstation_id),
        headers=matching(if_version),
        read=nothing,
    )


def test(workstation_id: str) -> Call[ConnectionReportOut]:
    """Test the connection, rung by rung."""
    return Call(
        method="POST",
        path=path("workstations", workstation_id, "test-connection"),
        read=ConnectionReportOut.model_validate_json,
        patience=TEST_PATIENCE,
    )


def test_draft(draft: WorkstationIn) -> Call[ConnectionReportOut]:
    """Test a connection before it is saved."""
    return Call(
        method="POST",
        path=path("workstations", "test-connection"),
        body=body_of(draft),
        read=ConnectionReportOut.model_validate_json,
        patience=TEST_PATIENCE,
    )


def system_info(workstation_id: str) -> Call[SystemInfoOut]:
    """What the workstation said of itself."""
    return Call(
        path=path("workstations", workstation_id, "system-info"),
        read=SystemInfoOut.model_validate_json,
    )


def scan(workstation_id: str, *, key: str | None = None) -> Call[OperationOut]:
    """Look at its emulators now."""
    return Call(
        method="POST",
        path=path("workstations", workstation_id, "scan"),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def doctor(
    workstation_id: str, how: Asking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Ask it all that is not known of real PCs; nothing is changed there."""
    return _asking(workstation_id, "doctor", how=how, key=key)


def checkup(workstation_id: str) -> Call[ExaminedOut]:
    """What doctor found the last time."""
    return Call(
        path=path("workstations", workstation_id, "doctor"), read=ExaminedOut.model_validate_json
    )


def bundle(workstation_id: str) -> Call[bytes]:
    """What it asked and heard, as JSON that names nobody and no PC."""
    return Call(path=path("workstations", workstation_id, "doctor", "bundle"), read=bytes)


def hold(workstation_id: str, why: MaintenanceIn) -> Call[WorkstationOut]:
    """Let nothing new start there."""
    return Call(
        method="POST",
        path=path("workstations", workstation_id, "maintenance"),
        body=body_of(why),
        read=WorkstationOut.model_validate_json,
    )


def release(workstation_id: str) -> Call[WorkstationOut]:
    """End its maintenance."""
    return Call(
        method="DELETE",
        path=path("workstations", workstation_id, "maintenance"),
        read=WorkstationOut.model_validate_json,
    )


def global_settings(
    workstation_id: str, how: GlobalSettingsIn, *, key: str | None = None
) -> Call[OperationOut]:
    """Change the settings of all its emulators."""
    return _asking(workstation_id, "global-settings", how=how, key=key)


def sort_windows(
    workstation_id: str, how: InstallFolderIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Line up the windows on its desktop."""
    return _asking(workstation_id, "sort-windows", how=how, key=key)


def console(workstation_id: str, how: ConsoleIn, *, key: str | None = None) -> Call[OperationOut]:
    """Run a command there; its exit code and output are in the operation's result."""
    return _asking(workstation_id, "console", how=how, key=key)


def quit_all(
    workstation_id: str, how: InstallFolderIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Stop all its emulators."""
    return _asking(workstation_id, "quit-all", how=how, key=key)


def _asking(
    workstation_id: str, verb: str, *, how: Asking | None, key: str | None
) -> Call[OperationOut]:
    return Call(
        method="POST",
        path=path("workstations", workstation_id, verb),
        body=body_of(how or Asking()),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def wall(workstation_id: str, which: WallFilter | None = None) -> Call[WallOut]:
    """Whose screen is where in its wall; old ones are renewed."""
    return Call(
        path=path("workstations", workstation_id, "wall"),
        params=params_of(which or WallFilter()),
        read=WallOut.model_validate_json,
    )


def wall_picture(workstation_id: str, version: str | None = None) -> Call[bytes]:
    """Its screens in one WebP, as `wall` has seen them last."""
    return Call(
        path=path("workstations", workstation_id, "wall.webp"),
        params=params_of(WallPictureFilter(v=version)),
        read=bytes,
    )
