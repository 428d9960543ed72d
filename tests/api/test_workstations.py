from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.facts import DesktopSession, Disk, Install, SystemFacts
from ldfleet.domain.workstation import Credentials, Health, WorkstationStatus
from ldfleet.ports import OperationQuery
from support.clock import START
from support.edges import CANARY, DRAFT, Edge
from support.stores import an_emulator

FACTS = SystemFacts(
    computer_name="PC-01",
    windows="Microsoft Windows 11 Pro",
    build="26100",
    booted_at=START - timedelta(hours=2),
    cpu="Ryzen 9",
    cpu_cores=16,
    cpu_load=12,
    memory=64 * 2**30,
    memory_free=40 * 2**30,
    disks=(Disk(letter="C:", size=10**12, free=10**11),),
    gpus=("RTX 4070",),
    desktop=DesktopSession(session_id=1, user="farm"),
    players=(),
)
INSTALL = Install(
    path=r"C:\LDPlayer\LDPlayer9",
    generation=9,
    version="9.1.24",
    data_path=r"C:\LDPlayer\LDPlayer9\vms",
)


async def credentials(edge: Edge, workstation_id: str) -> Credentials:
    async with edge.floor.database() as work:
        workstation = await work.workstations.get(workstation_id)
        return await work.secrets.get(workstation.id)


async def change(edge: Edge, workstation_id: str, patch: dict[str, Any], **headers: str) -> Any:
    url = f"/api/workstations/{workstation_id}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await edge.http.patch(url, json=patch, headers=sent)


async def test_a_workstation_is_added_with_its_place_and_etag(edge: Edge) -> None:
    answer = await edge.http.post("/api/workstations", json={**DRAFT, "tags": ["qa"]})

    added = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/workstations/{added['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (added["name"], added["host"], added["tags"]) == ("pc-01", "10.0.0.5", ["qa"])
    assert (added["status"], added["seen_at"], added["version"]) == ("unknown", None, 1)


@pytest.mark.parametrize(("tls", "port"), [(True, 5986), (False, 5985)])
async def test_the_port_follows_tls(edge: Edge, *, tls: bool, port: int) -> None:
    assert (await edge.added(tls=tls))["port"] == port


async def test_secrets_are_kept_and_never_shown(edge: Edge) -> None:
    added = await edge.added(notes="n")

    shown = await edge.http.get(f"/api/workstations/{added['id']}")
    listed = await edge.http.get("/api/workstations")

    assert (await credentials(edge, added["id"])).password == CANARY
    assert CANARY not in shown.text + listed.text + str(added)
    assert not {"password", "client_private_key_pem"} & shown.json().keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 'quo"te'),
        ("name", ""),
        ("host", "http://10.0.0.5"),
        ("port", 0),
        ("login", "telnet"),
        ("certificate_sha256", "4f:0a"),
        ("ldplayer_path", "not a path"),
        ("tags", ["a b"]),
        ("limits", {"boots": 1, "naps": 2}),
        ("password", ""),
    ],
)
async def test_a_wrong_value_is_refused_by_name(edge: Edge, field: str, value: object) -> None:
    answer = await edge.http.post("/api/workstations", json={**DRAFT, field: value})

    assert answer.status_code == 422
    assert field in answer.json()["detail"]


async def test_a_transport_that_is_not_there_yet_is_refused(edge: Edge) -> None:
    answer = await edge.http.post("/api/workstations", json={**DRAFT, "transport": "ssh"})

    assert (answer.status_code, answer.json()["code"]) == (422, "transport_unsupported")


async def test_a_taken_name_is_a_conflict(edge: Edge) -> None:
    await edge.added()

    answer = await edge.http.post("/api/workstations", json=DRAFT)

    assert (answer.status_code, answer.json()["code"]) == (409, "workstation_name_taken")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/test-connection"),
        ("GET", "/system-info"),
        ("GET", "/emulators"),
        ("POST", "/scan"),
        ("POST", "/maintenance"),
        ("DELETE", "/maintenance"),
    ],
)
async def test_an_unknown_workstation_is_not_found(edge: Edge, method: str, path: str) -> None:
    body = {"reason": "x"} if path == "/maintenance" else {}
    sent = body if method in {"POST", "PATCH"} else None

    answer = await edge.http.request(method, f"/api/workstations/ws_none{path}", json=sent)

    assert (answer.status_code, answer.json()["code"]) == (404, "workstation_not_found")


async def test_workstations_are_listed_by_name_in_pages(edge: Edge) -> None:
    for name in ("c", "a", "b"):
        await edge.added(name=name)

    first = (await edge.http.get("/api/workstations?limit=2")).json()
    rest = (await edge.http.get(f"/api/workstations?cursor={first['next_cursor']}")).json()

    assert [item["name"] for item in first["items"]] == ["a", "b"]
    assert [item["name"] for item in rest["items"]] == ["c"]
    assert rest["next_cursor"] is None


