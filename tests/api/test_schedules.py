"""Schedules over HTTP."""

from typing import Any

import pytest

from support.edges import Edge

NIGHTLY: dict[str, Any] = {
    "name": "nightly",
    "verb": "launch",
    "ids": ["em_0001"],
    "cron": "30 3 * * *",
    "zone": "Europe/Berlin",
}


@pytest.fixture(autouse=True)
async def farm(edge: Edge) -> None:
    await edge.floor.farm(emulators=1)


async def added(edge: Edge, **changes: Any) -> dict[str, Any]:
    answer = await edge.http.post("/api/schedules", json={**NIGHTLY, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def patched(edge: Edge, schedule: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await edge.http.patch(f"/api/schedules/{schedule['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_schedule_tells_its_next_five_runs(edge: Edge) -> None:
    """The clock stands at 2026-11-22 12:00, UTC."""
    schedule = await added(edge)

    assert schedule["id"].startswith("sc_")
    assert schedule["next_runs"] == [f"2026-11-{day}T02:30:00Z" for day in range(23, 28)]
    assert (schedule["enabled"], schedule["last"]) == (True, None)
    assert (schedule["overlap"], schedule["misfire"], schedule["grace_s"]) == ("skip", "skip", 300)


async def test_a_schedule_is_added_shown_and_listed(edge: Edge) -> None:
    schedule = await added(
        edge,
        ids=[],
        filter="tag:qa",
        params={"package": "com.example.app"},
        jitter_s=60,
        blackouts=[{"start": "22:00", "end": "02:00", "days": ["sat"]}],
        overlap="queue",
        misfire="run_once",
        policy={"waves": [1, "25%"], "pause_s": 60, "stop_on_failures": "10%"},
    )

    shown = await edge.http.get(f"/api/schedules/{schedule['id']}")
    listed = await edge.http.get("/api/schedules")

    assert shown.headers["ETag"].startswith('"1-')
    assert shown.json() == schedule == listed.json()["items"][0]
    assert schedule["policy"] == {
        "waves": ["1", "25%"],
        "pause_s": 60,
        "wave_size": None,
        "max_parallel": None,
        "stop_on_failures": "10%",
    }
    assert (schedule["ids"], schedule["filter"]) == ([], "tag:qa")
    assert schedule["blackouts"] == [{"start": "22:00", "end": "02:00", "days": ["sat"]}]
    assert schedule["requested_by"] == "admin"


async def test_other_times_move_the_next_run(edge: Edge) -> None:
    schedule = await added(edge)

    noted = await patched(edge, schedule, notes="only words")
    earlier = await patched(edge, schedule, cron="0 2 * * *", zone=None)

    assert noted["next_runs"] == schedule["next_runs"]
    assert earlier["next_runs"][0] == "2026-11-23T02:00:00Z"
    assert (earlier["zone"], earlier["version"]) == ("UTC", 3)


async def test_times_are_previewed_before_they_are_kept(edge: Edge) -> None:
    """The clock stands at 2026-11-22 12:00, UTC; a Sunday."""
    dark = [{"start": "00:00", "end": "06:00", "days": ["tue"]}]
    times = {"cron": "30 3 * * *", "zone": "Europe/Berlin", "blackouts": dark}

    answer = await edge.http.post("/api/schedules/preview", json=times)
    wrong = await edge.http.post("/api/schedules/preview", json={"cron": "30 3 * *"})
    kept = await edge.http.get("/api/schedules")

    days = (23, 25, 26, 27, 28, 29, 30)
    assert answer.json()["next_runs"][:7] == [f"2026-11-{day}T02:30:00Z" for day in days]
    assert len(answer.json()["next_runs"]) == 10
    assert (wrong.status_code, wrong.json()["field"]) == (422, "cron")
    assert kept.json()["items"] == []


async def test_one_that_is_off_has_no_next_run(edge: Edge) -> None:
    schedule = await added(edge)

    off = await patched(edge, schedule, enabled=False)
    on = await patched(edge, schedule, enabled=True)

    assert (off["next_runs"], on["next_runs"]) == ([], schedule["next_runs"])


async def test_a_target_is_exchanged_for_a_filter(edge: Edge) -> None:
    schedule = await added(edge)

    changed = await patched(edge, schedule, ids=None, filter="farm")

    assert (changed["ids"], changed["filter"]) == ([], "farm")


async def test_a_change_of_an_old_version_is_refused(edge: Edge) -> None:
    schedule = await added(edge)
    await patched(edge, schedule, notes="first")
    url, stale = f"/api/schedules/{schedule['id']}", {"If-Match": '"1"'}

    changed = await edge.http.patch(url, json={"notes": "second"}, headers=stale)
    removed = await edge.http.delete(url, headers=stale)

    assert (changed.status_code, removed.status_code) == (412, 412)


async def test_a_removed_schedule_is_gone(edge: Edge) -> None:
    url = f"/api/schedules/{(await added(edge))['id']}"

    removed = await edge.http.delete(url)
    shown = await edge.http.get(url)

    assert (removed.status_code, shown.status_code) == (204, 404)
    assert shown.json()["code"] == "schedule_not_found"


async def test_a_name_is_given_once(edge: Edge) -> None:
    await added(edge)

    answer = await edge.http.post("/api/schedules", json=NIGHTLY)

    assert (answer.status_code, answer.json()["code"]) == (409, "schedule_name_taken")


async def test_a_run_by_hand_is_a_batch_and_leaves_the_times(edge: Edge) -> None:
    schedule = await added(edge)

    answer = await edge.http.post(f"/api/schedules/{schedule['id']}/run")
    operations = (await edge.http.get("/api/operations")).json()["items"]

    ran = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/batches/{ran['last']['batch_id']}"
    assert ran["last"]["outcome"] == "submitted"
    assert ran["next_runs"] == schedule["next_runs"]
    assert [(each["verb"], each["emulator_id"]) for each in operations] == [("launch", "em_0001")]


async def test_a_run_by_hand_of_what_is_not_there_is_refused(edge: Edge) -> None:
    schedule = await added(edge)
    await edge.http.delete("/api/workstations/ws_0001")

    answer = await edge.http.post(f"/api/schedules/{schedule['id']}/run")

    assert (answer.status_code, answer.json()["code"]) == (404, "emulator_not_found")


async def test_all_are_paused_with_a_reason_and_resumed(edge: Edge) -> None:
    before = (await edge.http.get("/api/schedules/pause")).json()
    paused = (await edge.http.post("/api/schedules/pause", json={"reason": "new fan"})).json()
    during = (await edge.http.get("/api/schedules/pause")).json()
    resumed = (await edge.http.post("/api/schedules/resume")).json()

    assert before == resumed == {"paused": False, "reason": None, "by": None, "since": None}
    assert paused == during
    assert (paused["paused"], paused["reason"], paused["by"]) == (True, "new fan", "admin")


async def test_a_pause_needs_a_reason(edge: Edge) -> None:
    for reason in ("", "  "):
        answer = await edge.http.post("/api/schedules/pause", json={"reason": reason})
        assert answer.status_code == 422

    assert (await edge.http.get("/api/schedules/pause")).json()["paused"] is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cron": "often"}, "cron"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"jitter_s": 80_000}, "jitter_s"),
        ({"ids": []}, "ids"),
        ({"filter": "tag:qa"}, "ids"),
        ({"all": True}, "ids"),
        ({"ids": [], "filter": ""}, "filter"),
        ({"ids": [], "filter": "  "}, "filter"),
        ({"params": {"package": "nonsense"}}, "package"),
        ({"params": {"nonsense": 1}}, "nonsense"),
        ({"blackouts": [{"start": "01:00", "end": "02:00", "days": ["moon"]}]}, "blackouts.0.days"),
        ({"name": "a\nb"}, "name"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_its_field(
    edge: Edge, changes: dict[str, Any], field: str
) -> None:
    answer = await edge.http.post("/api/schedules", json={**NIGHTLY, **changes})

    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ids": ["em_0001", "../../x"]}, "emulator_not_found"),
        ({"ids": ["ws_0001"]}, "emulator_not_found"),
        ({"verb": "scan", "ids": ["em_0001"]}, "workstation_not_found"),
    ],
)
async def test_a_schedule_is_on_what_is_there(
    edge: Edge, changes: dict[str, Any], code: str
) -> None:
    answer = await edge.http.post("/api/schedules", json={**NIGHTLY, **changes})

    assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_schedule_on_all_there_are_says_so(edge: Edge) -> None:
    wanted: dict[str, Any] = {**NIGHTLY, "ids": [], "all": True}

    added = (await edge.http.post("/api/schedules", json=wanted)).json()
    shown = (await edge.http.get(f"/api/schedules/{added['id']}")).json()

    assert (shown["all"], shown["ids"], shown["filter"]) == (True, [], None)


@pytest.mark.parametrize(
    "changes",
    [{"blackouts": [{"start": "24:00", "end": "02:00"}]}, {"grace_s": -1}, {"verb": "dance"}],
)
async def test_what_has_no_such_shape_is_refused(edge: Edge, changes: dict[str, Any]) -> None:
    answer = await edge.http.post("/api/schedules", json={**NIGHTLY, **changes})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
