"""Sites."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.nouns import SITES
from ldfleet.services.sites import SiteReport
from ldfleet.wire.shapes import Page, PartPage
from ldfleet.wire.sites import SiteFilter, SiteIn, SiteOut, SitePatch, WorkerOut

_LIST = ListAnswer(SiteOut)

router = APIRouter(prefix="/sites", tags=["sites"])

NOT_FOUND = problems.of(errors.SiteNotFound)


@router.get(
    "",
    summary="List sites by name, with the workers alive in them",
    responses=LISTED,
    response_model=Page[SiteOut] | PartPage,
)
async def list_sites(
    services: TheServices, actor: CurrentActor, which: Annotated[SiteFilter, Query()]
) -> Response:
    page = await services.sites.list(actor, **how(which, SITES, services))
    return _LIST.answer(page, _shape, which.fields)


@router.post(
    "",
    status_code=201,
    summary="Add a site",
    responses=problems.of(errors.FieldInvalid, errors.SiteNameTaken),
)
async def add_site(
    services: TheServices, actor: CurrentActor, described: SiteIn, response: Response
) -> SiteOut:
    report = await services.sites.add(actor, described.name, notes=described.notes)
    response.headers["Location"] = f"/api/sites/{report.site.name}"
    return _shape(report)


@router.get("/{site_id}", summary="Show a site", responses=NOT_FOUND)
async def get_site(services: TheServices, actor: CurrentActor, site_id: str) -> SiteOut:
    return _shape(await services.sites.get(actor, site_id))


@router.patch(
    "/{site_id}",
    summary="Change a site's notes (JSON merge patch)",
    responses=problems.of(errors.SiteNotFound, errors.FieldInvalid),
)
async def change_site(
    services: TheServices, actor: CurrentActor, site_id: str, patch: SitePatch
) -> SiteOut:
    if "notes" not in patch.model_fields_set:
        return _shape(await services.sites.get(actor, site_id))
    return _shape(await services.sites.change(actor, site_id, notes=patch.notes or ""))


@router.delete(
    "/{site_id}",
    status_code=204,
    summary="Remove a site that no workstation belongs to",
    responses=problems.of(errors.SiteNotFound, errors.SiteInUse, errors.SiteNeeded),
)
async def remove_site(services: TheServices, actor: CurrentActor, site_id: str) -> None:
    await services.sites.remove(actor, site_id)


def _shape(report: SiteReport) -> SiteOut:
    return SiteOut(
        id=report.site.name,
        name=report.site.name,
        notes=report.site.notes,
        workstations=report.workstations,
        workers=[WorkerOut(name=each.name, since=each.since) for each in report.workers],
        created_at=report.site.created_at,
    )
