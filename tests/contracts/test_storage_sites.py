"""Sites on record, and the workers alive in them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ldfleet import errors
from ldfleet.domain.site import Site
from ldfleet.services.sites import check_site
from ldfleet.storage.database import Database
from support.stores import START, Place, a_workstation

BERLIN = Site(name="berlin", notes="Rack 4", created_at=START)


async def test_a_site_is_kept_as_it_was_put(database: Database) -> None:
    async with database() as work:
        await work.sites.add(BERLIN)
        with pytest.raises(errors.SiteNameTaken):
            await work.sites.add(BERLIN)

    async with database() as work:
        assert await work.sites.get("berlin") == BERLIN
        assert [site.name for site in (await work.sites.list()).items] == ["berlin", "default"]
        with pytest.raises(errors.SiteNotFound):
            await work.sites.get("rome")


async def test_nobody_removes_a_site_that_a_workstation_is_about_to_get(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            await work.sites.add(BERLIN)
        checked = asyncio.Event()

        async def add() -> None:
            async with one() as work:
                await check_site(work, "berlin")
                checked.set()
                await asyncio.sleep(0)
                await work.workstations.add(a_workstation(site="berlin"))

        async def look() -> int:
            await checked.wait()
            async with two() as work:
                await work.sites.get("berlin", lock=True)
                return (await work.sites.crowds(["berlin"]))["berlin"]

        async with asyncio.TaskGroup() as group:
            group.create_task(add())
            seen = group.create_task(look())

    assert seen.result() == 1


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
async def test_the_workers_of_a_site_are_told_with_their_time(place: Place) -> None:
    async with place.opened() as database:
        duties = database.duties(name="pc-7:42", sites=frozenset({"berlin"}), limit=30.0)
        await duties.attend()
        try:
            found = await database.workers(["berlin", "default"])
        finally:
            await duties.resign()
        gone = await database.workers(["berlin"])

    (worker,) = found["berlin"]
    now = datetime.now(UTC)  # noqa: TID251 - the server's clock is the machine's
    assert worker.name == "pc-7:42"
    assert timedelta() <= now - worker.since < timedelta(minutes=1)
    assert (found["default"], gone) == ([], {"berlin": []})


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_there_are_no_workers_on_sqlite(database: Database) -> None:
    assert not (await database.workers(["default"]))["default"]
