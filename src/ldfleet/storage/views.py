"""What people saved of lists."""

from collections.abc import Mapping
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import UserId, ViewId
from ldfleet.domain.nouns import VIEWS
from ldfleet.domain.view import View, ViewPage
from ldfleet.ports import Listed, Page
from ldfleet.storage.access_tables import users, views
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed

_c = views.c
_LISTING = Listing(
    noun=VIEWS,
    columns={
        "name": _c.name,
        "page": _c.page,
        "owner": users.c.name,
        "shared": _c.shared,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
    },
    own=Order("views", (_c.name, _c.id)),
    id=_c.id,
)
_OWNED = sa.select(views, users.c.name.label("owner")).join(users)


class StoredViews:
    """`ports.Views` in their table."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, view_id: str) -> View:
        row = await self._transaction.row(_OWNED.where(_c.id == view_id))
        if row is None:
            raise errors.ViewNotFound(view=view_id)
        return _view_of(row)

    async def list(
        self, user_id: UserId, *, page: ViewPage | None = None, **how: Unpack[Listed]
    ) -> Page[View]:
        seen = _OWNED.where(sa.or_(_c.user_id == user_id, _c.shared))
        if page is not None:
            seen = seen.where(_c.page == page.value)
        return await listed(self._transaction, seen, _LISTING, _view_of, how, user_id, page)

    async def add(self, view: View) -> None:
        row = {
            "id": view.id,
            "user_id": view.user_id,
            "page": view.page.value,
            "version": view.version,
            "created_at": view.created_at,
            **_row_of(view),
        }
        await self._transaction.execute(sa.insert(views), [row], conflict=_taken(view))

    async def change(self, view: View, *, expected_version: int) -> View:
        statement = (
            sa.update(views)
            .where(_c.id == view.id, _c.version == expected_version)
            .values(**_row_of(view), version=expected_version + 1)
        )
        result = await self._transaction.execute(statement, conflict=_taken(view))
        stored = await self.get(view.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The view {view.id}")
        return stored

    async def remove(self, view_id: ViewId) -> None:
        await self._transaction.execute(sa.delete(views).where(_c.id == view_id))


def _taken(view: View) -> errors.ViewNameTaken:
    return errors.ViewNameTaken(name=view.name, page=view.page.value)


def _view_of(row: Mapping[str, Any]) -> View:
    return View(
        id=ViewId(row["id"]),
        user_id=UserId(row["user_id"]),
        owner=row["owner"],
        name=row["name"],
        page=ViewPage(row["page"]),
        filter=row["query"]["filter"],
        sort=row["query"]["sort"],
        shared=row["shared"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _row_of(view: View) -> dict[str, Any]:
    return {
        "name": view.name,
        "query": {"filter": view.filter, "sort": view.sort},
        "shared": view.shared,
        "updated_at": view.updated_at,
    }
