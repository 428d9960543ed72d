"""JSON merge patches of what people set (RFC 7396), by the version they are based on."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from fastapi import Response
from pydantic import BaseModel, ValidationError

from ldfleet.api import problems, shapes

M = TypeVar("M", bound=BaseModel)


class Versioned(Protocol):
    """What is changed by one at a time."""

    @property
    def version(self) -> int: ...


def patched(model: type[M], known: Mapping[str, Any], patch: BaseModel) -> M:
    """The description that is known with the patch over it. Raises ValidationFailed."""
    try:
        return model.model_validate(shapes.merged(known, patch.model_dump(exclude_unset=True)))
    except ValidationError as exc:
        raise problems.validation_failed(exc.errors(include_input=False)) from exc


def based_on(known: Versioned, version: int | None) -> int:
    """With If-Match: * what is merged here was read a moment ago, as that version."""
    return known.version if version is None else version


def tag(found: Versioned, response: Response) -> None:
    """Give the answer the ETag of what it shows."""
    response.headers["ETag"] = f'"{found.version}"'
