"""Signing in and out, and one's own account."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ldfleet import errors
from ldfleet.api import people_shapes as shapes
from ldfleet.api import problems
from ldfleet.api.dependencies import (
    CSRF_COOKIE,
    SESSION_COOKIE,
    CurrentActor,
    TheOrigin,
    TheServices,
)
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.nouns import SESSIONS
from ldfleet.services.access import SESSION_LIFE
from ldfleet.wire.accounts import (
    EndedOut,
    LoginIn,
    MeOut,
    PageFilter,
    PasswordIn,
    RefreshIn,
    SessionOut,
    SetupIn,
    SetupOut,
    SignedInOut,
    UserOut,
)
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(SessionOut)

public = APIRouter(prefix="/auth", tags=["auth"])
own = APIRouter(prefix="/auth", tags=["auth"])
sessions = APIRouter(prefix="/auth/sessions", tags=["auth"])

_COOKIE_PATH = "/api"


@public.get(
    "/setup",
    summary="Whether the first admin has still to be made",
    responses=problems.of(public=True),
)
async def show_setup(services: TheServices) -> SetupOut:
    return SetupOut(open=await services.users.setup_open())


@public.post(
    "/setup",
    status_code=201,
    summary="Make the first admin with the token that the server printed",
    responses=problems.of(
        errors.SetupFinished,
        errors.SetupTokenWrong,
        errors.FieldInvalid,
        errors.PasswordTooWeak,
        errors.TooManyAttempts,
        public=True,
    ),
)
async def set_up(services: TheServices, origin: TheOrigin, given: SetupIn) -> UserOut:
    user = await services.users.set_up(
        given.token.get_secret_value(),
        given.name,
        given.password.get_secret_value(),
        origin=origin,
    )
    return shapes.user_out(user)


@public.post(
    "/login",
    summary="Sign in: for tokens, or for a browser's cookie",
    responses=problems.of(
        errors.CredentialsWrong, errors.AccountDisabled, errors.TooManyAttempts, public=True
    ),
)
async def login(
    services: TheServices, origin: TheOrigin, request: Request, given: LoginIn, response: Response
) -> SignedInOut:
    begun = await services.logins.login(
        given.name, given.password.get_secret_value(), kind=given.kind, origin=origin
    )
    if begun.cookie is not None and begun.csrf_token is not None:
        _set_cookies(request, response, session=begun.cookie, csrf=begun.csrf_token)
    return shapes.signed_in_out(begun)


@public.post(
    "/refresh",
    summary="Renew the tokens of a session; the refresh token is used up",
    description="A refresh token that is used twice ends its session: one of the two who had it "
    "should not have. A browser's session goes on by being used, and needs none of this.",
    responses=problems.of(
        errors.TokenInvalid, errors.SessionEnded, errors.RefreshTokenReused, public=True
    ),
)
async def refresh(services: TheServices, origin: TheOrigin, given: RefreshIn) -> SignedInOut:
    renewed = await services.logins.refresh(given.refresh_token.get_secret_value(), origin=origin)
    return shapes.signed_in_out(renewed)


@own.post(
    "/logout",
    status_code=204,
    summary="End the session that asks for it",
    responses=problems.of(errors.SessionNeeded),
)
async def logout(services: TheServices, actor: CurrentActor, response: Response) -> None:
    await services.logins.logout(actor)
    response.delete_cookie(SESSION_COOKIE, path=_COOKIE_PATH)
    response.delete_cookie(CSRF_COOKIE, path="/")


@own.get("/me", summary="Who asks", responses=problems.of())
async def get_me(
    services: TheServices, actor: CurrentActor, request: Request, response: Response
) -> MeOut:
    kept = request.cookies
    by_cookie = "Authorization" not in request.headers
    if by_cookie and {SESSION_COOKIE, CSRF_COOKIE} <= kept.keys():
        # The session goes on by being used: the browser is to keep its cookies as long.
        _set_cookies(request, response, session=kept[SESSION_COOKIE], csrf=kept[CSRF_COOKIE])
    user = await services.users.get(actor, actor.user_id or "")
    return MeOut(
        user=shapes.user_out(user),
        role=actor.role,
        scope=shapes.scope_out(actor.scope),
        session_id=actor.session_id,
        token_id=actor.token_id,
    )


@own.post(
    "/password",
    status_code=204,
    summary="Change one's own password; all other sessions end",
    responses=problems.of(
        errors.SessionNeeded,
        errors.CredentialsWrong,
        errors.PasswordTooWeak,
        errors.TooManyAttempts,
    ),
)
async def change_password(services: TheServices, actor: CurrentActor, given: PasswordIn) -> None:
    await services.logins.change_password(
        actor,
        current=given.current_password.get_secret_value(),
        new=given.new_password.get_secret_value(),
    )


@sessions.get(
    "",
    summary="List one's own sessions, the latest used first",
    responses=LISTED,
    response_model=Page[SessionOut] | PartPage,
)
async def list_sessions(
    services: TheServices, actor: CurrentActor, which: Annotated[PageFilter, Query()]
) -> Response:
    page = await services.logins.sessions(actor, **how(which, SESSIONS, services))
    return _LIST.answer(page, lambda each: shapes.session_out(each, actor), which.fields)


@sessions.delete(
    "", summary="End all of one's own sessions but the one that asks", responses=problems.of()
)
async def end_other_sessions(services: TheServices, actor: CurrentActor) -> EndedOut:
    return EndedOut(ended=await services.logins.revoke_others(actor))


@sessions.delete(
    "/{session_id}",
    status_code=204,
    summary="End one of one's own sessions",
    responses=problems.of(errors.SessionNotFound),
)
async def end_session(services: TheServices, actor: CurrentActor, session_id: str) -> None:
    await services.logins.revoke(actor, session_id)


def _set_cookies(request: Request, response: Response, *, session: str, csrf: str) -> None:
    """The session for the browser alone, and for the page what it has to send back."""
    for name, value, path, hidden in (
        (SESSION_COOKIE, session, _COOKIE_PATH, True),
        (CSRF_COOKIE, csrf, "/", False),
    ):
        response.set_cookie(
            name,
            value,
            max_age=int(SESSION_LIFE.total_seconds()),
            path=path,
            secure=request.url.scheme == "https",
            httponly=hidden,
            samesite="strict",
        )
