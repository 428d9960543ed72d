"""Profiles."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.api.patching import based_on, patched, tag
from ldfleet.domain.hardware import settings_of
from ldfleet.domain.nouns import PROFILES
from ldfleet.domain.profile import App, Profile
from ldfleet.services.profiles import Draft
from ldfleet.wire.profiles import (
    FILE_FORMAT,
    ProfileFile,
    ProfileFileOut,
    ProfileFilter,
    ProfileIn,
    ProfileOut,
    ProfilePatch,
)
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(ProfileOut)

router = APIRouter(prefix="/profiles", tags=["profiles"])

NOT_FOUND = problems.of(errors.ProfileNotFound)
REFUSALS = (errors.FieldInvalid, errors.ProfileNameTaken)


@router.get(
    "",
    summary="List profiles by name",
    responses=LISTED,
    response_model=Page[ProfileOut] | PartPage,
)
async def list_profiles(
    services: TheServices, actor: CurrentActor, which: Annotated[ProfileFilter, Query()]
) -> Response:
    page = await services.profiles.list(actor, **how(which, PROFILES, services))
    return _LIST.answer(page, _shape, which.fields)


@router.post("", status_code=201, summary="Add a profile", responses=problems.of(*REFUSALS))
async def add_profile(
    services: TheServices, actor: CurrentActor, described: ProfileIn, response: Response
) -> ProfileOut:
    profile = await services.profiles.add(actor, _draft_of(described))
    response.headers["Location"] = f"/api/profiles/{profile.id}"
    return _out(profile, response)


@router.post(
    "/import",
    status_code=201,
    summary="Add a profile from an exported file",
    responses=problems.of(*REFUSALS),
)
async def import_profile(
    services: TheServices, actor: CurrentActor, described: ProfileFile, response: Response
) -> ProfileOut:
    return await add_profile(services, actor, described, response)


@router.get("/{profile_id}", summary="Show a profile", responses=NOT_FOUND)
async def get_profile(
    services: TheServices, actor: CurrentActor, profile_id: str, response: Response
) -> ProfileOut:
    return _out(await services.profiles.get(actor, profile_id), response)


@router.get("/{profile_id}/export", summary="Export a profile as a file", responses=NOT_FOUND)
async def export_profile(
    services: TheServices, actor: CurrentActor, profile_id: str, response: Response
) -> ProfileFileOut:
    profile = await services.profiles.get(actor, profile_id)
    response.headers["Content-Disposition"] = f'attachment; filename="{profile.id}.json"'
    described = {**_description(profile), "ldfleet_profile": FILE_FORMAT}
    return ProfileFileOut.model_validate(described)


@router.patch(
    "/{profile_id}",
    summary="Change a profile (JSON merge patch)",
    responses=problems.of(errors.ProfileNotFound, errors.RecordChanged, *REFUSALS),
)
async def change_profile(
    *,
    services: TheServices,
    actor: CurrentActor,
    profile_id: str,
    patch: ProfilePatch,
    version: ExpectedVersion,
    response: Response,
) -> ProfileOut:
    known = await services.profiles.get(actor, profile_id)
    profile = await services.profiles.change(
        actor,
        profile_id,
        _draft_of(patched(ProfileIn, _description(known), patch)),
        expected_version=based_on(known, version),
    )
    return _out(profile, response)


@router.delete(
    "/{profile_id}",
    status_code=204,
    summary="Remove a profile; what was made from it stays",
    responses=problems.of(errors.ProfileNotFound, errors.RecordChanged),
)
async def remove_profile(
    services: TheServices, actor: CurrentActor, profile_id: str, version: ExpectedVersion
) -> None:
    await services.profiles.remove(actor, profile_id, expected_version=version)


def _out(profile: Profile, response: Response) -> ProfileOut:
    tag(profile, response)
    return _shape(profile)


def _shape(profile: Profile) -> ProfileOut:
    return ProfileOut.model_validate(
        {
            **_description(profile),
            "id": profile.id,
            "version": profile.version,
            "created_at": profile.created_at,
            "updated_at": profile.updated_at,
        }
    )


def _description(profile: Profile) -> Mapping[str, Any]:
    return {
        "name": profile.name,
        # A profile says nothing of ADB: `create` always switches it on.
        "settings": {k: v for k, v in asdict(profile.settings).items() if k != "adb"},
        "identity": dict(profile.identity),
        "apps": [asdict(app) for app in profile.apps],
        "tags": list(profile.tags),
        "notes": profile.notes,
    }


def _draft_of(described: ProfileIn) -> Draft:
    return Draft(
        name=described.name,
        settings=settings_of(described.settings.model_dump()),
        identity=described.identity,
        apps=tuple(App(package=app.package, file=app.file) for app in described.apps),
        tags=described.tags,
        notes=described.notes,
    )
