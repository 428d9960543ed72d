"""All kinds of problems, as the reference tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import GenericAlias
from typing import Any

from ldfleet import errors
from ldfleet.errors import FleetError
from ldfleet.wire.problem import RETRYABLE, status_of

_TYPES: Mapping[Any, str] = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
_GROUPS: Sequence[type[FleetError]] = (
    errors.ConfigurationError,
    errors.WorkstationError,
    errors.EmulatorError,
    errors.OperationError,
    errors.ValidationError,
    errors.AuthenticationError,
    errors.DatabaseError,
    errors.FileSystemError,
    errors.NetworkError,
    errors.ResourceError,
    FleetError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemType:
    """What one code means, wherever it is met."""

    code: str
    title: str
    group: str
    status: int
    retryable: bool
    meaning: str
    """The sentence, with the names of fields in braces."""
    remedy: str
    fields: Mapping[str, str]
    error: type[FleetError]


def problem_types() -> Sequence[ProblemType]:
    """Every specific one, group by group; groups are not raised themselves."""
    specific = [error for error in errors.catalogue().values() if error not in _GROUPS]
    return [
        _described(error, group)
        for group in _GROUPS
        for error in sorted(specific, key=lambda error: error.code)
        if next(base for base in error.__mro__[1:] if base in _GROUPS) is group
    ]


def _described(error: type[FleetError], group: type[FleetError]) -> ProblemType:
    return ProblemType(
        code=error.code,
        title=error.title,
        group="System" if group is FleetError else group.title.removesuffix(" error"),
        status=status_of(error),
        retryable=error.kind in RETRYABLE,
        meaning=error.sentence,
        remedy=error.hint or "",
        fields={field.name: _type_name(field.type) for field in fields(error)},
        error=error,
    )


def _type_name(annotation: Any) -> str:
    return "list" if isinstance(annotation, GenericAlias) else _TYPES.get(annotation, "text")
