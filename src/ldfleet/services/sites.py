"""The sites: where workstations stand, and which workers are alive there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.site import DEFAULT, Site
from ldfleet.ports import Clock, Listed, Page, Storage, UnitOfWork, Worker, Workers
from ldfleet.services import descriptions, fields
from ldfleet.services.noting import note

_NAMED = 10  # sites that a refusal names


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """A site with what is there now."""

    site: Site
    workstations: int
    workers: Sequence[Worker]


class Sites:
    """A site's name is its id: workers are started with it, and it can't be changed."""

    def __init__(self, *, storage: Storage, workers: Workers, clock: Clock) -> None:
        self._storage = storage
        self._workers = workers
        self._clock = clock

    async def list(self, actor: Actor, **how: Unpack[Listed]) -> Page[SiteReport]:
        """Who has a scope sees the sites that it names."""
        named = None if actor.scope is None else actor.scope.sites
        async with self._storage() as work:
            page = await work.sites.list(among=named, **how)
            crowds = await work.sites.crowds([site.name for site in page.items])
        workers = await self._workers([site.name for site in page.items])
        items = [
            SiteReport(site=site, workstations=crowds[site.name], workers=workers[site.name])
            for site in page.items
        ]
        return Page(items=items, next_cursor=page.next_cursor, total=page.total)

    async def get(self, actor: Actor, name: str) -> SiteReport:
        async with self._storage() as work:
            site = await work.sites.get(name)
            if actor.scope is not None and name not in actor.scope.sites:
                raise errors.SiteNotFound(site=name)
            crowds = await work.sites.crowds([name])
        return await self._report(site, crowds[name])

    async def add(self, actor: Actor, name: str, *, notes: str = "") -> SiteReport:
        """Put it on record. Raises FieldInvalid, SiteNameTaken."""
        site = Site(
            name=fields.site_of(name, field="name"),
            notes=fields.notes_of(notes),
            created_at=self._clock.now(),
        )
        async with self._storage() as work:
            await work.sites.add(site)
            note(
                work,
                actor,
                "site.add",
                site,
                at=self._clock.now(),
                after=descriptions.of_site(site),
            )
            crowds = await work.sites.crowds([site.name])
        return await self._report(site, crowds[site.name])

    async def change(self, actor: Actor, name: str, *, notes: str) -> SiteReport:
        """Replace its notes."""
        async with self._storage() as work:
            found = await work.sites.get(name, lock=True)
            site = replace(found, notes=fields.notes_of(notes))
            await work.sites.put(site)
            note(
                work,
                actor,
                "site.change",
                site,
                at=self._clock.now(),
                before=descriptions.of_site(found),
                after=descriptions.of_site(site),
            )
            crowds = await work.sites.crowds([name])
        return await self._report(site, crowds[name])

    async def remove(self, actor: Actor, name: str) -> None:
        """Take it off record. Raises SiteInUse, SiteNeeded."""
        async with self._storage() as work:
            site = await work.sites.get(name, lock=True)
            if site.name == DEFAULT:
                raise errors.SiteNeeded(site=site.name)
            crowds = await work.sites.crowds([name])
            if crowds[name]:
                raise errors.SiteInUse(site=name, workstations=crowds[name])
            await work.sites.remove(name)
            note(
                work,
                actor,
                "site.remove",
                site,
                at=self._clock.now(),
                before=descriptions.of_site(site),
            )

    async def _report(self, site: Site, workstations: int) -> SiteReport:
        workers = await self._workers([site.name])
        return SiteReport(site=site, workstations=workstations, workers=workers[site.name])


async def check_site(work: UnitOfWork, name: str) -> None:
    """Whether a workstation can stand there; the site stays until the unit of work ends.

    Raises:
        FieldInvalid: there is no such site.
    """
    try:
        await work.sites.get(name, lock=True)
    except errors.SiteNotFound as error:
        page = await work.sites.list(limit=_NAMED)
        known = ", ".join(site.name for site in page.items)
        more = ", …" if page.next_cursor else ""
        reason = f"there is no site {name}; add it first, or name one of: {known}{more}"
        raise errors.FieldInvalid(field="site", reason=reason) from error
