"""A request as a value: what is asked, and how its answer is read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request to the API."""

    method: str = "GET"
    path: str
    read: Callable[[bytes], T]
    """Makes the answer of its bytes; raises ValueError where they are not one."""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    file: Path | None = None
    """What is sent instead of a body, piece by piece."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    acts: bool = False
    """It starts an operation: an Idempotency-Key makes it safe to repeat."""
    also: frozenset[int] = frozenset()
    """Statuses besides success that are answers, not refusals."""
    patience: float = 0.0
    """Seconds the server may take beyond what is usual."""

    @property
    def repeatable(self) -> bool:
        """Whether it does no harm to send it twice."""
        return self.acts or self.method in {"GET", "DELETE"}

    def having(self, **params: str) -> Self:
        """The same with more query parameters."""
        return replace(self, params={**self.params, **params})

    def keyed(self, key: str) -> Self:
        """The same under an Idempotency-Key, if it acts and has none."""
        if not self.acts or "Idempotency-Key" in self.headers:
            return self
        return replace(self, headers={**self.headers, "Idempotency-Key": key})


def path(*segments: str) -> str:
    """A path below the API's prefix; a segment can't leave its place."""
    return "/".join(["/api", *(quote(segment, safe="") for segment in segments)])


def params_of(asked: BaseModel) -> dict[str, str]:
    """A filter as query parameters: only what was set."""
    given = asked.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return {name: _text(value) for name, value in given.items()}


def body_of(sent: BaseModel) -> bytes:
    """What is sent, as JSON: only what was set, secrets in the clear."""
    return json.dumps(sent.model_dump(exclude_unset=True), default=_plain).encode()


def keyed(key: str | None) -> dict[str, str]:
    """The header of a caller's own Idempotency-Key."""
    return {} if key is None else {"Idempotency-Key": key}


def matching(version: int | None) -> dict[str, str]:
    """The header of a change: of this version, or of whatever it is now."""
    return {"If-Match": "*" if version is None else f'"{version}"'}


def nothing(_content: bytes) -> None:
    """Read an answer without a body."""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    raise TypeError(type(value).__name__)
