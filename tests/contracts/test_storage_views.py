"""Views on record, on both databases."""

from dataclasses import replace

import pytest

from ldfleet import errors
from ldfleet.domain.account import User
from ldfleet.domain.actor import Role
from ldfleet.domain.ids import UserId, ViewId
from ldfleet.domain.view import View, ViewPage
from ldfleet.storage.database import Database
from support.stores import START


def a_user(name: str) -> User:
    return User(
        id=UserId(f"us_{name}"), name=name, role=Role.VIEWER, created_at=START, updated_at=START
    )


def a_view(number: int, owner: str = "anna", **changes: object) -> View:
    fields: dict[str, object] = {
        "id": ViewId(f"vw_{number}"),
        "user_id": UserId(f"us_{owner}"),
        "owner": owner,
        "name": f"view {number}",
        "page": ViewPage.EMULATORS,
        "filter": "status:ready",
        "sort": "-since",
        "created_at": START,
        "updated_at": START,
    }
    return View(**{**fields, **changes})  # type: ignore[arg-type]  # fields of any kind


@pytest.fixture
async def kept(database: Database) -> list[View]:
    views = [
        a_view(1),
        a_view(2, page=ViewPage.OPERATIONS),
        a_view(3, "ben", shared=True),
        a_view(4, "ben"),
    ]
    async with database() as work:
        for name in ("anna", "ben"):
            await work.users.add(a_user(name), password_hash="none")
        for view in views:
            await work.views.add(view)
    return views


async def test_a_view_is_kept_as_it_was_put(database: Database, kept: list[View]) -> None:
    async with database() as work:
        assert [await work.views.get(view.id) for view in kept] == kept
        with pytest.raises(errors.ViewNotFound):
            await work.views.get("vw_none")


async def test_ones_own_and_shared_ones_are_listed_by_name(
    database: Database, kept: list[View]
) -> None:
    anna = kept[0].user_id
    async with database() as work:
        first = await work.views.list(anna, limit=2)
        rest = await work.views.list(anna, limit=2, cursor=first.next_cursor)
        of_page = await work.views.list(anna, page=ViewPage.OPERATIONS)

    assert [*first.items, *rest.items] == kept[:3]
    assert list(of_page.items) == [kept[1]]


async def test_a_name_is_given_once_to_a_person_and_page(
    database: Database, kept: list[View]
) -> None:
    async with database() as work:
        with pytest.raises(errors.ViewNameTaken):
            await work.views.add(a_view(5, name=kept[0].name))
        await work.views.add(a_view(6, name=kept[0].name, page=ViewPage.WORKSTATIONS))
        await work.views.add(a_view(7, "ben", name=kept[0].name))


async def test_a_change_counts_versions_and_a_stale_one_is_refused(
    database: Database, kept: list[View]
) -> None:
    wanted = replace(kept[0], name="other", filter="", shared=True)
    async with database() as work:
        changed = await work.views.change(wanted, expected_version=1)
        with pytest.raises(errors.RecordChanged):
            await work.views.change(wanted, expected_version=1)
        await work.views.remove(kept[1].id)
        with pytest.raises(errors.ViewNotFound):
            await work.views.get(kept[1].id)

    assert changed == replace(wanted, version=2)


async def test_the_views_of_a_person_go_with_the_account(
    database: Database, kept: list[View]
) -> None:
    async with database() as work:
        await work.users.remove(kept[0].user_id)

    async with database() as work:
        assert list((await work.views.list(kept[0].user_id)).items) == [kept[2]]
