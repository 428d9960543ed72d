from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet.domain.emulator import (
    Adb,
    Android,
    BirthMarker,
    Emulator,
    Observation,
    Power,
    Screen,
)
from ldfleet.domain.workstation import Health, WorkstationStatus
from support.clock import START
from support.edges import ONLINE, Edge
from support.stores import an_emulator

READY = Observation(
    at=START, power=Power.RUNNING, android=Android.READY, adb=Adb.READY, since=START
)


async def farm(edge: Edge, *, emulators: int = 1, health: Health = ONLINE) -> None:
    await edge.floor.farm(emulators=emulators, health=health)


async def launch(edge: Edge, body: Any = None, *, verb: str = "launch", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await edge.http.post(f"/api/emulators/em_0001/{verb}", json=body, headers=sent)


async def test_an_emulator_is_shown_with_all_that_is_known(edge: Edge) -> None:
    await farm(edge)
    edge.floor.clock.advance(7)

    answer = await edge.http.get("/api/emulators/em_0001")

    shown = answer.json()
    assert answer.headers["ETag"].startswith('"1-')
    assert (shown["name"], shown["status"], shown["power"]) == ("player 1", "stopped", "stopped")
    assert (shown["workstation_id"], shown["workstation_name"]) == ("ws_0001", "farm-0001")
    assert (shown["age_s"], shown["current"], shown["index"]) == (7, True, 1)


async def test_what_is_not_current_is_unknown_and_told_as_last_known(edge: Edge) -> None:
    await farm(edge, emulators=0)
    await edge.floor.put(an_emulator(observed=READY, current=False))

    shown = (await edge.http.get("/api/emulators/em_0001")).json()

    assert (shown["status"], shown["power"]) == ("unknown", "unknown")
    assert (shown["android"], shown["adb"]) == (None, None)
    assert shown["last_known"] == {"power": "running", "android": "ready", "adb": "ready"}


@pytest.mark.parametrize(
    ("changes", "age"),
    [({}, 7), ({"current": False}, 90), ({"removed_at": START}, 90)],
    ids=["current", "not current", "removed"],
)
async def test_each_look_at_its_workstation_confirms_what_is_current(
    edge: Edge, changes: dict[str, Any], age: float
) -> None:
    looked = START + timedelta(seconds=83)
    await farm(edge, emulators=0, health=replace(ONLINE, seen_at=looked))
    await edge.floor.put(an_emulator(observed=READY, **changes))
    edge.floor.clock.advance(90)

    shown = (await edge.http.get("/api/emulators/em_0001")).json()
    [listed] = (await edge.http.get("/api/emulators?removed=true")).json()["items"]

    assert shown["age_s"] == age
    assert (listed["age_s"], listed["seen_at"]) == (shown["age_s"], shown["seen_at"])


async def test_an_emulator_changed_after_the_look_is_as_young_as_the_change(edge: Edge) -> None:
    await farm(edge, emulators=0, health=replace(ONLINE, seen_at=START))
    await edge.floor.put(an_emulator(observed=replace(READY, at=START + timedelta(seconds=5))))
    edge.floor.clock.advance(7)

    assert (await edge.http.get("/api/emulators/em_0001")).json()["age_s"] == 2


async def test_emulators_are_filtered_and_paged(edge: Edge) -> None:
    await farm(edge, emulators=3)
    await edge.floor.put(an_emulator(2, observed=READY))

    ready = (await edge.http.get("/api/emulators?status=ready")).json()
    named = (await edge.http.get("/api/emulators?name=PLAYER 3")).json()
    there = "/api/emulators?workstation_id=ws_0001"
    first = (await edge.http.get(f"{there}&limit=2")).json()
    rest = (await edge.http.get(f"{there}&cursor={first['next_cursor']}")).json()

    assert [item["id"] for item in ready["items"]] == ["em_0002"]
    assert [item["id"] for item in named["items"]] == ["em_0003"]
    assert [item["id"] for item in first["items"]] == ["em_0001", "em_0002"]
    assert [item["id"] for item in rest["items"]] == ["em_0003"]


async def test_removed_emulators_are_listed_only_if_asked_for(edge: Edge) -> None:
    await farm(edge)
    await edge.floor.put(an_emulator(2, removed_at=START))

    usual = (await edge.http.get("/api/emulators")).json()
    all_ = (await edge.http.get("/api/emulators?removed=true")).json()

    assert [len(page["items"]) for page in (usual, all_)] == [1, 2]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/launch"),
        ("POST", "/start"),
        ("POST", "/quit"),
        ("POST", "/stop"),
    ],
)
async def test_an_unknown_emulator_is_not_found(edge: Edge, method: str, path: str) -> None:
    body: Any = {} if method == "PATCH" else None

    answer = await edge.http.request(method, f"/api/emulators/em_none{path}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "emulator_not_found")


async def test_notes_are_changed_and_reset_by_null(edge: Edge) -> None:
    await farm(edge)
    url = "/api/emulators/em_0001"

    noted = await edge.http.patch(url, json={"tags": ["qa"], "notes": "n", "protected": True})
    reset = await edge.http.patch(url, json={"notes": None})

    assert (noted.status_code, noted.headers["ETag"]) == (200, '"2"')
    assert (noted.json()["tags"], noted.json()["protected"]) == (["qa"], True)
    assert (reset.json()["notes"], reset.json()["tags"]) == ("", ["qa"])


async def test_a_stale_etag_changes_no_notes(edge: Edge) -> None:
    await farm(edge)

    answer = await edge.http.patch(
        "/api/emulators/em_0001", json={"notes": "n"}, headers={"If-Match": '"9"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (412, "record_changed")


@pytest.mark.parametrize("patch", [{"name": "new"}, {"tags": "qa"}, {"protected": "perhaps"}])
async def test_what_people_do_not_set_can_not_be_patched(edge: Edge, patch: Any) -> None:
    await farm(edge)

    answer = await edge.http.patch("/api/emulators/em_0001", json=patch)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize("verb", ["launch", "start"])
async def test_a_launch_is_an_operation_to_follow(edge: Edge, verb: str) -> None:
    await farm(edge)

    answer = await launch(edge, {"reason": "nightly"}, verb=verb)

    operation = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{operation['id']}"
    assert (operation["verb"], operation["status"]) == ("launch", "queued")
    assert (operation["reason"], operation["emulator_id"]) == ("nightly", "em_0001")


@pytest.mark.parametrize("verb", ["quit", "stop"])
async def test_a_quit_is_an_operation_to_follow(edge: Edge, verb: str) -> None:
    await farm(edge)
    await edge.floor.put(an_emulator(observed=READY))

    answer = await launch(edge, verb=verb)

    assert (answer.status_code, answer.json()["verb"]) == (202, "quit")


@pytest.mark.parametrize(
    "body",
    [
        {"nonsense": 1},
        {"package": 5},
        {"package": "no package"},
        {"package": "a; rm -rf"},
        {"reason": "x" * 501},
        [],
    ],
)
async def test_nonsense_launches_nothing(edge: Edge, body: Any) -> None:
    await farm(edge)

    answer = await launch(edge, body)

    assert answer.status_code == 422
    assert await edge.floor.statuses() == {}


async def test_the_wrong_state_is_a_conflict_that_says_why(edge: Edge) -> None:
    await farm(edge)
    await edge.floor.put(an_emulator(observed=READY))

    answer = await launch(edge)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "emulator_wrong_state")
    assert {"emulator", "verb", "state", "needed"} <= problem.keys()
    assert problem["hint"]


async def test_a_removed_emulator_can_not_be_launched(edge: Edge) -> None:
    await farm(edge, emulators=0)
    gone: Emulator = replace(an_emulator(), removed_at=START)
    await edge.floor.put(gone)

    answer = await launch(edge)

    assert (answer.status_code, answer.json()["code"]) == (409, "emulator_gone")


async def test_without_a_desktop_nothing_is_started(edge: Edge) -> None:
    await farm(edge, health=Health(status=WorkstationStatus.NO_DESKTOP))

    answer = await launch(edge)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_desktop_session")
    assert "auto-logon" in answer.json()["hint"]


async def test_the_same_key_gives_the_same_operation(edge: Edge) -> None:
    await farm(edge)

    first = await launch(edge, Idempotency_Key="night-1")
    again = await launch(edge, Idempotency_Key="night-1")

    assert first.json()["id"] == again.json()["id"]
    assert again.status_code == 202
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_key_is_not_for_another_request(edge: Edge) -> None:
    await farm(edge, emulators=2)
    await launch(edge, Idempotency_Key="night-1")

    other = await edge.http.post(
        "/api/emulators/em_0002/launch", headers={"Idempotency-Key": "night-1"}
    )

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
async def test_an_unfit_key_is_refused(edge: Edge, key: str) -> None:
    await farm(edge)

    answer = await launch(edge, Idempotency_Key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_its_configuration_is_told_as_it_was_read_last(edge: Edge) -> None:
    await farm(edge)
    await edge.floor.put(
        an_emulator(
            2,
            cpu=2,
            memory_mib=3072,
            screen=Screen(width=720, height=1280, dpi=320),
            adb_debug=1,
            config_hash="4f0a",
            config_read_at=START,
            marker=BirthMarker(imei="867686023451290"),
        )
    )

    unread = (await edge.http.get("/api/emulators/em_0001/config")).json()
    config = (await edge.http.get("/api/emulators/em_0002/config")).json()

    assert (unread["read_at"], config["read_at"]) == (None, "2026-11-22T12:00:00Z")
    assert (unread["read"], unread["hash"], unread["cpu"], unread["screen"]) == (False, *[None] * 3)
    assert (config["read"], config["hash"], config["current"]) == (True, "4f0a", True)
    assert (config["cpu"], config["memory_mib"], config["adb_debug"]) == (2, 3072, 1)
    assert config["screen"] == {"width": 720, "height": 1280, "dpi": 320}
    ids = {"android_id": None, "imei": "867686023451290", "mac": None}
    assert config["device_ids"] == ids


async def test_what_befell_it_is_listed_newest_first(edge: Edge) -> None:
    await farm(edge, emulators=2)
    for number, notes in ((1, "first"), (2, "of another"), (1, "second")):
        await edge.http.patch(f"/api/emulators/em_{number:04}", json={"notes": notes})
    url = "/api/emulators/em_0001/events"

    page = (await edge.http.get(url, params={"limit": 1})).json()
    rest = (await edge.http.get(url, params={"cursor": page["next_cursor"]})).json()
    removed = await edge.http.get(url, params={"type": "emulator.removed"})
    nowhere = await edge.http.get("/api/emulators/em_none/events")

    told = [*page["items"], *rest["items"]]
    assert [each["type"] for each in told] == ["emulator.changed"] * 2
    assert {each["subject"] for each in told} == {"em_0001"}
    assert removed.json()["items"] == []
    assert nowhere.json()["code"] == "emulator_not_found"
