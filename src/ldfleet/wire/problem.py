"""Failures on the wire: RFC 9457 problem documents, and the failure of an operation."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

from ldfleet.errors import (
    AppTooLarge,
    FleetError,
    Kind,
    MethodUnsupported,
    RequestTooLarge,
    SelectionTooLarge,
    UnknownFailure,
    VersionMissing,
)
from ldfleet.wire.shapes import Output

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[Kind, int] = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.DENIED: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.REMOTE: 502,
    Kind.UNAVAILABLE: 503,
    Kind.TIMED_OUT: 504,
    Kind.EXHAUSTED: 507,
    Kind.INTERNAL: 500,
}
_SPECIAL: Mapping[type[FleetError], int] = {
    AppTooLarge: 413,
    MethodUnsupported: 405,
    RequestTooLarge: 413,
    SelectionTooLarge: 413,
    VersionMissing: 428,
}
RETRYABLE = frozenset({Kind.LIMITED, Kind.UNAVAILABLE, Kind.TIMED_OUT})


class Failure(Output):
    """Why an operation failed: decide by `code` and the code's own fields, never by `detail`."""

    model_config = ConfigDict(extra="allow")

    code: str
    title: str
    detail: str
    hint: str | None

    def error(self) -> FleetError:
        """The failure as the error it was."""
        error = FleetError.load({"code": self.code, **(self.model_extra or {})})
        if isinstance(error, UnknownFailure):
            error.add_note(self.detail)
        return error


class Problem(Failure):
    """Why a request was refused (RFC 9457), with the code's own fields beside these."""

    type: str
    status: int
    instance: str | None
    correlation_id: str | None
    retryable: bool

    def error(self) -> FleetError:
        """The problem as the error it was, with the id of the request."""
        error = super().error()
        return error.of_request(self.correlation_id) if self.correlation_id else error


def failure_of(dumped: Mapping[str, Any]) -> Failure:
    """From what is stored with an operation (`FleetError.dump`)."""
    return Failure.model_validate(_told(FleetError.load(dumped)))


def status_of(error: type[FleetError]) -> int:
    """The HTTP status of an error."""
    return _SPECIAL.get(error, STATUS[error.kind])


def problem_of(
    error: FleetError,
    *,
    instance: str | None = None,
    correlation_id: str | None = None,
    status: int | None = None,
) -> Problem:
    """The document of an error, as the answer to a request."""
    document: dict[str, Any] = {
        **_told(error),
        "type": f"/problems/{error.code}",
        "status": status or status_of(type(error)),
        "instance": instance,
        "correlation_id": correlation_id,
        "retryable": error.kind in RETRYABLE,
    }
    return Problem.model_validate(document)


def _told(error: FleetError) -> dict[str, Any]:
    return {
        **error.values(),
        "code": error.code,
        "title": error.title,
        "detail": str(error),
        "hint": error.hint,
    }
