"""Exit codes: documented, tested, stable (conventions.md 2.3)."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

from ldfleet.domain.operation import OperationStatus
from ldfleet.errors import ConfigurationError, FleetError, Kind


class Exit(IntEnum):
    """What a script can decide by."""

    OK = 0
    GENERAL = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    PARTIAL = 7
    WAIT_TIMED_OUT = 8
    CANCELLED = 9
    UNREACHABLE = 10
    CONFIGURATION = 11
    FINDINGS = 12
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.OK: "ok",
    Exit.GENERAL: "failed",
    Exit.USAGE: "wrong usage or input",
    Exit.NOT_SIGNED_IN: "not signed in or token refused",
    Exit.NOT_ALLOWED: "not allowed",
    Exit.NOT_FOUND: "not found",
    Exit.CONFLICT: "conflict or wrong state",
    Exit.PARTIAL: "some targets failed",
    Exit.WAIT_TIMED_OUT: "only the wait timed out, the operation goes on",
    Exit.CANCELLED: "cancelled",
    Exit.UNREACHABLE: "server or network unreachable",
    Exit.CONFIGURATION: "wrong configuration",
    Exit.FINDINGS: "the check found problems",
    Exit.INTERRUPTED: "interrupted",
}

BY_KIND: Mapping[Kind, Exit] = {
    Kind.INVALID: Exit.USAGE,
    Kind.UNAUTHENTICATED: Exit.NOT_SIGNED_IN,
    Kind.DENIED: Exit.NOT_ALLOWED,
    Kind.NOT_FOUND: Exit.NOT_FOUND,
    Kind.CONFLICT: Exit.CONFLICT,
    Kind.LIMITED: Exit.UNREACHABLE,
    Kind.REMOTE: Exit.GENERAL,
    Kind.UNAVAILABLE: Exit.UNREACHABLE,
    Kind.TIMED_OUT: Exit.GENERAL,
    Kind.EXHAUSTED: Exit.GENERAL,
    Kind.INTERNAL: Exit.GENERAL,
}


def of_error(error: FleetError) -> Exit:
    """The exit code of a refused or failed request."""
    return of_type(type(error))


def of_type(error: type[FleetError]) -> Exit:
    """The exit code of every error of a class."""
    return Exit.CONFIGURATION if issubclass(error, ConfigurationError) else BY_KIND[error.kind]


def of_status(status: OperationStatus) -> Exit:
    """The exit code of one operation."""
    if not status.over:
        return Exit.WAIT_TIMED_OUT
    ended = {OperationStatus.SUCCEEDED: Exit.OK, OperationStatus.CANCELLED: Exit.CANCELLED}
    return ended.get(status, Exit.GENERAL)


def of_many(exits: Sequence[Exit]) -> Exit:
    """The exit code of several targets: theirs, if they agree."""
    different = set(exits)
    if len(different) <= 1:
        return different.pop() if different else Exit.OK
    if Exit.OK in different:
        return Exit.WAIT_TIMED_OUT if different == {Exit.OK, Exit.WAIT_TIMED_OUT} else Exit.PARTIAL
    return Exit.GENERAL
