"""Looks into a running emulator: its workstation is asked at once, without an operation."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.authorisation import WATCHERS
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.shapes import pictures
from ldfleet.domain.gesture import Gesture, Press, Swipe, Tap, Typing
from ldfleet.domain.picture import PictureFormat
from ldfleet.wire.looks import (
    AppFilter,
    InputIn,
    InstalledAppOut,
    InstalledAppsOut,
    ScreenshotFilter,
)

router = APIRouter(prefix="/emulators", tags=["emulators"])

_ERRORS = (
    errors.EmulatorNotFound,
    errors.EmulatorWrongState,
    errors.EmulatorGone,
    errors.EmulatorAdbOff,
    errors.EmulatorAdbRefused,
    errors.EmulatorAdbSilent,
    errors.EmulatorMistaken,
    errors.EmulatorSaidNonsense,
    errors.WorkstationUnreachable,
    errors.WorkstationRefusedLogin,
    errors.WorkstationUntrusted,
    errors.WorkstationBusy,
    errors.OutcomeUnknown,
    errors.ProgramNotFound,
    errors.PortClosed,
)
_LOOKING = problems.of(*_ERRORS)


@router.get(
    "/{emulator_id}/apps",
    summary="List the apps installed on it, with their versions",
    description="Its Android is asked now, so it has to run. What came with Android is left out "
    "unless `system` asks for it.",
    responses=_LOOKING,
)
async def list_installed_apps(
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    which: Annotated[AppFilter, Query()],
) -> InstalledAppsOut:
    found = await services.looks.apps(actor, emulator_id, system=which.system)
    items = [InstalledAppOut.model_validate(asdict(app)) for app in found.apps]
    return InstalledAppsOut(taken_at=found.taken_at, items=items)


@router.get(
    "/{emulator_id}/screenshot",
    summary="Show its screen, as it is now",
    description="A PNG as Android gives it; smaller or as JPEG or WebP where that is asked for.",
    responses=_LOOKING | pictures(*PictureFormat),
    response_class=Response,
    dependencies=[Depends(WATCHERS)],
)
async def get_screenshot(
    services: TheServices,
    actor: CurrentActor,
    emulator_id: str,
    which: Annotated[ScreenshotFilter, Query()],
) -> Response:
    picture = await services.looks.screen(
        actor, emulator_id, format_=which.format, width=which.width
    )
    headers = {"Cache-Control": "no-store"}
    return Response(picture, media_type=which.format.media_type, headers=headers)


@router.post(
    "/{emulator_id}/input",
    status_code=204,
    summary="Tap, swipe, press a key or type on its screen",
    description="It is done once. After `emulator_adb_silent` look at the screen: it may be done.",
    responses=problems.of(*_ERRORS, errors.FieldInvalid),
)
async def send_input(
    services: TheServices, actor: CurrentActor, emulator_id: str, wanted: InputIn
) -> None:
    await services.looks.do(actor, emulator_id, _gesture_of(wanted))


def _gesture_of(wanted: InputIn) -> Gesture:
    given: list[Gesture] = []
    if wanted.tap is not None:
        given.append(Tap(x=wanted.tap.x, y=wanted.tap.y))
    if wanted.swipe is not None:
        given.append(Swipe(**wanted.swipe.model_dump()))
    if wanted.key is not None:
        given.append(Press(key=wanted.key))
    if wanted.text is not None:
        given.append(Typing(text=wanted.text))
    if len(given) != 1:
        raise errors.FieldInvalid(field="body", reason="give one of tap, swipe, key and text")
    return given[0]
