"""Views over HTTP: one's own, what others share, and what is no view."""

from typing import Any

import httpx
import pytest

from support.accounts import Person, a_person, the_people
from support.edges import Edge

BROKEN = {"name": "broken", "page": "emulators", "filter": "status:frozen,degraded"}


async def added(edge: Edge, **changes: Any) -> dict[str, Any]:
    answer = await edge.http.post("/api/views", json={**BROKEN, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def asked(edge: Edge, who: Person, method: str, url: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}", "If-Match": "*"}
    async with edge.stranger() as http:
        return await http.request(method, url, headers=headers, **more)


async def test_a_view_is_saved_shown_and_listed(edge: Edge) -> None:
    view = await added(edge, sort="-since")
    await added(edge, page="operations", filter="status:failed")

    shown = await edge.http.get(f"/api/views/{view['id']}")
    listed = await edge.http.get("/api/views", params={"page": "emulators"})

    assert view["id"].startswith("vw_")
    assert (view["filter"], view["sort"]) == ("status:frozen,degraded", "-since")
    assert (view["own"], view["shared"], view["version"]) == (True, False, 1)
    assert shown.headers["ETag"].startswith('"1-')
    assert listed.json()["items"] == [view] == [shown.json()]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"filter": "colour:red"}, "filter_invalid"),
        ({"page": "workstations"}, "filter_invalid"),
        ({"sort": "colour"}, "sort_invalid"),
        ({"name": "ws_1"}, "field_invalid"),
        ({"page": "clouds"}, "validation_failed"),
    ],
)
async def test_what_its_list_would_refuse_is_not_saved(
    edge: Edge, changes: dict[str, str], code: str
) -> None:
    answer = await edge.http.post("/api/views", json={**BROKEN, **changes})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await edge.http.get("/api/views")).json()["items"] == []


async def test_a_name_is_given_once_for_a_page(edge: Edge) -> None:
    await added(edge)
    other = await added(edge, name="other")

    again = await edge.http.post("/api/views", json=BROKEN)
    renamed = await edge.http.patch(f"/api/views/{other['id']}", json={"name": "broken"})

    assert (again.status_code, again.json()["code"]) == (409, "view_name_taken")
    assert (renamed.status_code, renamed.json()["code"]) == (409, "view_name_taken")


async def test_a_patch_changes_what_it_names(edge: Edge) -> None:
    view = await added(edge, sort="name")
    url = f"/api/views/{view['id']}"

    changed = (await edge.http.patch(url, json={"sort": None, "shared": True})).json()
    wrong = await edge.http.patch(url, json={"filter": "colour:red"})

    assert (changed["sort"], changed["filter"], changed["version"]) == ("", BROKEN["filter"], 2)
    assert changed["shared"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "filter_invalid")


async def test_a_change_of_an_old_version_is_refused(edge: Edge) -> None:
    view = await added(edge)
    url, stale = f"/api/views/{view['id']}", {"If-Match": '"1"'}
    await edge.http.patch(url, json={"sort": "name"})

    changed = await edge.http.patch(url, json={"sort": "-name"}, headers=stale)
    removed = await edge.http.delete(url, headers=stale)

    assert (changed.status_code, removed.status_code) == (412, 412)
    assert (await edge.http.get(url)).json()["sort"] == "name"


async def test_others_see_what_is_shared_and_change_nothing(edge: Edge) -> None:
    ben = await a_person(the_people(edge.floor), "ben")
    secret, shared = await added(edge), await added(edge, name="for all", shared=True)

    listed = (await asked(edge, ben, "GET", "/api/views")).json()["items"]
    unseen = await asked(edge, ben, "GET", f"/api/views/{secret['id']}")
    url = f"/api/views/{shared['id']}"
    changed = await asked(edge, ben, "PATCH", url, json={"name": "mine"})
    removed = await asked(edge, ben, "DELETE", url)
    own = await asked(edge, ben, "POST", "/api/views", json=BROKEN)

    assert [(view["name"], view["own"], view["owner"]) for view in listed] == [
        ("for all", False, "admin")
    ]
    assert (unseen.status_code, unseen.json()["code"]) == (404, "view_not_found")
    assert (changed.status_code, changed.json()["code"]) == (403, "view_of_another")
    assert removed.status_code == 403
    assert own.status_code == 201


async def test_a_removed_view_is_gone_and_all_of_it_is_in_the_audit_log(edge: Edge) -> None:
    view = await added(edge)
    url = f"/api/views/{view['id']}"
    await edge.http.patch(url, json={"sort": "name"})

    removed = await edge.http.delete(url)
    gone = await edge.http.get(url)

    assert (removed.status_code, gone.status_code) == (204, 404)
    entries = (await edge.http.get("/api/audit", params={"action": "view."})).json()["items"]
    told = [(each["action"], each["before"], each["after"]) for each in entries]
    assert [action for action, *_ in told] == ["view.remove", "view.change", "view.add"]
    assert told[1][1:] == ({"sort": ""}, {"sort": "name"})
