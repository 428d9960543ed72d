"""Pages of a list, and how much there is of it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from ldfleet.domain.filter import EVERYTHING
from ldfleet.ports import Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing

T = TypeVar("T")


async def page_of(
    transaction: Transaction,
    statement: sa.Select[Any],
    order: Order,
    of: Callable[[Mapping[str, Any]], T],
    *,
    cursor: str | None,
    limit: int,
    count: bool,
    key: sa.ColumnElement[str] | None = None,
) -> Page[T]:
    """What the rows after `cursor` say; with `count`, how many there are on all pages too.

    With `key`, the rows' id, only ids are sorted, and then the page's rows are read whole: of
    thousands of wide rows that takes half the time.
    """
    shown = {column.key for column in statement.selected_columns}
    more = [column for column in order.columns if column.key not in shown]
    whole = statement.add_columns(*more)
    if key is None:
        rows = await transaction.rows(order.page(whole, cursor, limit))
    else:
        ids = order.page(
            statement.with_only_columns(key, maintain_column_froms=True), cursor, limit
        )
        chosen = [row[key.key or ""] for row in await transaction.rows(ids)]
        rows = await transaction.rows(order.page(whole.where(key.in_(chosen)), None, limit))
    total = None
    if count:
        counted = statement.with_only_columns(sa.func.count(), maintain_column_froms=True)
        total = await transaction.value(counted)
    items = [of(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=order.next_cursor(rows, limit), total=total)


async def listed(
    transaction: Transaction,
    statement: sa.Select[Any],
    listing: Listing,
    of: Callable[[Mapping[str, Any]], T],
    how: Listed,
    *conditions: object,
) -> Page[T]:
    """The piece that was asked for; `conditions` are what the statement goes by besides.

    A cursor fits only a list under the same conditions, by the same filter and in the same order.
    """
    matching = how.get("matching", EVERYTHING)
    return await page_of(
        transaction,
        statement.where(*listing.matching(matching, on_postgresql=transaction.on_postgresql)),
        listing.order(how.get("sort", ()), matching.text, *conditions),
        of,
        cursor=how.get("cursor"),
        limit=how.get("limit", 50),
        count=how.get("count", False),
    )