async def test_workstations_are_filtered_by_status(edge: Edge) -> None:
    held = await edge.added(name="held")
    await edge.added(name="free")
    await edge.http.post(f"/api/workstations/{held['id']}/maintenance", json={"reason": "x"})

    listed = (await edge.http.get("/api/workstations?status=maintenance")).json()

    assert [item["name"] for item in listed["items"]] == ["held"]


async def test_a_patch_changes_what_it_names_and_nothing_else(edge: Edge) -> None:
    added = await edge.added(notes="old", tags=["qa"], limits={"boots": 3, "light": 6})

    answer = await change(edge, added["id"], {"name": "pc-99", "limits": {"boots": 4}})

    changed = answer.json()
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert changed["limits"] == {**added["limits"], "boots": 4}
    assert (changed["name"], changed["notes"], changed["tags"]) == ("pc-99", "old", ["qa"])
    assert (await credentials(edge, added["id"])).password == CANARY


async def test_another_address_needs_the_password_again(edge: Edge) -> None:
    added = await edge.added()
    mine = {"port": 19999, "login": "basic", "certificate_sha256": "ab" * 32}

    refused = await change(edge, added["id"], mine)
    taken = await change(edge, added["id"], {**mine, "password": "known"})

    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["field"]) == (
        422,
        "credentials_needed",
        "password",
    )
    assert problem["changed"] == "port, login, certificate_sha256"
    assert (taken.status_code, taken.json()["port"]) == (200, 19999)
    assert (await credentials(edge, added["id"])).password == "known"


async def test_a_workstation_stands_at_the_site_it_was_given(edge: Edge) -> None:
    await edge.http.post("/api/sites", json={"name": "berlin"})
    added = await edge.added(site="berlin")

    kept = await change(edge, added["id"], {"notes": "n"})
    moved = await change(edge, added["id"], {"site": None})

    assert (added["site"], kept.json()["site"], moved.json()["site"]) == (
        "berlin",
        "berlin",
        "default",
    )


async def test_null_in_a_patch_goes_back_to_the_default(edge: Edge) -> None:
    added = await edge.added(port=6000, notes="old", certificate_sha256="ab" * 32)

    patch = {"port": None, "notes": None, "certificate_sha256": None, "password": CANARY}
    changed = (await change(edge, added["id"], patch)).json()

    assert (changed["port"], changed["notes"], changed["certificate_sha256"]) == (5986, "", None)


@pytest.mark.parametrize("patch", [{"name": None}, {"host": 5}, {"nonsense": 1}, [], "text"])
async def test_a_wrong_patch_is_refused(edge: Edge, patch: Any) -> None:
    added = await edge.added()

    answer = await change(edge, added["id"], patch)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_a_patch_may_be_called_one(edge: Edge) -> None:
    added = await edge.added()

    answer = await edge.http.patch(
        f"/api/workstations/{added['id']}",
        content=b'{"password": "new"}',
        headers={"Content-Type": "application/merge-patch+json"},
    )

    assert answer.status_code == 200
    assert (await credentials(edge, added["id"])).password == "new"


@pytest.mark.parametrize("stale", ['"7"', 'W/"1"', "nonsense", '"1", "2"'])
async def test_a_stale_etag_changes_nothing(edge: Edge, stale: str) -> None:
    added = await edge.added()

    changed = await change(edge, added["id"], {"notes": "x"}, If_Match=stale)
    removed = await edge.http.delete(
        f"/api/workstations/{added['id']}", headers={"If-Match": stale}
    )

    assert (changed.status_code, changed.json()["code"]) == (412, "record_changed")
    assert (removed.status_code, removed.json()["status"]) == (412, 412)
    shown = await edge.http.get(f"/api/workstations/{added['id']}")
    assert shown.json()["notes"] == ""


@pytest.mark.parametrize("fresh", ['"1"', "*"])
async def test_a_fresh_etag_lets_the_change_through(edge: Edge, fresh: str) -> None:
    added = await edge.added()

    answer = await change(edge, added["id"], {"notes": "x"}, If_Match=fresh)

    assert answer.status_code == 200


