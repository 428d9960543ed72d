"""The order of a list, as it is asked for: `-status,name`."""

from dataclasses import dataclass

from ldfleet import errors
from ldfleet.domain.listing import Noun

MOST_KEYS = 4


@dataclass(frozen=True, slots=True)
class SortKey:
    """A field to sort by. Where it is not known, things come last either way."""

    field: str
    descending: bool = False


Sort = tuple[SortKey, ...]
"""By the first, then the next; none: the list's own order."""


def parse_sort(text: str, noun: Noun) -> Sort:
    """The order that a text asks for. Raises SortInvalid."""
    keys = tuple(_key(part.strip(), noun) for part in text.split(",")) if text.strip() else ()
    if len(keys) > MOST_KEYS:
        raise errors.SortInvalid(
            word=text, reason=f"there must not be more than {MOST_KEYS}", known=noun.sorted_by
        )
    return keys


def _key(part: str, noun: Noun) -> SortKey:
    descending = part.startswith("-")
    field = noun.find(part.removeprefix("-"))
    if field is None or not field.sortable:
        raise errors.SortInvalid(
            word=part, reason=f"{noun.name} can't be sorted by it", known=noun.sorted_by
        )
    return SortKey(field.name, descending=descending)
