"""What belongs to a request: who asks, under which key, which version is meant."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from ldfleet import errors
from ldfleet.api.services import Services
from ldfleet.domain.actor import Actor
from ldfleet.services.access import Origin

SESSION_COOKIE = "ldfleet_session"
CSRF_COOKIE = "ldfleet_csrf"
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, description="An access token, or an API token `ldf_…`.")
_cookie = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    description="A browser's session. What changes something also needs the header "
    "`X-CSRF-Token` with the value of the cookie `ldfleet_csrf`.",
)
REPLAYED = "Idempotent-Replayed"
_NO_VERSION = 0  # versions count from 1


# FastAPI sends a dependency that is not `async` to a thread, whatever it does.


async def the_services(request: Request) -> Services:
    """The services that this application was made with."""
    services: Services = request.app.state.services
    return services


TheServices = Annotated[Services, Depends(the_services)]


async def origin_of(request: Request) -> Origin:
    """Where the request comes from."""
    return Origin(
        address=None if request.client is None else request.client.host,
        agent=request.headers.get("User-Agent"),
        correlation_id=getattr(request.state, "correlation_id", None),
    )


TheOrigin = Annotated[Origin, Depends(origin_of)]


async def current_actor(
    request: Request,
    services: TheServices,
    origin: TheOrigin,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Actor:
    """Who asks; nobody gets past this without a known token or cookie."""
    actor = await _let_in(request, services, origin, given, cookie)
    request.state.actor = actor
    return actor


async def _let_in(
    request: Request,
    services: Services,
    origin: Origin,
    given: HTTPAuthorizationCredentials | None,
    cookie: str | None,
) -> Actor:
    if given is not None:
        return await services.access.by_bearer(given.credentials, origin)
    if cookie is None:
        raise errors.TokenMissing
    return await services.access.by_cookie(
        cookie,
        unsafe=request.method not in SAFE,
        shown=request.headers.get(CSRF_HEADER),
        origin=origin,
    )


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def expected_version(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The ETag that the change is based on; `*` for whatever it is now. "
            "Without it nothing is changed (428).",
        ),
    ] = None,
) -> int | None:
    """The version that the caller knows; what is no ETag of ours matches nothing."""
    if if_match is None:
        raise errors.VersionMissing
    if if_match.strip() == "*":
        return None
    # What follows the version names what is seen, which changes by itself (api/reading.py).
    ours = re.fullmatch(r'"(\d{1,9})(-[0-9a-f]{16})?"', if_match.strip(), re.ASCII)
    return int(ours[1]) if ours else _NO_VERSION


ExpectedVersion = Annotated[int | None, Depends(expected_version)]

_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key with the same request gives the same operation again, "
        "with the header `Idempotent-Replayed: true`.",
    ),
]


async def idempotency_key(
    services: TheServices, actor: CurrentActor, response: Response, key: _Key = None
) -> str | None:
    """The key of a request for one operation; an answer that is given again says so."""
    if key is not None and await services.requests.answered(actor, key):
        response.headers[REPLAYED] = "true"
    return key


async def batch_key(
    services: TheServices, actor: CurrentActor, response: Response, key: _Key = None
) -> str | None:
    """The same of a request for a batch."""
    if key is not None and await services.batches.answered(actor, key):
        response.headers[REPLAYED] = "true"
    return key


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
BatchKey = Annotated[str | None, Depends(batch_key)]