async def test_a_workstation_is_removed(edge: Edge) -> None:
    added = await edge.added()

    answer = await edge.http.delete(f"/api/workstations/{added['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    gone = await edge.http.get(f"/api/workstations/{added['id']}")
    assert gone.status_code == 404


async def test_a_workstation_with_work_to_do_stays(edge: Edge) -> None:
    added = await edge.added()
    await edge.http.post(f"/api/workstations/{added['id']}/scan")

    answer = await edge.http.delete(f"/api/workstations/{added['id']}")

    assert (answer.status_code, answer.json()["code"]) == (409, "workstation_in_use")


async def test_a_scan_is_an_operation_to_follow(edge: Edge) -> None:
    added = await edge.added()

    answer = await edge.http.post(f"/api/workstations/{added['id']}/scan")

    operation = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{operation['id']}"
    assert (operation["verb"], operation["status"]) == ("scan", "queued")
    assert operation["requested_by"] == "admin"


async def test_maintenance_covers_the_status_until_it_is_ended(edge: Edge) -> None:
    added = await edge.added()
    url = f"/api/workstations/{added['id']}/maintenance"

    held = (await edge.http.post(url, json={"reason": "new disk"})).json()
    released = (await edge.http.delete(url)).json()

    assert (held["status"], held["status_reason"]) == ("maintenance", "new disk")
    assert (released["status"], released["maintenance"]) == ("unknown", None)


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "   "}, {"reason": 1}])
async def test_maintenance_needs_a_reason(edge: Edge, body: dict[str, Any]) -> None:
    added = await edge.added()

    answer = await edge.http.post(f"/api/workstations/{added['id']}/maintenance", json=body)

    assert answer.status_code == 422


async def test_what_was_seen_is_shown_with_its_age(edge: Edge) -> None:
    workstation = await edge.floor.farm(
        emulators=0,
        health=Health(
            status=WorkstationStatus.NO_DESKTOP,
            reason="nobody is logged on",
            failure="no_desktop_session",
            seen_at=START,
            facts=FACTS,
            facts_at=START,
            installs=(INSTALL,),
        ),
    )
    edge.floor.clock.advance(90)

    shown = (await edge.http.get(f"/api/workstations/{workstation.id}")).json()
    info = (await edge.http.get(f"/api/workstations/{workstation.id}/system-info")).json()

    assert (shown["status"], shown["status_reason"]) == ("no_desktop", "nobody is logged on")
    assert (shown["failure"], shown["age_s"]) == ("no_desktop_session", 90)
    assert shown["failure_hint"] == errors.NoDesktopSession.hint
    assert shown["installs"][0]["version"] == "9.1.24"
    assert shown["load"] == {
        "at": info["facts_at"],
        "cpu_load": 12,
        "memory": 64 * 2**30,
        "memory_free": 40 * 2**30,
        "disk_free": 10**11,
    }
    assert (info["facts"]["cpu"], info["facts"]["uptime_s"]) == ("Ryzen 9", 7200)
    assert info["facts"]["disks"] == [{"letter": "C:", "size": 10**12, "free": 10**11}]
    assert info["facts"]["desktop"]["user"] == "farm"


async def test_a_failure_of_another_version_has_no_remedy(edge: Edge) -> None:
    workstation = await edge.floor.farm(emulators=0, health=Health(failure="moon_fell"))

    [shown] = (await edge.http.get("/api/workstations")).json()["items"]

    assert (shown["id"], shown["failure_hint"]) == (workstation.id, None)


async def test_its_emulators_are_listed(edge: Edge) -> None:
    workstation = await edge.floor.farm(emulators=2)
    other = replace(workstation, id="ws_0002", name="other")  # type: ignore[arg-type]  # an id of another test's making
    await edge.floor.put(other, an_emulator(9, workstation=2))

    listed = (await edge.http.get(f"/api/workstations/{workstation.id}/emulators")).json()

    assert [item["id"] for item in listed["items"]] == ["em_0001", "em_0002"]
    assert {item["workstation_name"] for item in listed["items"]} == {workstation.name}


async def test_a_connection_test_names_the_rung_that_broke(edge: Edge) -> None:
    added = await edge.added(host="127.0.0.1", port=1)

    report = (await edge.http.post(f"/api/workstations/{added['id']}/test-connection")).json()

    assert (report["workstation_id"], report["workstation_name"]) == (added["id"], "pc-01")
    assert (report["status"], report["connected"]) == ("offline", False)
    assert report["error_message"]
    rungs = {stage["name"]: stage["ok"] for stage in report["stages"]}
    assert (rungs["dns"], rungs["tcp"], rungs["login"]) == (True, False, None)
    assert next(s for s in report["stages"] if s["ok"] is False)["hint"]


async def test_a_connection_is_tested_before_anything_is_saved(edge: Edge) -> None:
    body = {**DRAFT, "host": "127.0.0.1", "port": 1}

    answer = await edge.http.post("/api/workstations/test-connection", json=body)

    assert (answer.json()["status"], answer.json()["workstation_id"]) == ("offline", None)
    assert CANARY not in answer.text
    assert (await edge.http.get("/api/workstations")).json()["items"] == []
    async with edge.floor.database() as work:
        assert (await work.operations.list(OperationQuery())).items == []
