"""Places in a list, opaque to who holds them: the last row's sort key, and the list's name.

The name says what is listed, by which filter and in which order: a cursor fits no other list.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.storage.columns import MOST, from_micros, to_micros


class Order:
    """The order of one list: columns that together tell every two rows apart, none of them null."""

    def __init__(
        self,
        name: str,
        columns: Sequence[sa.ColumnElement[Any]],
        *,
        descending: bool | Sequence[bool] = False,
    ) -> None:
        """`descending` is said of all columns, or of each."""
        self._name = name
        self._columns = columns
        self._descending: tuple[bool, ...] = (
            (descending,) * len(columns) if isinstance(descending, bool) else tuple(descending)
        )

    @property
    def columns(self) -> Sequence[sa.ColumnElement[Any]]:
        """What the rows of its pages must hold."""
        return self._columns

    def named(self, name: str) -> "Order":
        """The same order of another list."""
        return Order(name, self._columns, descending=self._descending)

    def page(self, statement: sa.Select[Any], cursor: str | None, limit: int) -> sa.Select[Any]:
        """The query for the page after `cursor`, with one row more to see whether it is the last.

        Raises:
            CursorInvalid: this list did not give it out.
        """
        if cursor is not None:
            statement = statement.where(self._after(cursor))
        turned = (
            column.desc() if descending else column.asc()
            for column, descending in zip(self._columns, self._descending, strict=True)
        )
        return statement.order_by(*turned).limit(limit + 1)

    def _after(self, cursor: str) -> sa.ColumnElement[bool]:
        place = [sa.literal(value, column.type) for value, column in self._read(cursor)]
        first, start = self._columns[0], place[0]
        if not any(self._descending):
            # The first column's own bound lets an index on it find the start of the page.
            return sa.and_(first >= start, sa.tuple_(*self._columns) > sa.tuple_(*place))
        if all(self._descending):
            return sa.and_(first <= start, sa.tuple_(*self._columns) < sa.tuple_(*place))
        behind: sa.ColumnElement[bool] = sa.false()
        for column, at, descending in reversed(
            list(zip(self._columns, place, self._descending, strict=True))
        ):
            further = column < at if descending else column > at
            behind = sa.or_(further, sa.and_(column == at, behind))
        return behind

    def next_cursor(self, rows: Sequence[Mapping[str, Any]], limit: int) -> str | None:
        """The cursor behind the page, where the query brought a row more."""
        if len(rows) <= limit or limit < 1:
            return None
        last = rows[limit - 1]
        key = [_plain(last[column.key or ""]) for column in self._columns]
        text = json.dumps([self._name, *key], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    def _read(self, cursor: str) -> list[tuple[Any, sa.ColumnElement[Any]]]:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            given = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            name, *key = given
            pairs = list(zip(key, self._columns, strict=True))
            if name != self._name:
                raise errors.CursorInvalid
            return [(_value(plain, column), column) for plain, column in pairs]
        except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise errors.CursorInvalid from error


def _plain(value: Any) -> Any:
    return to_micros(value) if isinstance(value, datetime) else value


def _value(plain: Any, column: sa.ColumnElement[Any]) -> Any:
    wanted = column.type.python_type
    if wanted is datetime and type(plain) is int:
        return from_micros(plain)
    fits = type(plain) is wanted and (wanted is not int or abs(plain) <= MOST)
    if not fits or (wanted is str and not _keepable(plain)):
        raise errors.CursorInvalid
    return plain


def _keepable(text: str) -> bool:
    text.encode()  # a lone surrogate is a ValueError
    return "\x00" not in text
