"""Errors as RFC 9457 problem documents."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from ldfleet import errors, telemetry
from ldfleet.api.authorisation import declared
from ldfleet.api.dependencies import the_services
from ldfleet.errors import FleetError, Kind
from ldfleet.wire.problem import MEDIA_TYPE, problem_of, status_of
from ldfleet.wording import rule_of

log = telemetry.logger("ldfleet.api")

_METHOD_UNKNOWN, _PRECONDITION_FAILED = 405, 412
_HEADERS: Mapping[Kind, Mapping[str, str]] = {
    Kind.UNAUTHENTICATED: {"WWW-Authenticate": "Bearer"},
    Kind.LIMITED: {"Retry-After": "5"},
    Kind.UNAVAILABLE: {"Retry-After": "5"},
}
_EVERYWHERE = (
    errors.ValidationFailed,
    errors.InternalError,
    errors.DatabaseBusy,
    errors.DatabaseFull,
    errors.DatabaseUnreachable,
)
_PROTECTED = (
    errors.TokenMissing,
    errors.TokenInvalid,
    errors.TokenExpired,
    errors.SessionEnded,
    errors.PermissionDenied,
    errors.ScopeTooNarrow,
    errors.PasswordChangeNeeded,
    errors.CsrfTokenWrong,
    errors.RateLimited,
)
_SHOWN_FAULTS = 3
BODY_LIMIT = 1024 * 1024
UPLOADS = frozenset({("POST", "/api/apps")})
"""Routes that read their bodies piece by piece, and bound them themselves."""


def install(app: FastAPI) -> None:
    """Have every failure of the application answered by a problem."""
    app.add_exception_handler(FleetError, _on_fleet_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(StarletteHTTPException, _on_http_exception)


def of(*raised: type[FleetError], public: bool = False) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success, for OpenAPI."""
    by_status: dict[int | str, list[str]] = {}
    for error in (*raised, *_EVERYWHERE, *(() if public else _PROTECTED)):
        by_status.setdefault(status_of(error), []).append(error.code)
    if errors.RecordChanged in raised:
        by_status[_PRECONDITION_FAILED] = [errors.RecordChanged.code]
        by_status[status_of(errors.VersionMissing)] = [errors.VersionMissing.code]
    return {status: _documented(sorted(codes)) for status, codes in by_status.items()}


def documented(error: type[FleetError]) -> dict[str, dict[str, Any]]:
    """An answer that a layer around the routes gives, for OpenAPI."""
    return {str(status_of(error)): _documented([error.code])}


def answer(
    error: FleetError, *, path: str, correlation_id: str | None, status: int | None = None
) -> Response:
    """The problem of an error."""
    problem = problem_of(error, status=status, instance=path, correlation_id=correlation_id)
    return Response(
        problem.model_dump_json(),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=_headers_of(error),
    )


def _headers_of(error: FleetError) -> dict[str, str]:
    headers = dict(_HEADERS.get(error.kind, {}))
    if isinstance(error, errors.TooManyAttempts | errors.RateLimited):
        headers["Retry-After"] = str(error.retry_after_s)
    return headers


def validation_failed(faults: Sequence[ErrorDetails], *, skip: int = 0) -> FleetError:
    """What pydantic found, without the values it found: they may be secret.

    `skip` leading parts of each place are left out.
    """
    found = [{"field": _place(fault["loc"], skip), "reason": _reason(fault)} for fault in faults]
    shown = [f"{fault['field']}: {fault['reason']}" for fault in found[:_SHOWN_FAULTS]]
    if len(found) > _SHOWN_FAULTS:
        shown.append(f"{len(found) - _SHOWN_FAULTS} more")
    return errors.ValidationFailed(summary="; ".join(shown), errors=found)


async def _on_fleet_error(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, FleetError):
        raise TypeError(type(exc).__name__) from exc
    if isinstance(exc, errors.PermissionDenied | errors.ScopeTooNarrow):
        try:
            await _write_down(request, exc)
        except errors.DatabaseError as away:
            return _answer(request, away)
    if isinstance(exc, errors.DatabaseUnreachable):
        log.warning("database.failed", code=exc.code, reason=exc.reason)
    stale = isinstance(exc, errors.RecordChanged) and "If-Match" in request.headers
    return _answer(request, exc, status=_PRECONDITION_FAILED if stale else None)


async def _write_down(request: Request, refusal: FleetError) -> None:
    """By the route or deep in a use case: the audit log tells who was refused what."""
    services, actor = await the_services(request), getattr(request.state, "actor", None)
    if actor is None:
        return
    await services.audit.refuse(
        actor,
        f"request.{request.scope['route'].name}",
        refusal,
        at=services.clock.now(),
        subject=next(iter(request.path_params.values()), None),
    )


async def _on_invalid_request(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, RequestValidationError):
        raise TypeError(type(exc).__name__) from exc
    return _answer(request, validation_failed(exc.errors(), skip=1))


async def _on_http_exception(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, StarletteHTTPException):
        raise TypeError(type(exc).__name__) from exc
    response = _answer(request, _error_of_status(exc.status_code, request))
    response.headers.update(exc.headers or {})
    if exc.status_code == _METHOD_UNKNOWN:
        response.headers["Allow"] = ", ".join(_allowed(request))
    return response


def _allowed(request: Request) -> Sequence[str]:
    """By all routes of the path: Starlette names those of the first."""
    app: FastAPI = request.app
    path = request.url.path
    known = {one.method for one in declared(app.routes) if _pattern(one.path).match(path)}
    return sorted(known | ({"HEAD"} if "GET" in known else set()))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


def _error_of_status(status: int, request: Request) -> FleetError:
    known: Mapping[int, FleetError] = {
        404: errors.PathUnknown(path=request.url.path),
        405: errors.MethodUnsupported(method=request.method, path=request.url.path),
        413: errors.RequestTooLarge(limit=BODY_LIMIT),
    }
    unreadable = {"field": "body", "reason": "it can't be read"}
    return known.get(status) or errors.ValidationFailed(
        summary="the body can't be read", errors=[unreadable]
    )


def _answer(request: Request, error: FleetError, *, status: int | None = None) -> Response:
    correlation_id: str | None = getattr(request.state, "correlation_id", None)
    return answer(error, status=status, path=request.url.path, correlation_id=correlation_id)


def _place(loc: Sequence[int | str], skip: int) -> str:
    return ".".join(str(part) for part in loc[skip:]) or str(loc[0] if loc else "body")


def _reason(fault: ErrorDetails) -> str:
    return rule_of(fault["type"], fault["msg"], fault.get("ctx"))


def _documented(codes: Sequence[str]) -> dict[str, Any]:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": list(codes)}}},
        ]
    }
    return {"description": ", ".join(codes), "content": {MEDIA_TYPE: {"schema": schema}}}
