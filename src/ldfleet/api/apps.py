"""The app library."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import ClientDisconnect

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, LISTING, ListAnswer, how
from ldfleet.domain.app import LibraryApp, PlacedInstallation
from ldfleet.domain.nouns import APPS, INSTALLATIONS
from ldfleet.wire.apps import (
    InstallationFilter,
    InstallationOut,
    LibraryAppFilter,
    LibraryAppOut,
)
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(LibraryAppOut)
_PLACES = ListAnswer(InstallationOut)
_A_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself: an .apk, a split set (.apks, .apkm), or an .xapk.",
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "the bytes of game.apk",
            }
        },
    }
}

router = APIRouter(prefix="/apps", tags=["apps"])
transfers = APIRouter(prefix="/transfers", tags=["apps"])
_ticket = HTTPBearer(auto_error=False, description="A token of one operation, good once.")

NOT_FOUND = problems.of(errors.AppNotFound)
_OK = 200


@router.get(
    "",
    summary="List the apps of the library, newest first",
    responses=LISTED,
    response_model=Page[LibraryAppOut] | PartPage,
)
async def list_apps(
    services: TheServices, actor: CurrentActor, which: Annotated[LibraryAppFilter, Query()]
) -> Response:
    page = await services.apps.list(actor, **how(which, APPS, services))
    return _LIST.answer(page, _shape, which.fields)


@router.post(
    "",
    status_code=201,
    summary="Upload an app; 200 where the same file is there already",
    openapi_extra=_A_FILE,
    responses={
        _OK: {"model": LibraryAppOut, "description": "The same file was there already."},
        **problems.of(
            errors.FieldInvalid,
            errors.AppRefused,
            errors.AppTooLarge,
            errors.AppUploadCut,
            errors.AppLibraryFull,
            errors.RecordChanged,
        ),
    },
)
async def upload_app(
    services: TheServices,
    actor: CurrentActor,
    request: Request,
    response: Response,
    file_name: Annotated[
        str, Query(max_length=1_000, description="What it is called; shown, and nothing more.")
    ],
) -> LibraryAppOut:
    announced = request.headers.get("Content-Length", "")
    app, new = await services.apps.upload(
        actor,
        _pieces(request),
        file_name=file_name,
        announced=int(announced) if announced.isdecimal() else None,
    )
    response.headers["Location"] = f"/api/apps/{app.id}"
    if not new:
        response.status_code = _OK
    return _shape(app)


@router.get("/{app_id}", summary="Show an app of the library", responses=NOT_FOUND)
async def get_app(services: TheServices, actor: CurrentActor, app_id: str) -> LibraryAppOut:
    return _shape(await services.apps.get(actor, app_id))


@router.delete(
    "/{app_id}",
    status_code=204,
    summary="Remove an app and its file; where it is installed it stays",
    responses=problems.of(errors.AppNotFound, errors.AppInUse),
)
async def remove_app(services: TheServices, actor: CurrentActor, app_id: str) -> None:
    await services.apps.remove(actor, app_id)


@router.get(
    "/{app_id}/emulators",
    summary="List the emulators its package was seen on, in whichever version",
    responses=problems.of(errors.AppNotFound, *LISTING),
    response_model=Page[InstallationOut] | PartPage,
)
async def list_app_emulators(
    services: TheServices,
    actor: CurrentActor,
    app_id: str,
    which: Annotated[InstallationFilter, Query()],
) -> Response:
    app, page = await services.apps.places(actor, app_id, **how(which, INSTALLATIONS, services))
    return _PLACES.answer(page, lambda placed: _place(app, placed), which.fields)


@transfers.get(
    "/{app_id}",
    summary="Fetch the file of an app, as a workstation does while it is installed there",
    response_class=FileResponse,
    responses={
        _OK: {"content": {"application/octet-stream": {}}, "description": "The file."},
        **problems.of(errors.TokenMissing, errors.TokenInvalid, errors.AppFileMissing, public=True),
    },
)
async def fetch_app(
    services: TheServices,
    app_id: str,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_ticket)],
) -> FileResponse:
    if given is None:
        raise errors.TokenMissing
    app, path = await services.transfers.fetched(app_id, given.credentials)
    name = f"{app.facts.package}-{app.facts.version_code}.{app.facts.packing}"
    return FileResponse(path, media_type="application/octet-stream", filename=name)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            yield piece
    except ClientDisconnect:
        raise errors.AppUploadCut(size=size) from None


def _place(app: LibraryApp, placed: PlacedInstallation) -> InstallationOut:
    installation = placed.installation
    return InstallationOut.model_validate(
        {
            **asdict(installation),
            "emulator_name": placed.emulator_name,
            "workstation_id": placed.workstation_id,
            "workstation_name": placed.workstation_name,
            "current": installation.version_code == app.facts.version_code,
        }
    )


def _shape(app: LibraryApp) -> LibraryAppOut:
    return LibraryAppOut.model_validate({**asdict(app.facts), **asdict(app)})
