"""Filters, sorts and scopes as SQL: the same on both databases, values as parameters only."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ldfleet.domain.actor import Scope
from ldfleet.domain.filter import Filter, Pattern, Range, Term, Wanted
from ldfleet.domain.listing import FieldKind, Noun
from ldfleet.domain.sort import Sort
from ldfleet.storage.cursors import Order

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

_ESCAPE = "\\"
_IN_PLACE_OF_NULL: Mapping[type, Any] = {
    str: "",
    int: 0,
    datetime: datetime(1970, 1, 1, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a noun's fields stand in the database. The column of a name is folded already."""

    noun: Noun
    columns: Mapping[str, Column]
    nullable: frozenset[str] = frozenset()
    own: Order
    """The order without a sort."""
    id: Column

    def matching(self, wanted: Filter, *, on_postgresql: bool) -> list[Condition]:
        """What holds of the rows that a filter means."""
        return [self._term(term, on_postgresql=on_postgresql) for term in wanted.terms]

    def order(self, sort: Sort, *conditions: object) -> Order:
        """The order that was asked for; its cursors fit only a list under the same conditions."""
        said = repr((sort, conditions)).encode()
        name = f"{self.noun.name} {hashlib.blake2b(said, digest_size=6).hexdigest()}"
        if not sort:
            return self.own.named(name)
        columns: list[Column] = []
        turned: list[bool] = []
        for key in sort:
            column = self.columns[key.field]
            if key.field in self.nullable:
                columns.append(sa.case((column.is_(None), 1), else_=0).label(f"{key.field}_null"))
                turned.append(False)
                least = _IN_PLACE_OF_NULL[column.type.python_type]
                column = sa.func.coalesce(column, sa.literal(least, column.type))
            columns.append(column.label(f"by_{key.field}"))
            turned.append(key.descending)
        return Order(name, (*columns, self.id), descending=(*turned, turned[-1]))

    def _term(self, term: Term, *, on_postgresql: bool) -> Condition:
        column, kind = self.columns[term.field.name], term.field.kind
        found = sa.or_(
            *(_meets(column, kind, each, on_postgresql=on_postgresql) for each in term.wanted)
        )
        # What is not known meets nothing, and so it is never what is ruled out.
        return sa.not_(sa.func.coalesce(found, sa.false())) if term.negated else found


def within(scope: Scope | None, *, site: Column, tags: Sequence[Column]) -> list[Condition]:
    """What holds of the rows in a scope: at one of its sites, or with one of its tags."""
    if scope is None:
        return []
    tagged = [_has_tag(column, tag) for column in tags for tag in sorted(scope.tags)]
    return [sa.or_(site.in_(sorted(scope.sites)), *tagged)]


def _meets(column: Column, kind: FieldKind, wanted: Wanted, *, on_postgresql: bool) -> Condition:
    if isinstance(wanted, bool):
        return column.is_(wanted)
    if isinstance(wanted, Range):
        return _in_range(column, wanted)
    if kind is FieldKind.TAGS:
        if wanted.exact:
            return _has_tag(column, wanted.parts[0])
        return _some_tag_like(column, wanted, on_postgresql=on_postgresql)
    if kind is FieldKind.CHOICE or kind is FieldKind.NAME:
        return _is_like(column, wanted)
    return _is_like(sa.func.lower(column), wanted)


def _is_like(column: Column, wanted: Pattern) -> Condition:
    return column == wanted.parts[0] if wanted.exact else column.like(_like(wanted), escape=_ESCAPE)


def _like(wanted: Pattern) -> str:
    return "%".join(_literal(part) for part in wanted.parts)


def _literal(part: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        part = part.replace(sign, _ESCAPE + sign)
    return part


def _in_range(column: Column, wanted: Range[Any]) -> Condition:
    bounds: list[Condition] = []
    if wanted.low is not None:
        low = sa.literal(wanted.low, _type_of(column, wanted.low))
        bounds.append(column > low if wanted.open_low else column >= low)
    if wanted.high is not None:
        high = sa.literal(wanted.high, _type_of(column, wanted.high))
        bounds.append(column < high if wanted.open_high else column <= high)
    return sa.and_(*bounds)


def _type_of(column: Column, bound: object) -> sa.types.TypeEngine[Any]:
    return sa.Double() if isinstance(bound, float) else column.type


def _has_tag(column: Column, tag: str) -> Condition:
    # JSON text: a tag holds nothing that JSON escapes.
    return sa.cast(column, sa.Text).like(f'%"{_literal(tag)}"%', escape=_ESCAPE)


def _some_tag_like(column: Column, wanted: Pattern, *, on_postgresql: bool) -> Condition:
    if on_postgresql:
        tags = sa.func.json_array_elements_text(column).table_valued("value")
    else:
        tags = sa.func.json_each(column).table_valued("value")
    like = sa.cast(tags.c.value, sa.Text).like(_like(wanted), escape=_ESCAPE)
    return sa.exists().select_from(tags).where(like)
