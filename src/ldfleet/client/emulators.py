"""What can be asked about emulators."""

from ldfleet.client.calls import Call, body_of, keyed, matching, nothing, params_of, path
from ldfleet.wire.emulators import EmulatorConfigOut, EmulatorFilter, EmulatorOut, EmulatorPatch
from ldfleet.wire.looks import AppFilter, InputIn, InstalledAppsOut, ScreenshotFilter
from ldfleet.wire.operations import OperationFilter, OperationOut
from ldfleet.wire.server import EventOut, PastEventsOfFilter
from ldfleet.wire.shapes import Page
from ldfleet.wire.verbs import (
    AdbIn,
    BackupIn,
    CloneIn,
    CreateIn,
    EmulatorAsking,
    InstallIn,
    LaunchIn,
    LocationIn,
    ModifyIn,
    PropertyIn,
    RenameIn,
    RestoreIn,
)

LOOKING = 40.0  # seconds the server waits for an emulator


def page(which: EmulatorFilter | None = None) -> Call[Page[EmulatorOut]]:
    """Emulators, by workstation."""
    return Call(
        path=path("emulators"),
        params=params_of(which or EmulatorFilter()),
        read=Page[EmulatorOut].model_validate_json,
    )


def get(emulator_id: str) -> Call[EmulatorOut]:
    """One emulator."""
    return Call(path=path("emulators", emulator_id), read=EmulatorOut.model_validate_json)


def annotate(
    emulator_id: str, patch: EmulatorPatch, *, if_version: int | None = None
) -> Call[EmulatorOut]:
    """Change tags, notes or protection."""
    return Call(
        method="PATCH",
        path=path("emulators", emulator_id),
        body=body_of(patch),
        headers=matching(if_version),
        read=EmulatorOut.model_validate_json,
    )


def operations_of(
    emulator_id: str, which: OperationFilter | None = None
) -> Call[Page[OperationOut]]:
    """What was asked of it, newest first."""
    return Call(
        path=path("emulators", emulator_id, "operations"),
        params=params_of(which or OperationFilter()),
        read=Page[OperationOut].model_validate_json,
    )


def config_of(emulator_id: str) -> Call[EmulatorConfigOut]:
    """What is known of its configuration."""
    return Call(
        path=path("emulators", emulator_id, "config"), read=EmulatorConfigOut.model_validate_json
    )


def events_of(emulator_id: str, which: PastEventsOfFilter | None = None) -> Call[Page[EventOut]]:
    """What befell it, newest first."""
    return Call(
        path=path("emulators", emulator_id, "events"),
        params=params_of(which or PastEventsOfFilter()),
        read=Page[EventOut].model_validate_json,
    )


def apps(emulator_id: str, which: AppFilter | None = None) -> Call[InstalledAppsOut]:
    """What is installed on it now; it has to run."""
    return Call(
        path=path("emulators", emulator_id, "apps"),
        params=params_of(which or AppFilter()),
        read=InstalledAppsOut.model_validate_json,
        patience=LOOKING,
    )


def screenshot(emulator_id: str, which: ScreenshotFilter | None = None) -> Call[bytes]:
    """Its screen now, in the format that was asked for."""
    return Call(
        path=path("emulators", emulator_id, "screenshot"),
        params=params_of(which or ScreenshotFilter()),
        read=bytes,
        patience=LOOKING,
    )


def send_input(emulator_id: str, wanted: InputIn) -> Call[None]:
    """Tap, swipe, press a key or type, once: it is not sent again."""
    return Call(
        method="POST",
        path=path("emulators", emulator_id, "input"),
        body=body_of(wanted),
        read=nothing,
        patience=LOOKING,
    )


def create(how: CreateIn, *, key: str | None = None) -> Call[OperationOut]:
    """Create one on a workstation."""
    return Call(
        method="POST",
        path=path("emulators"),
        body=body_of(how),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def launch(
    emulator_id: str, how: LaunchIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Start it until its Android is ready."""
    return _asking(emulator_id, "launch", how=how, key=key)


def quit_(
    emulator_id: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Stop it."""
    return _asking(emulator_id, "quit", how=how, key=key)


def reboot(
    emulator_id: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Restart it until its Android is ready again."""
    return _asking(emulator_id, "reboot", how=how, key=key)


def rename(emulator_id: str, how: RenameIn, *, key: str | None = None) -> Call[OperationOut]:
    """Give it a name."""
    return _asking(emulator_id, "rename", how=how, key=key)


def modify(emulator_id: str, how: ModifyIn, *, key: str | None = None) -> Call[OperationOut]:
    """Change its hardware settings, in force from its next start."""
    return _asking(emulator_id, "modify", how=how, key=key)


def clone(
    emulator_id: str, how: CloneIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Make another one like it."""
    return _asking(emulator_id, "clone", how=how, key=key)


def remove(
    emulator_id: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Remove it with its disks."""
    return _ending(emulator_id, how=how, key=key)


def backup(
    emulator_id: str, how: BackupIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Back it up to a file on its workstation."""
    return _asking(emulator_id, "backup", how=how, key=key)


def restore(emulator_id: str, how: RestoreIn, *, key: str | None = None) -> Call[OperationOut]:
    """Replace its disks by those of a backup."""
    return _asking(emulator_id, "restore", how=how, key=key)


def install(emulator_id: str, how: InstallIn, *, key: str | None = None) -> Call[OperationOut]:
    """Install an app."""
    return _asking(emulator_id, "apps", how=how, key=key)


def uninstall(
    emulator_id: str, package: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Uninstall an app."""
    return _ending(emulator_id, "apps", package, how=how, key=key)


def run(
    emulator_id: str, package: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Bring an app to the front."""
    return _asking(emulator_id, "apps", package, "run", how=how, key=key)


def kill(
    emulator_id: str, package: str, how: EmulatorAsking | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """End an app."""
    return _asking(emulator_id, "apps", package, "kill", how=how, key=key)


def locate(emulator_id: str, how: LocationIn, *, key: str | None = None) -> Call[OperationOut]:
    """Set its place."""
    return _asking(emulator_id, "location", how=how, key=key)


def adb(emulator_id: str, how: AdbIn, *, key: str | None = None) -> Call[OperationOut]:
    """Run an ADB command; its output is in the operation's result."""
    return _asking(emulator_id, "adb", how=how, key=key)


def setprop(emulator_id: str, how: PropertyIn, *, key: str | None = None) -> Call[OperationOut]:
    """Set a property."""
    return _asking(emulator_id, "properties", how=how, key=key)


def _asking(*place: str, how: EmulatorAsking | None, key: str | None) -> Call[OperationOut]:
    return Call(
        method="POST",
        path=path("emulators", *place),
        body=body_of(how or EmulatorAsking()),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def _ending(*place: str, how: EmulatorAsking | None, key: str | None) -> Call[OperationOut]:
    return Call(
        method="DELETE",
        path=path("emulators", *place),
        params=params_of(how or EmulatorAsking()),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )
