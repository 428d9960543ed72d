"""A list as somebody likes to see it: a filter and an order under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from ldfleet.domain.filter import parse
from ldfleet.domain.ids import UserId, ViewId
from ldfleet.domain.listing import EMULATORS, OPERATIONS, WORKSTATIONS, Noun
from ldfleet.domain.sort import parse_sort


class ViewPage(StrEnum):
    """The list that is seen."""

    EMULATORS = auto()
    WORKSTATIONS = auto()
    OPERATIONS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One person's; shared, it is there for all to see."""

    id: ViewId
    user_id: UserId
    owner: str
    """The name of that user."""
    name: str
    page: ViewPage
    filter: str = ""
    sort: str = ""
    shared: bool = False
    """Everybody sees it; its owner alone changes it."""
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def check(self, *, now: datetime) -> None:
        """Whether its list knows such a filter and order. Raises FilterInvalid, SortInvalid."""
        noun = _NOUNS[self.page]
        parse(self.filter, noun, now=now)
        parse_sort(self.sort, noun)


_NOUNS: Mapping[ViewPage, Noun] = {
    ViewPage.EMULATORS: EMULATORS,
    ViewPage.WORKSTATIONS: WORKSTATIONS,
    ViewPage.OPERATIONS: OPERATIONS,
}
