"""Profiles over HTTP."""

from typing import Any

import pytest

from support.edges import Edge

PHONE: dict[str, Any] = {
    "name": "phone",
    "settings": {
        "cpu": 2,
        "memory_mib": 4096,
        "screen": {"width": 720, "height": 1280, "dpi": 320},
    },
    "identity": {"imei": "new"},
    "apps": [{"package": "com.example.app"}, {"file": "C:\\apps\\a.apk"}],
    "tags": ["qa"],
    "notes": "for tests",
}


async def added(edge: Edge, **changes: Any) -> dict[str, Any]:
    answer = await edge.http.post("/api/profiles", json={**PHONE, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def refused(edge: Edge, **changes: Any) -> dict[str, Any]:
    answer = await edge.http.post("/api/profiles", json={**PHONE, **changes})
    assert answer.status_code == 422, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_profile_is_added_shown_and_listed(edge: Edge) -> None:
    profile = await added(edge)

    shown = await edge.http.get(f"/api/profiles/{profile['id']}")
    listed = await edge.http.get("/api/profiles")

    assert profile["id"].startswith("pf_")
    assert shown.headers["ETag"].startswith('"1-')
    assert shown.json() == profile == listed.json()["items"][0]
    assert profile["settings"]["cpu"] == 2 and profile["settings"]["imei"] is None
    assert profile["identity"] == {"imei": "new"}
    assert profile["apps"][1] == {"package": None, "file": "C:\\apps\\a.apk"}


async def test_a_patch_merges_settings(edge: Edge) -> None:
    profile = await added(edge)

    answer = await edge.http.patch(
        f"/api/profiles/{profile['id']}",
        json={"settings": {"cpu": 4, "memory_mib": None}, "identity": {"mac": "new"}},
        headers={"If-Match": '"1"'},
    )

    changed = answer.json()
    assert (changed["version"], changed["settings"]["cpu"]) == (2, 4)
    assert changed["settings"]["memory_mib"] is None
    assert changed["settings"]["screen"]["dpi"] == 320
    assert changed["identity"] == {"imei": "new", "mac": "new"}


async def test_a_change_of_an_old_version_is_refused(edge: Edge) -> None:
    profile = await added(edge)
    url = f"/api/profiles/{profile['id']}"
    await edge.http.patch(url, json={"notes": "first"})

    stale = {"If-Match": '"1"'}
    changed = await edge.http.patch(url, json={"notes": "second"}, headers=stale)
    removed = await edge.http.delete(url, headers=stale)

    assert (changed.status_code, removed.status_code) == (412, 412)
    assert (await edge.http.get(url)).json()["notes"] == "first"


async def test_a_removed_profile_is_gone(edge: Edge) -> None:
    url = f"/api/profiles/{(await added(edge))['id']}"

    removed = await edge.http.delete(url)
    shown = await edge.http.get(url)

    assert (removed.status_code, shown.status_code) == (204, 404)
    assert shown.json()["code"] == "profile_not_found"


async def test_a_name_is_given_once(edge: Edge) -> None:
    await added(edge)

    answer = await edge.http.post("/api/profiles", json=PHONE)

    assert (answer.status_code, answer.json()["code"]) == (409, "profile_name_taken")


async def test_an_exported_file_can_be_imported(edge: Edge) -> None:
    profile = await added(edge)

    file = await edge.http.get(f"/api/profiles/{profile['id']}/export")
    again = await edge.http.post("/api/profiles/import", json={**file.json(), "name": "copy"})

    assert file.headers["Content-Disposition"] == f'attachment; filename="{profile["id"]}.json"'
    own = {"id", "name", "created_at", "updated_at"}
    copy = again.json()
    assert again.status_code == 201 and copy["name"] == "copy"
    assert {k: v for k, v in copy.items() if k not in own} == {
        k: v for k, v in profile.items() if k not in own
    }


@pytest.mark.parametrize("marker", [{}, {"ldfleet_profile": 2}])
async def test_a_file_of_another_kind_is_not_imported(edge: Edge, marker: dict[str, int]) -> None:
    answer = await edge.http.post("/api/profiles/import", json={**PHONE, **marker})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "ldfleet_profile"


async def test_what_no_ldplayer_takes_is_refused(edge: Edge) -> None:
    problem = await refused(edge, identity={}, settings={"cpu": 64, "imei": "abc"})

    assert [each["field"] for each in problem["errors"]] == ["cpu", "imei"]


async def test_a_device_id_is_fixed_or_new_not_both(edge: Edge) -> None:
    problem = await refused(edge, settings={"mac": "0011aabbccdd"}, identity={"mac": "new"})
    unknown = await refused(edge, identity={"serial": "new"})

    assert (problem["field"], unknown["field"]) == ("identity.mac", "identity.serial")


@pytest.mark.parametrize(
    ("app", "field"),
    [
        ({}, "apps.0"),
        ({"package": "com.example.app", "file": "C:\\a.apk"}, "apps.0"),
        ({"package": "nonsense"}, "package"),
        ({"file": "C:\\a.exe"}, "apps.0.file"),
        ({"file": "a.apk"}, "apps.0.file"),
    ],
)
async def test_what_is_no_app_is_refused(edge: Edge, app: dict[str, str], field: str) -> None:
    assert (await refused(edge, apps=[app]))["field"] == field


async def test_an_emulator_is_made_from_a_profile(edge: Edge) -> None:
    profile = await added(edge)
    await edge.floor.farm(emulators=0)

    wanted = {"workstation_id": "ws_0001", "name": "first", "profile": profile["id"]}
    key = {"Idempotency-Key": "k1"}
    answer = await edge.http.post("/api/emulators", json=wanted, headers=key)
    again = await edge.http.post("/api/emulators", json=wanted, headers=key)

    operation = answer.json()
    assert (answer.status_code, operation["verb"]) == (202, "create")
    assert answer.headers["Location"] == f"/api/operations/{operation['id']}"
    assert again.json()["id"] == operation["id"]
    stored = await edge.floor.operation(operation["id"])
    assert stored.params["settings"]["imei"] == "auto"
    assert (stored.params["name"], stored.params["tags"]) == ("first", ["qa"])


async def test_nothing_is_made_from_an_unknown_profile(edge: Edge) -> None:
    await edge.floor.farm(emulators=0)

    wanted = {"workstation_id": "ws_0001", "profile": "pf_9"}
    answer = await edge.http.post("/api/emulators", json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (404, "profile_not_found")


async def test_too_many_apps_are_refused(edge: Edge) -> None:
    many = [{"package": f"com.example.app{number}"} for number in range(51)]

    assert (await refused(edge, apps=many))["field"] == "apps"
