"""What can be asked about emulators."""

from ldfleet.client.calls import Call, body_of, keyed, params_of, path
from ldfleet.wire.emulators import EmulatorFilter, EmulatorOut, EmulatorPatch, LaunchIn, QuitIn
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page


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
        headers={} if if_version is None else {"If-Match": f'"{if_version}"'},
        read=EmulatorOut.model_validate_json,
    )


def launch(
    emulator_id: str, how: LaunchIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Start it until its Android is ready."""
    return Call(
        method="POST",
        path=path("emulators", emulator_id, "launch"),
        body=body_of(how or LaunchIn()),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )


def quit_(
    emulator_id: str, how: QuitIn | None = None, *, key: str | None = None
) -> Call[OperationOut]:
    """Stop it."""
    return Call(
        method="POST",
        path=path("emulators", emulator_id, "quit"),
        body=body_of(how or QuitIn()),
        headers=keyed(key),
        acts=True,
        read=OperationOut.model_validate_json,
    )
