"""Users, for admins."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import people_shapes as shapes
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.account import User
from ldfleet.domain.nouns import USERS
from ldfleet.services.users import Rights
from ldfleet.wire.accounts import PageFilter, UserIn, UserOut, UserPatch
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(UserOut)

router = APIRouter(prefix="/users", tags=["users"])

REFUSALS = (errors.FieldInvalid, errors.PasswordTooWeak, errors.TooManyAttempts)


@router.get(
    "",
    summary="List users by name",
    responses=LISTED,
    response_model=Page[UserOut] | PartPage,
)
async def list_users(
    services: TheServices, actor: CurrentActor, which: Annotated[PageFilter, Query()]
) -> Response:
    page = await services.users.list(actor, **how(which, USERS, services))
    return _LIST.answer(page, shapes.user_out, which.fields)


@router.post(
    "",
    status_code=201,
    summary="Add a user, who has to change the password at the first login",
    responses=problems.of(errors.UserNameTaken, *REFUSALS),
)
async def add_user(
    services: TheServices, actor: CurrentActor, described: UserIn, response: Response
) -> UserOut:
    rights = Rights(role=described.role, scope=shapes.scope_of(described.scope))
    password = described.password.get_secret_value()
    user = await services.users.add(actor, described.name, rights, password)
    response.headers["Location"] = f"/api/users/{user.id}"
    return _out(user, response)


@router.get("/{user_id}", summary="Show a user", responses=problems.of(errors.UserNotFound))
async def get_user(
    services: TheServices, actor: CurrentActor, user_id: str, response: Response
) -> UserOut:
    return _out(await services.users.get(actor, user_id), response)


@router.patch(
    "/{user_id}",
    summary="Change role, scope, whether enabled; reset the password (JSON merge patch)",
    responses=problems.of(errors.UserNotFound, errors.LastAdmin, errors.RecordChanged, *REFUSALS),
)
async def change_user(
    *,
    services: TheServices,
    actor: CurrentActor,
    user_id: str,
    patch: UserPatch,
    version: ExpectedVersion,
    response: Response,
) -> UserOut:
    known = await services.users.get(actor, user_id)
    user = await services.users.change(
        actor,
        user_id,
        _patched(known, patch),
        password=None if patch.password is None else patch.password.get_secret_value(),
        # Without If-Match: what is merged here was read a moment ago, as this version.
        expected_version=known.version if version is None else version,
    )
    return _out(user, response)


@router.delete(
    "/{user_id}",
    status_code=204,
    summary="Remove a user with all sessions and tokens",
    responses=problems.of(errors.UserNotFound, errors.LastAdmin, errors.RecordChanged),
)
async def remove_user(
    services: TheServices, actor: CurrentActor, user_id: str, version: ExpectedVersion
) -> None:
    await services.users.remove(actor, user_id, expected_version=version)


def _patched(known: User, patch: UserPatch) -> Rights:
    scope = shapes.scope_of(patch.scope) if "scope" in patch.model_fields_set else known.scope
    return Rights(
        role=known.role if patch.role is None else patch.role,
        scope=scope,
        enabled=known.enabled if patch.enabled is None else patch.enabled,
    )


def _out(user: User, response: Response) -> UserOut:
    response.headers["ETag"] = f'"{user.version}"'
    return shapes.user_out(user)
