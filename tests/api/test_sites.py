"""Sites over HTTP: what stands there, who serves it, and what keeps one from going."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from support.edges import DRAFT, Edge


async def added(edge: Edge, name: str = "berlin", **more: Any) -> httpx.Response:
    return await edge.http.post("/api/sites", json={"name": name, **more})


async def names(edge: Edge, **params: Any) -> list[str]:
    listed = await edge.http.get("/api/sites", params=params)
    return [each["id"] for each in listed.json()["items"]]


async def test_a_site_is_added_and_shown_with_what_stands_there(edge: Edge) -> None:
    answer = await added(edge, notes="Rack 4")
    await edge.added(site="berlin")

    shown = await edge.http.get("/api/sites/berlin")

    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/sites/berlin")
    assert answer.json() == {**shown.json(), "workstations": 0}
    assert shown.json()["workstations"] == 1
    assert (shown.json()["id"], shown.json()["name"]) == ("berlin", "berlin")
    assert (shown.json()["notes"], shown.json()["workers"]) == ("Rack 4", [])


async def test_the_default_site_is_there_from_the_start(edge: Edge) -> None:
    await edge.added()

    shown = await edge.http.get("/api/sites/default")

    assert await names(edge) == ["default"]
    assert shown.json()["workstations"] == 1


async def test_sites_are_listed_by_name_page_by_page(edge: Edge) -> None:
    for name in ("munich", "berlin", "cologne"):
        await added(edge, name)

    first = (await edge.http.get("/api/sites", params={"limit": 3})).json()
    rest = await names(edge, cursor=first["next_cursor"])

    assert [each["id"] for each in first["items"]] == ["berlin", "cologne", "default"]
    assert rest == ["munich"]


async def test_a_name_is_given_once(edge: Edge) -> None:
    await added(edge)

    again = await added(edge)

    assert (again.status_code, again.json()["code"]) == (409, "site_name_taken")


@pytest.mark.parametrize("name", ["Berlin", "a b", "-x", "a/b"])
async def test_a_name_is_held_to_its_rules(edge: Edge, name: str) -> None:
    refused = await added(edge, name)

    assert (refused.status_code, refused.json()["field"]) == (422, "name")


async def test_notes_change_and_the_name_stays(edge: Edge) -> None:
    await added(edge, notes="old")

    untouched = await edge.http.patch("/api/sites/berlin", json={})
    changed = await edge.http.patch("/api/sites/berlin", json={"notes": "new"})
    emptied = await edge.http.patch("/api/sites/berlin", json={"notes": None})
    renamed = await edge.http.patch("/api/sites/berlin", json={"name": "munich"})

    assert [each.json()["notes"] for each in (untouched, changed, emptied)] == ["old", "new", ""]
    assert renamed.status_code == 422
    assert await names(edge) == ["berlin", "default"]


async def test_a_site_goes_once_no_workstation_belongs_to_it(edge: Edge) -> None:
    await added(edge)
    workstation = await edge.added(site="berlin")

    refused = await edge.http.delete("/api/sites/berlin")
    await edge.http.patch(f"/api/workstations/{workstation['id']}", json={"site": "default"})
    removed = await edge.http.delete("/api/sites/berlin")
    shown = await edge.http.get("/api/sites/berlin")

    assert (refused.status_code, refused.json()["code"]) == (409, "site_in_use")
    assert refused.json()["workstations"] == 1
    assert (removed.status_code, shown.status_code) == (204, 404)
    assert shown.json()["code"] == "site_not_found"


async def test_the_default_site_can_not_be_removed(edge: Edge) -> None:
    refused = await edge.http.delete("/api/sites/default")

    assert (refused.status_code, refused.json()["code"]) == (409, "site_needed")
    assert await names(edge) == ["default"]


async def test_a_workstation_can_not_stand_at_an_unknown_site(edge: Edge) -> None:
    workstation = await edge.added()
    url = f"/api/workstations/{workstation['id']}"

    refused = await edge.http.post("/api/workstations", json={**DRAFT, "name": "x", "site": "rome"})
    moved = await edge.http.patch(url, json={"site": "rome"})

    for answer in (refused, moved):
        assert (answer.status_code, answer.json()["field"]) == (422, "site")
        assert "there is no site rome" in answer.json()["detail"]
        assert "default" in answer.json()["detail"]
    assert (await edge.http.get(url)).json()["site"] == "default"


async def test_a_workstation_that_an_older_server_placed_can_be_changed(edge: Edge) -> None:
    workstation = await edge.added()
    async with edge.floor.database() as work:
        found = await work.workstations.get(workstation["id"])
        await work.workstations.change(replace(found, site="rome"), expected_version=1)

    changed = await edge.http.patch(f"/api/workstations/{found.id}", json={"tags": ["qa"]})

    assert (changed.status_code, changed.json()["site"]) == (200, "rome")


async def test_who_changed_a_site_is_on_record(edge: Edge) -> None:
    await added(edge, notes="old")
    await edge.http.patch("/api/sites/berlin", json={"notes": "new"})
    await edge.http.delete("/api/sites/berlin")

    listed = await edge.http.get("/api/audit", params={"action": "site."})

    removed, changed, made = listed.json()["items"]
    assert {each["subject"] for each in (removed, changed, made)} == {"berlin"}
    assert (made["before"], made["after"]["notes"]) == (None, "old")
    assert (changed["before"], changed["after"]) == ({"notes": "old"}, {"notes": "new"})
    assert (removed["before"]["notes"], removed["after"]) == ("new", None)
