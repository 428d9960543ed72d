"""Views."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.api.patching import based_on, patched, tag
from ldfleet.domain.actor import Actor
from ldfleet.domain.nouns import VIEWS
from ldfleet.domain.view import View
from ldfleet.services.views import Draft
from ldfleet.wire.shapes import Page, PartPage
from ldfleet.wire.views import ViewFilter, ViewIn, ViewOut, ViewPatch

_LIST = ListAnswer(ViewOut)

router = APIRouter(prefix="/views", tags=["views"])

REFUSALS = (errors.FieldInvalid, errors.FilterInvalid, errors.SortInvalid, errors.ViewNameTaken)
OWN_ONLY = (errors.ViewNotFound, errors.ViewOfAnother, errors.RecordChanged)


@router.get(
    "",
    summary="List one's own views and those that are shared, by name",
    responses=LISTED,
    response_model=Page[ViewOut] | PartPage,
)
async def list_views(
    services: TheServices, actor: CurrentActor, which: Annotated[ViewFilter, Query()]
) -> Response:
    page = await services.views.list(actor, page=which.page, **how(which, VIEWS, services))
    return _LIST.answer(page, lambda view: _shape(view, actor), which.fields)


@router.post("", status_code=201, summary="Save a view", responses=problems.of(*REFUSALS))
async def add_view(
    services: TheServices, actor: CurrentActor, described: ViewIn, response: Response
) -> ViewOut:
    view = await services.views.add(actor, _draft_of(described))
    response.headers["Location"] = f"/api/views/{view.id}"
    tag(view, response)
    return _shape(view, actor)


@router.get("/{view_id}", summary="Show a view", responses=problems.of(errors.ViewNotFound))
async def get_view(
    services: TheServices, actor: CurrentActor, view_id: str, response: Response
) -> ViewOut:
    view = await services.views.get(actor, view_id)
    tag(view, response)
    return _shape(view, actor)


@router.patch(
    "/{view_id}",
    summary="Change a view of one's own (JSON merge patch)",
    responses=problems.of(*OWN_ONLY, *REFUSALS),
)
async def change_view(
    *,
    services: TheServices,
    actor: CurrentActor,
    view_id: str,
    patch: ViewPatch,
    version: ExpectedVersion,
    response: Response,
) -> ViewOut:
    known = await services.views.get(actor, view_id)
    draft = _draft_of(patched(ViewIn, _description(known), patch))
    view = await services.views.change(
        actor, view_id, draft, expected_version=based_on(known, version)
    )
    tag(view, response)
    return _shape(view, actor)


@router.delete(
    "/{view_id}",
    status_code=204,
    summary="Remove a view of one's own",
    responses=problems.of(*OWN_ONLY),
)
async def remove_view(
    services: TheServices, actor: CurrentActor, view_id: str, version: ExpectedVersion
) -> None:
    await services.views.remove(actor, view_id, expected_version=version)


def _shape(view: View, actor: Actor) -> ViewOut:
    return ViewOut(
        id=view.id,
        **_description(view),
        owner=view.owner,
        own=view.user_id == actor.user_id,
        version=view.version,
        created_at=view.created_at,
        updated_at=view.updated_at,
    )


def _description(view: View) -> Mapping[str, Any]:
    return {
        "name": view.name,
        "page": view.page,
        "filter": view.filter,
        "sort": view.sort,
        "shared": view.shared,
    }


def _draft_of(described: ViewIn) -> Draft:
    return Draft(
        name=described.name,
        page=described.page,
        filter=described.filter,
        sort=described.sort,
        shared=described.shared,
    )
