"""Asking for verbs: every answer is an operation to follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.authorisation import ADMINS
from ldfleet.api.dependencies import CurrentActor, IdempotencyKey, TheServices
from ldfleet.api.services import Services
from ldfleet.domain.actor import Actor
from ldfleet.domain.operation import Operation
from ldfleet.domain.verb import Verb
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.verbs import (
    AdbIn,
    Asking,
    BackupIn,
    CloneIn,
    ConsoleIn,
    CreateIn,
    EmulatorAsking,
    GlobalSettingsIn,
    InstallFolderIn,
    InstallIn,
    LaunchIn,
    LocationIn,
    ModifyIn,
    PropertyIn,
    RenameIn,
    RestoreIn,
)

emulators = APIRouter(prefix="/emulators", tags=["emulators"])
workstations = APIRouter(prefix="/workstations", tags=["workstations"])

_REFUSED_ON_IT = (
    errors.EmulatorNotFound,
    errors.EmulatorBusy,
    errors.EmulatorWrongState,
    errors.EmulatorGone,
    errors.NoDesktopSession,
    errors.FieldInvalid,
    errors.IdempotencyKeyReused,
)
ON_EMULATOR = problems.of(*_REFUSED_ON_IT)
INSTALLING = problems.of(*_REFUSED_ON_IT, errors.AppNotFound)
REMOVING = problems.of(
    errors.EmulatorNotFound,
    errors.EmulatorBusy,
    errors.EmulatorWrongState,
    errors.EmulatorProtected,
    errors.EmulatorGone,
    errors.FieldInvalid,
    errors.IdempotencyKeyReused,
)
_REFUSED_THERE = (
    errors.WorkstationNotFound,
    errors.NoDesktopSession,
    errors.FieldInvalid,
    errors.IdempotencyKeyReused,
)
ON_WORKSTATION = problems.of(*_REFUSED_THERE)
CREATING = problems.of(*_REFUSED_THERE, errors.ProfileNotFound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every asking has."""

    services: Services
    actor: Actor
    response: Response
    key: str | None

    async def of_emulator(
        self, emulator_id: str, verb: Verb, how: EmulatorAsking | None, **params: Any
    ) -> OperationOut:
        how = how or EmulatorAsking()
        operation = await self.services.requests.ask(
            self.actor,
            verb,
            emulator_id=emulator_id,
            params={**_params(how), **params},
            idempotency_key=self.key,
            reason=how.reason,
            on_busy=how.on_busy,
            timeout=how.timeout_s,
        )
        return self._accepted(operation)

    async def of_workstation(
        self, workstation_id: str, verb: Verb, how: Asking | None
    ) -> OperationOut:
        how = how or Asking()
        operation = await self.services.requests.ask(
            self.actor,
            verb,
            workstation_id=workstation_id,
            params=_params(how),
            idempotency_key=self.key,
            reason=how.reason,
            timeout=how.timeout_s,
        )
        return self._accepted(operation)

    def _accepted(self, operation: Operation) -> OperationOut:
        self.response.headers["Location"] = f"/api/operations/{operation.id}"
        return shapes.operation_out(operation)


def _asked(
    services: TheServices,
    actor: CurrentActor,
    response: Response,
    idempotency_key: IdempotencyKey,
) -> Asked:
    return Asked(services=services, actor=actor, response=response, key=idempotency_key)


def _params(how: Asking) -> Mapping[str, Any]:
    """What the verb takes, without what every asking has."""
    common = {*EmulatorAsking.model_fields, "workstation_id"}
    return how.model_dump(mode="json", exclude=common, exclude_none=True, exclude_unset=True)


TheAsked = Annotated[Asked, Depends(_asked)]


@emulators.post("", status_code=202, summary="Create an emulator", responses=CREATING)
async def create_emulator(asked: TheAsked, how: CreateIn) -> OperationOut:
    return await asked.of_workstation(how.workstation_id, Verb.CREATE, how)


@emulators.delete(
    "/{emulator_id}",
    status_code=202,
    summary="Remove an emulator with its disks; one that is protected is not",
    responses=REMOVING,
)
async def remove_emulator(
    asked: TheAsked, emulator_id: str, how: Annotated[EmulatorAsking, Query()]
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.REMOVE, how)


@emulators.post(
    "/{emulator_id}/start",
    status_code=202,
    operation_id="start_emulator",
    summary="Another name of launch",
    responses=ON_EMULATOR,
)
@emulators.post(
    "/{emulator_id}/launch",
    status_code=202,
    summary="Start it until its Android is ready",
    responses=ON_EMULATOR,
)
async def launch_emulator(
    asked: TheAsked, emulator_id: str, how: LaunchIn | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.LAUNCH, how)


@emulators.post(
    "/{emulator_id}/stop",
    status_code=202,
    operation_id="stop_emulator",
    summary="Another name of quit",
    responses=ON_EMULATOR,
)
@emulators.post("/{emulator_id}/quit", status_code=202, summary="Stop it", responses=ON_EMULATOR)
async def quit_emulator(
    asked: TheAsked, emulator_id: str, how: EmulatorAsking | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.QUIT, how)


@emulators.post(
    "/{emulator_id}/reboot",
    status_code=202,
    summary="Restart it until its Android is ready again",
    responses=ON_EMULATOR,
)
async def reboot_emulator(
    asked: TheAsked, emulator_id: str, how: EmulatorAsking | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.REBOOT, how)


