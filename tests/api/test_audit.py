"""Who did what is on record: each change once, with what differs, and never its secrets."""

from typing import Any

import pytest

from ldfleet.domain.actor import Role
from support.accounts import a_person, the_people
from support.edges import CANARY, DRAFT, Edge
from support.stores import an_emulator, an_operation

NOUNS = ("workstation.", "emulator.", "operation.", "batch.", "profile.", "schedule.")


async def entries(edge: Edge, **asked: Any) -> list[dict[str, Any]]:
    answer = await edge.http.get("/api/audit", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    # How the fixture's administrator came in is told of, too.
    return [entry for entry in reversed(found) if entry["action"].startswith(NOUNS)]


async def done(edge: Edge, method: str, path: str, **body: Any) -> dict[str, Any]:
    answer = await edge.http.request(method, f"/api{path}", json=body or None)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


async def test_changes_of_a_workstation_are_told_without_its_secrets(edge: Edge) -> None:
    made = await edge.added()
    path = f"/workstations/{made['id']}"
    await done(edge, "PATCH", path, notes="by the door", password="hunter3-canary")
    await done(edge, "POST", f"{path}/maintenance", reason="new disk")
    await done(edge, "DELETE", f"{path}/maintenance")
    await done(edge, "DELETE", path)

    told = await entries(edge, action="workstation.")

    assert [entry["action"] for entry in told] == [
        "workstation.add",
        "workstation.change",
        "workstation.hold",
        "workstation.release",
        "workstation.remove",
    ]
    added, changed, held, released, removed = told
    assert {entry["subject"] for entry in told} == {made["id"]}
    assert added["actor"] == "admin" and added["subject_name"] == "pc-01"
    assert added["before"] is None and added["after"]["host"] == "10.0.0.5"
    assert changed["before"] == {"notes": "", "credentials": None}
    assert changed["after"] == {"notes": "by the door", "credentials": "changed"}
    assert held["after"] == released["before"] == {"maintenance": "new disk"}
    assert removed["before"]["notes"] == "by the door" and removed["after"] is None
    assert CANARY not in str(told) and "hunter3" not in str(told)


async def test_what_is_asked_of_an_emulator_is_told_once(edge: Edge) -> None:
    made = await edge.added()
    emulator = an_emulator(1, workstation_id=made["id"])
    await edge.floor.put(emulator)
    key = {"Idempotency-Key": "one"}
    path = f"/api/emulators/{emulator.id}/launch"
    for _ in range(2):
        await edge.http.post(path, json={"reason": "night shift"}, headers=key)
    answer = await edge.http.post(path, json={"reason": "night shift"}, headers=key)
    assert answer.status_code == 202, answer.text
    operation = answer.json()["id"]
    await done(edge, "POST", f"/operations/{operation}/cancel")
    await done(edge, "POST", f"/operations/{operation}/retry")
    await done(edge, "PATCH", f"/emulators/{emulator.id}", tags=["qa"])

    _, launched, cancelled, again, annotated = await entries(edge)

    assert (launched["action"], launched["subject"]) == ("emulator.launch", emulator.id)
    assert (launched["reason"], launched["after"]["operation"]) == ("night shift", operation)
    assert (cancelled["action"], cancelled["subject"]) == ("operation.cancel", operation)
    assert (cancelled["before"], cancelled["after"]) == (
        {"status": "queued"},
        {"status": "cancelled"},
    )
    assert again["after"]["retry_of"] == operation
    assert (annotated["before"], annotated["after"]) == ({"tags": []}, {"tags": ["qa"]})


async def test_a_batch_is_one_entry_however_many_its_targets_are(edge: Edge) -> None:
    made = await edge.added()
    await edge.floor.put(*(an_emulator(n, workstation_id=made["id"]) for n in range(1, 6)))
    wish: dict[str, Any] = {"verb": "launch", "filter": "status:stopped", "reason": "load test"}
    batch = await done(edge, "POST", "/batches", **wish)
    await done(edge, "POST", f"/batches/{batch['id']}/pause")
    await done(edge, "POST", f"/batches/{batch['id']}/continue")
    await done(edge, "POST", f"/batches/{batch['id']}/cancel")

    told = await entries(edge, subject=batch["id"])

    assert [entry["action"] for entry in told] == [
        "batch.submit",
        "batch.pause",
        "batch.continue",
        "batch.cancel",
    ]
    assert (told[0]["after"]["targets"], told[0]["reason"]) == (5, "load test")
    assert told[1]["after"] == {"status": "paused"}


async def test_profiles_and_schedules_are_told_of(edge: Edge) -> None:
    await edge.floor.farm(emulators=1)
    profile = await done(edge, "POST", "/profiles", name="phone")
    await done(edge, "PATCH", f"/profiles/{profile['id']}", settings={"cpu": 4})
    await done(edge, "DELETE", f"/profiles/{profile['id']}")
    nightly = {"name": "nightly", "verb": "launch", "ids": ["em_0001"], "cron": "30 3 * * *"}
    schedule = await done(edge, "POST", "/schedules", **nightly)
    await done(edge, "PATCH", f"/schedules/{schedule['id']}", enabled=False)
    await done(edge, "POST", "/schedules/pause", reason="the power is cut")
    await done(edge, "POST", "/schedules/resume")
    await done(edge, "DELETE", f"/schedules/{schedule['id']}")

    told = await entries(edge)

    assert [entry["action"] for entry in told] == [
        "profile.add",
        "profile.change",
        "profile.remove",
        "schedule.add",
        "schedule.change",
        "schedule.pause_all",
        "schedule.resume_all",
        "schedule.remove",
    ]
    assert told[1]["after"]["settings"]["cpu"] == 4
    assert told[4]["before"] == {"enabled": True} and told[4]["after"] == {"enabled": False}
    assert told[5]["reason"] == "the power is cut"


async def test_a_clean_up_tells_how_much_it_removed(edge: Edge) -> None:
    made = await edge.added()
    old = an_operation(emulator=None, workstation_id=made["id"])
    await edge.floor.put(old)
    await done(edge, "POST", f"/operations/{old.id}/cancel")
    edge.floor.clock.advance(7200)
    answer = await edge.http.delete("/api/operations/cleanup", params={"keep_hours": 1})
    assert answer.status_code == 200, answer.text

    last = (await entries(edge))[-1]

    assert last["action"] == "operation.clean_up"
    assert last["after"] == {"keep_hours": 1.0, "removed": 1}


async def test_what_was_refused_for_a_reason_of_its_own_leaves_no_entry(edge: Edge) -> None:
    await edge.added()
    again = await edge.http.post(
        "/api/workstations", json={"name": "pc-01", "host": "10.0.0.6", "username": "farm"}
    )

    assert again.status_code in {409, 422}
    assert len(await entries(edge)) == 1


async def test_the_log_is_read_in_pages_and_by_time(edge: Edge) -> None:
    for number in range(3):
        await done(edge, "POST", "/profiles", name=f"phone {number}")
        edge.floor.clock.advance(60)

    asked: dict[str, Any] = {"action": "profile."}
    first = (await edge.http.get("/api/audit", params={**asked, "limit": 2})).json()
    asked["cursor"] = first["next_cursor"]
    rest = (await edge.http.get("/api/audit", params=asked)).json()
    late = await entries(edge, since="2026-11-22T12:01:00Z", until="2026-11-22T12:02:00Z")

    names = [each["subject_name"] for each in (*first["items"], *rest["items"])]
    assert names == ["phone 2", "phone 1", "phone 0"]
    assert [each["subject_name"] for each in late] == ["phone 1"]


@pytest.mark.parametrize("asked", [{"since": "yesterday"}, {"cursor": "!"}, {"who": "me"}])
async def test_a_wrong_question_is_refused(edge: Edge, asked: dict[str, str]) -> None:
    answer = await edge.http.get("/api/audit", params=asked)

    assert answer.status_code == 422


async def test_who_is_refused_for_want_of_rights_is_told_of(edge: Edge) -> None:
    ben = await a_person(the_people(edge.floor), "ben")
    headers = {"Authorization": f"Bearer {ben.token}"}
    made = await edge.added()
    async with edge.stranger() as http:
        reading = await http.get("/api/audit", headers=headers)
        acting = await http.post(f"/api/workstations/{made['id']}/scan", headers=headers)
        missing = await http.get("/api/workstations/ws_none", headers=headers)

    assert (reading.status_code, acting.status_code, missing.status_code) == (403, 403, 404)
    found = (await edge.http.get("/api/audit", params={"result": "refused"})).json()["items"]
    told = [(each["actor"], each["action"], each["subject"], each["code"]) for each in found]
    assert told == [
        ("ben", "request.scan_workstation", made["id"], "permission_denied"),
        ("ben", "request.list_audit", None, "permission_denied"),
    ]
    assert found[0]["correlation_id"] == acting.headers["Correlation-Id"]


async def test_connection_tests_are_told_with_their_outcome(edge: Edge) -> None:
    address = {"host": "127.0.0.1", "port": 1}
    made = await edge.added(**address)
    await done(edge, "POST", f"/workstations/{made['id']}/test-connection")
    await edge.http.post("/api/workstations/test-connection", json={**DRAFT, **address})

    told = await entries(edge, action="workstation.test")

    failed = {"status": "offline", "failed": "tcp"}
    assert [entry["subject"] for entry in told] == [made["id"], None]
    assert [entry["after"] for entry in told] == [failed, {**address, **failed}]
    assert CANARY not in str(told)


async def test_who_may_not_repeat_a_raw_command_is_told_of(edge: Edge) -> None:
    ben = await a_person(the_people(edge.floor), "ben", Role.OPERATOR)
    headers = {"Authorization": f"Bearer {ben.token}"}
    made = await edge.added()
    console = f"/api/workstations/{made['id']}/console"
    asked = (await edge.http.post(console, json={"argv": ["hostname.exe"]})).json()
    await edge.http.post(f"/api/operations/{asked['id']}/cancel")
    async with edge.stranger() as http:
        again = await http.post(f"/api/operations/{asked['id']}/retry", headers=headers)

    assert (again.status_code, again.json()["needed"]) == (403, "admin")
    [refused] = (await edge.http.get("/api/audit", params={"result": "refused"})).json()["items"]
    assert (refused["action"], refused["subject"]) == ("request.retry_operation", asked["id"])
    [entry] = await entries(edge, action="workstation.console")
    assert entry["after"]["params"] == {"argv": ["hostname.exe"]}
