"""The sites on record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.nouns import SITES
from ldfleet.domain.site import Site
from ldfleet.ports import Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import sites, workstations

_c = sites.c
_LISTING = Listing(
    noun=SITES,
    columns={
        "name": _c.name,
        "notes": _c.notes,
        "created": _c.created_at,
    },
    own=Order("sites", (_c.name,)),
    id=_c.name,
)


class StoredSites:
    """`ports.Sites` in the table of sites."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, name: str, *, lock: bool = False) -> Site:
        wanted = sa.select(sites).where(_c.name == name)
        row = await self._transaction.row(wanted.with_for_update() if lock else wanted)
        if row is None:
            raise errors.SiteNotFound(site=name)
        return _site_of(row)

    async def list(
        self, *, among: Collection[str] | None = None, **how: Unpack[Listed]
    ) -> Page[Site]:
        wanted = sa.select(sites)
        if among is not None:
            wanted = wanted.where(_c.name.in_(among))
        named = None if among is None else sorted(among)
        return await listed(self._transaction, wanted, _LISTING, _site_of, how, named)

    async def add(self, site: Site) -> None:
        row = {"name": site.name, "notes": site.notes, "created_at": site.created_at}
        taken = errors.SiteNameTaken(name=site.name)
        await self._transaction.execute(sa.insert(sites), [row], conflict=taken)

    async def put(self, site: Site) -> None:
        changed = sa.update(sites).where(_c.name == site.name).values(notes=site.notes)
        await self._transaction.execute(changed)

    async def remove(self, name: str) -> None:
        await self._transaction.execute(sa.delete(sites).where(_c.name == name))

    async def crowds(self, names: Sequence[str]) -> Mapping[str, int]:
        where = workstations.c.site
        counted = sa.select(where, sa.func.count().label("number")).where(where.in_(names))
        rows = await self._transaction.rows(counted.group_by(where))
        return dict.fromkeys(names, 0) | {row["site"]: row["number"] for row in rows}


def _site_of(row: Mapping[str, Any]) -> Site:
    return Site(name=row["name"], notes=row["notes"], created_at=row["created_at"])