@emulators.post(
    "/{emulator_id}/rename", status_code=202, summary="Give it a name", responses=ON_EMULATOR
)
async def rename_emulator(asked: TheAsked, emulator_id: str, how: RenameIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.RENAME, how)


@emulators.post(
    "/{emulator_id}/clone",
    status_code=202,
    summary="Make another one like it, on the same workstation",
    responses=ON_EMULATOR,
)
async def clone_emulator(
    asked: TheAsked, emulator_id: str, how: CloneIn | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.CLONE, how)


@emulators.post(
    "/{emulator_id}/modify",
    status_code=202,
    summary="Change its hardware settings, in force from its next start",
    responses=ON_EMULATOR,
)
async def modify_emulator(asked: TheAsked, emulator_id: str, how: ModifyIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.MODIFY, how)


@emulators.post(
    "/{emulator_id}/backup",
    status_code=202,
    summary="Back it up to a file on its workstation",
    responses=ON_EMULATOR,
)
async def back_up_emulator(
    asked: TheAsked, emulator_id: str, how: BackupIn | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.BACKUP, how)


@emulators.post(
    "/{emulator_id}/restore",
    status_code=202,
    summary="Replace its disks by those of a backup",
    responses=ON_EMULATOR,
)
async def restore_emulator(asked: TheAsked, emulator_id: str, how: RestoreIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.RESTORE, how)


@emulators.post(
    "/{emulator_id}/apps", status_code=202, summary="Install an app", responses=INSTALLING
)
async def install_app(asked: TheAsked, emulator_id: str, how: InstallIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.INSTALL, how)


@emulators.delete(
    "/{emulator_id}/apps/{package}",
    status_code=202,
    summary="Uninstall an app",
    responses=ON_EMULATOR,
)
async def uninstall_app(
    asked: TheAsked, emulator_id: str, package: str, how: Annotated[EmulatorAsking, Query()]
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.UNINSTALL, how, package=package)


@emulators.post(
    "/{emulator_id}/apps/{package}/run",
    status_code=202,
    summary="Bring an app to the front",
    responses=ON_EMULATOR,
)
async def run_app(
    asked: TheAsked, emulator_id: str, package: str, how: EmulatorAsking | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.RUN, how, package=package)


@emulators.post(
    "/{emulator_id}/apps/{package}/kill",
    status_code=202,
    summary="End an app",
    responses=ON_EMULATOR,
)
async def kill_app(
    asked: TheAsked, emulator_id: str, package: str, how: EmulatorAsking | None = None
) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.KILL, how, package=package)


@emulators.post(
    "/{emulator_id}/location", status_code=202, summary="Set its place", responses=ON_EMULATOR
)
async def locate_emulator(asked: TheAsked, emulator_id: str, how: LocationIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.LOCATE, how)


@emulators.post(
    "/{emulator_id}/adb",
    status_code=202,
    summary="Run an ADB command; its output is in the operation's result",
    responses=ON_EMULATOR,
)
async def run_adb(asked: TheAsked, emulator_id: str, how: AdbIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.ADB, how)


@emulators.post(
    "/{emulator_id}/properties", status_code=202, summary="Set a property", responses=ON_EMULATOR
)
async def set_property(asked: TheAsked, emulator_id: str, how: PropertyIn) -> OperationOut:
    return await asked.of_emulator(emulator_id, Verb.SETPROP, how)


@workstations.post(
    "/{workstation_id}/global-settings",
    status_code=202,
    summary="Change the settings of all its emulators",
    responses=ON_WORKSTATION,
)
async def set_global_settings(
    asked: TheAsked, workstation_id: str, how: GlobalSettingsIn
) -> OperationOut:
    return await asked.of_workstation(workstation_id, Verb.GLOBAL_SETTINGS, how)


@workstations.post(
    "/{workstation_id}/sort-windows",
    status_code=202,
    summary="Line up the windows on its desktop",
    responses=ON_WORKSTATION,
)
async def sort_windows(
    asked: TheAsked, workstation_id: str, how: InstallFolderIn | None = None
) -> OperationOut:
    return await asked.of_workstation(workstation_id, Verb.SORT_WINDOWS, how)


@workstations.post(
    "/{workstation_id}/console",
    status_code=202,
    summary="Run a command; its exit code and output are in the operation's result",
    responses=ON_WORKSTATION,
    dependencies=[Depends(ADMINS)],
)
async def run_command(asked: TheAsked, workstation_id: str, how: ConsoleIn) -> OperationOut:
    return await asked.of_workstation(workstation_id, Verb.CONSOLE, how)


@workstations.post(
    "/{workstation_id}/quit-all",
    status_code=202,
    summary="Stop all its emulators",
    responses=ON_WORKSTATION,
)
async def quit_all(
    asked: TheAsked, workstation_id: str, how: InstallFolderIn | None = None
) -> OperationOut:
    return await asked.of_workstation(workstation_id, Verb.QUIT_ALL, how)


@workstations.post(
    "/{workstation_id}/doctor",
    status_code=202,
    summary="Ask it all that is not known of real PCs; nothing is changed there",
    responses=ON_WORKSTATION,
)
async def ask_doctor(
    asked: TheAsked, workstation_id: str, how: Asking | None = None
) -> OperationOut:
    return await asked.of_workstation(workstation_id, Verb.DOCTOR, how)
