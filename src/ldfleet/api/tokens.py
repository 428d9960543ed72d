"""One's own API tokens."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import people_shapes as shapes
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.nouns import TOKENS
from ldfleet.services.tokens import Draft
from ldfleet.wire.accounts import ApiTokenIn, ApiTokenOut, MadeTokenOut, PageFilter
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(ApiTokenOut)

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.get(
    "",
    summary="List one's own tokens, newest first",
    responses=LISTED,
    response_model=Page[ApiTokenOut] | PartPage,
)
async def list_tokens(
    services: TheServices, actor: CurrentActor, which: Annotated[PageFilter, Query()]
) -> Response:
    page = await services.tokens.list(actor, **how(which, TOKENS, services))
    return _LIST.answer(page, shapes.token_out, which.fields)


@router.post(
    "",
    status_code=201,
    summary="Make a token; its secret is told this once",
    responses=problems.of(errors.FieldInvalid, errors.SessionNeeded),
)
async def create_token(
    services: TheServices, actor: CurrentActor, described: ApiTokenIn, response: Response
) -> MadeTokenOut:
    draft = Draft(
        name=described.name,
        role=described.role,
        scope=shapes.scope_of(described.scope),
        metrics_only=described.metrics_only,
        expires_in_days=described.expires_in_days,
        never_expires=described.never_expires,
    )
    token, secret = await services.tokens.create(actor, draft)
    response.headers["Location"] = f"/api/tokens/{token.id}"
    return shapes.made_token_out(token, secret)


@router.delete(
    "/{token_id}",
    status_code=204,
    summary="Revoke a token",
    responses=problems.of(errors.ApiTokenNotFound),
)
async def revoke_token(services: TheServices, actor: CurrentActor, token_id: str) -> None:
    await services.tokens.revoke(actor, token_id)
