"""Lists as they are answered: written once, without a second look at what is known to fit."""

from collections.abc import Callable
from typing import Any, Generic, TypedDict, TypeVar

from fastapi import Response
from pydantic import BaseModel, TypeAdapter

from ldfleet import errors, ports
from ldfleet.api import problems
from ldfleet.api.services import Services
from ldfleet.domain.filter import parse
from ldfleet.domain.listing import Noun
from ldfleet.domain.sort import parse_sort
from ldfleet.ports import Listed
from ldfleet.wire.emulators import EmulatorOut
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import ListFilter, Page
from ldfleet.wire.workstations import WorkstationOut

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

LISTING = (errors.CursorInvalid, errors.FilterInvalid, errors.SortInvalid, errors.FieldInvalid)
LISTED = problems.of(*LISTING)


class Piece(TypedDict):
    """How much of a list, as services take it."""

    cursor: str | None
    limit: int
    count: bool


def piece(which: ListFilter) -> Piece:
    """How much was asked for."""
    return {"cursor": which.cursor, "limit": which.limit, "count": which.count == "exact"}


def how(which: ListFilter, noun: Noun, services: Services) -> Listed:
    """What was asked for, as services take it. Raises FilterInvalid, SortInvalid."""
    return {
        "matching": parse(which.filter, noun, now=services.clock.now()),
        "sort": parse_sort(which.sort, noun),
        **piece(which),
    }


class ListAnswer(Generic[M]):
    """Writes the pages of one kind of thing."""

    def __init__(self, model: type[M]) -> None:
        self._known = frozenset(model.model_fields)
        self._adapter: TypeAdapter[Page[M]] = TypeAdapter(Page[model])  # type: ignore[valid-type]  # a type that is a value

    def answer(self, page: ports.Page[T], shape: Callable[[T], M], fields: str) -> Response:
        """The page; with `fields`, only these of each thing. Raises FieldInvalid."""
        items = [shape(item) for item in page.items]
        shown = Page(items=items, next_cursor=page.next_cursor, total=page.total)
        return Response(
            self._adapter.dump_json(shown, include=self._included(fields)),
            media_type="application/json",
        )

    def _included(self, fields: str) -> dict[str, Any] | None:
        if not fields:
            return None
        wanted = {name.strip() for name in fields.split(",")}
        unknown = sorted(wanted - self._known)
        if unknown:
            known = ", ".join(sorted(self._known))
            reason = f"there is no {unknown[0]!r}; there are {known}"
            raise errors.FieldInvalid(field="fields", reason=reason)
        return {"items": {"__all__": wanted}, "next_cursor": True, "total": True}


EMULATOR_LIST = ListAnswer(EmulatorOut)
WORKSTATION_LIST = ListAnswer(WorkstationOut)
OPERATION_LIST = ListAnswer(OperationOut)
