"""Places in a list, opaque to who holds them: the last row's sort key, and the list's name."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.storage.columns import from_micros, to_micros

_MOST = 2**63 - 1


class Order:
    """The order of one list: columns that together tell every two rows apart."""

    def __init__(
        self, name: str, columns: Sequence[sa.ColumnElement[Any]], *, descending: bool = False
    ) -> None:
        self._name = name
        self._columns = columns
        self._descending = descending

    def page(self, statement: sa.Select[Any], cursor: str | None, limit: int) -> sa.Select[Any]:
        """The query for the page after `cursor`, with one row more to see whether it is the last.

        Raises:
            CursorInvalid: this list did not give it out.
        """
        if cursor is not None:
            key = sa.tuple_(*self._columns)
            place = sa.tuple_(*(sa.literal(v, c.type) for v, c in self._read(cursor)))
            statement = statement.where(key < place if self._descending else key > place)
        turned = (c.desc() if self._descending else c.asc() for c in self._columns)
        return statement.order_by(*turned).limit(limit + 1)

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
    fits = type(plain) is wanted and (wanted is not int or abs(plain) <= _MOST)
    if not fits or (wanted is str and not _keepable(plain)):
        raise errors.CursorInvalid
    return plain


def _keepable(text: str) -> bool:
    text.encode()  # a lone surrogate is a ValueError
    return "\x00" not in text
