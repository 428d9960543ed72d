"""Every verb over HTTP: an operation to follow, or a refusal that says what to do."""

from typing import Any

import pytest

from ldfleet.domain.emulator import Adb, Android, Observation, Power
from ldfleet.domain.workstation import Health, WorkstationStatus
from support.clock import START
from support.edges import ONLINE, Edge
from support.stores import an_emulator

READY = Observation(
    at=START, power=Power.RUNNING, android=Android.READY, adb=Adb.READY, since=START
)
EM = "/api/emulators/em_0001"
WS = "/api/workstations/ws_0001"
SCREEN = {"width": 1280, "height": 720, "dpi": 240}
APP = {"package": "com.example.app"}
FILE = r"D:\backups\one.ldbk"

RUNNING: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("POST", f"{EM}/reboot", {}, "reboot", {}),
    ("POST", f"{EM}/apps", {"file": r"D:\one.apk"}, "install", {"file": r"D:\one.apk"}),
    ("POST", f"{EM}/apps", APP, "install", APP),
    ("DELETE", f"{EM}/apps/com.example.app", None, "uninstall", APP),
    ("POST", f"{EM}/apps/com.example.app/run", {}, "run", APP),
    ("POST", f"{EM}/apps/com.example.app/kill", None, "kill", APP),
    ("POST", f"{EM}/adb", {"command": "shell id"}, "adb", {"command": "shell id"}),
    (
        "POST",
        f"{EM}/properties",
        {"key": "a.b", "value": "1"},
        "setprop",
        {"key": "a.b", "value": "1"},
    ),
]
STOPPED: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("POST", f"{EM}/modify", {"settings": {"cpu": 4}}, "modify", {"settings": {"cpu": 4}}),
    (
        "POST",
        f"{EM}/modify",
        {"settings": {"screen": SCREEN}},
        "modify",
        {"settings": {"screen": SCREEN}},
    ),
    (
        "POST",
        f"{EM}/clone",
        {"name": "b", "new_ids": False},
        "clone",
        {"name": "b", "new_ids": False},
    ),
    ("POST", f"{EM}/clone", None, "clone", {}),
    ("DELETE", EM, None, "remove", {}),
    ("POST", f"{EM}/backup", {"file": FILE}, "backup", {"file": FILE}),
    ("POST", f"{EM}/backup", None, "backup", {}),
    ("POST", f"{EM}/restore", {"file": FILE}, "restore", {"file": FILE}),
]
EITHER: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("POST", f"{EM}/rename", {"name": "farm, 7"}, "rename", {"name": "farm, 7"}),
    (
        "POST",
        f"{EM}/location",
        {"longitude": 13.4, "latitude": 52},
        "locate",
        {"longitude": 13.4, "latitude": 52.0},
    ),
]
ON_WORKSTATION: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    (
        "POST",
        "/api/emulators",
        {"workstation_id": "ws_0001", "name": "new", "tags": ["qa"]},
        "create",
        {"name": "new", "tags": ["qa"]},
    ),
    (
        "POST",
        f"{WS}/global-settings",
        {"fps": 30, "audio": False},
        "global_settings",
        {"fps": 30, "audio": False},
    ),
    (
        "POST",
        f"{WS}/console",
        {"argv": ["curl.exe", "http://10.0.0.5:8080/a"], "deadline_s": 90},
        "console",
        {"argv": ["curl.exe", "http://10.0.0.5:8080/a"], "deadline_s": 90.0},
    ),
    ("POST", f"{WS}/sort-windows", None, "sort_windows", {}),
    ("POST", f"{WS}/doctor", None, "doctor", {}),
    (
        "POST",
        f"{WS}/quit-all",
        {"install": r"C:\LDPlayer"},
        "quit_all",
        {"install": r"C:\LDPlayer"},
    ),
]


async def farm(edge: Edge, *, running: bool = False, health: Health = ONLINE) -> None:
    await edge.floor.farm(emulators=1, health=health)
    if running:
        await edge.floor.put(an_emulator(observed=READY))


async def ask(edge: Edge, method: str, path: str, body: Any = None) -> Any:
    return await edge.http.request(method, path, json=body)


async def check_accepted(edge: Edge, answer: Any, verb: str, params: dict[str, Any]) -> None:
    assert answer.status_code == 202, answer.text
    operation = answer.json()
    assert answer.headers["Location"] == f"/api/operations/{operation['id']}"
    assert (operation["verb"], operation["status"]) == (verb, "queued")
    assert (await edge.floor.operation(operation["id"])).params == params


@pytest.mark.parametrize(("method", "path", "body", "verb", "params"), [*RUNNING, *EITHER])
async def test_what_needs_it_running_is_an_operation(
    edge: Edge, method: str, path: str, body: Any, verb: str, params: dict[str, Any]
) -> None:
    await farm(edge, running=True)

    answer = await ask(edge, method, path, body)

    await check_accepted(edge, answer, verb, params)
    assert answer.json()["emulator_id"] == "em_0001"


@pytest.mark.parametrize(("method", "path", "body", "verb", "params"), [*STOPPED, *EITHER])
async def test_what_needs_it_stopped_is_an_operation(
    edge: Edge, method: str, path: str, body: Any, verb: str, params: dict[str, Any]
) -> None:
    await farm(edge)

    answer = await ask(edge, method, path, body)

    await check_accepted(edge, answer, verb, params)
    assert answer.json()["emulator_id"] == "em_0001"


@pytest.mark.parametrize(("method", "path", "body", "verb", "params"), ON_WORKSTATION)
async def test_what_is_asked_of_a_workstation_is_an_operation(
    edge: Edge, method: str, path: str, body: Any, verb: str, params: dict[str, Any]
) -> None:
    await farm(edge)

    answer = await ask(edge, method, path, body)

    await check_accepted(edge, answer, verb, params)
    assert (answer.json()["workstation_id"], answer.json()["emulator_id"]) == ("ws_0001", None)


@pytest.mark.parametrize(("method", "path", "body", "verb", "_params"), RUNNING)
async def test_a_stopped_one_refuses_what_needs_it_running(
    edge: Edge, method: str, path: str, body: Any, verb: str, _params: Any
) -> None:
    await farm(edge)

    answer = await ask(edge, method, path, body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "emulator_wrong_state")
    assert (problem["verb"], problem["state"], problem["needed"]) == (verb, "stopped", "running")
    assert problem["hint"]


@pytest.mark.parametrize(
    ("method", "path", "body", "verb", "_params"),
    [row for row in STOPPED if row[3] not in {"modify", "clone"}],
)
async def test_a_running_one_refuses_what_needs_it_stopped(
    edge: Edge, method: str, path: str, body: Any, verb: str, _params: Any
) -> None:
    await farm(edge, running=True)

    answer = await ask(edge, method, path, body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "emulator_wrong_state")
    assert (problem["verb"], problem["needed"]) == (verb, "stopped")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"{EM}/rename", {"name": 'a"b'}, "name"),
        (f"{EM}/rename", {}, "name"),
        (f"{EM}/modify", {"settings": {"cpu": 99}}, "settings.cpu"),
        (f"{EM}/modify", {"settings": {"imei": "12"}}, "settings.imei"),
        (f"{EM}/modify", {"settings": {}}, "settings"),
        (f"{EM}/backup", {"file": "one.ldbk"}, "file"),
        (f"{EM}/restore", {"file": r"D:\one.zip"}, "file"),
        (f"{EM}/apps", {}, "file"),
        (f"{EM}/apps/nodots/run", {}, "package"),
        (f"{EM}/adb", {"command": "shell echo 50%"}, "command"),
        (f"{EM}/adb", {"command": "shell am broadcast --password=hunter2"}, "command"),
        (f"{EM}/location", {"longitude": 200, "latitude": 0}, "longitude"),
        (f"{EM}/properties", {"key": "a b", "value": "1"}, "key"),
        (f"{WS}/global-settings", {}, "fps"),
        (f"{WS}/console", {"argv": []}, "argv"),
        (f"{WS}/console", {"argv": ["net.exe", "user", 'a"b']}, "argv.2"),
        (f"{WS}/console", {"argv": ["x.exe", "--password=hunter2"]}, "argv.1"),
        (f"{WS}/console", {"argv": ["x.exe"], "deadline_s": 3601}, "deadline_s"),
        (f"{WS}/quit-all", {"install": "LDPlayer"}, "install"),
        ("/api/emulators", {"workstation_id": "ws_0001", "name": "a!"}, "name"),
        (f"{EM}/launch", {"on_busy": "wait"}, "on_busy"),
        (f"{EM}/launch", {"timeout_s": 0}, "timeout_s"),
    ],
)
async def test_a_wrong_field_is_named(edge: Edge, path: str, body: Any, field: str) -> None:
    await farm(edge)

    answer = await ask(edge, "POST", path, body)

    problem = answer.json()
    fields = {problem.get("field"), *(each["field"] for each in problem.get("errors") or ())}
    assert answer.status_code == 422
    assert field in fields
    assert await edge.floor.statuses() == {}


async def test_a_busy_emulator_is_a_conflict_for_who_would_not_queue(edge: Edge) -> None:
    await farm(edge)
    first = (await ask(edge, "POST", f"{EM}/launch")).json()

    answer = await ask(edge, "POST", f"{EM}/quit", {"on_busy": "refuse"})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "emulator_busy")
    assert (problem["verb"], problem["operation"]) == ("launch", first["id"])
    assert "cancel it" in problem["hint"]


async def test_an_operation_may_be_given_its_own_time(edge: Edge) -> None:
    await farm(edge)

    answer = await ask(edge, "POST", f"{EM}/launch", {"timeout_s": 42})

    assert answer.json()["timeout_s"] == 42


async def test_without_a_desktop_nothing_is_rebooted(edge: Edge) -> None:
    await farm(edge, running=True, health=Health(status=WorkstationStatus.NO_DESKTOP))

    answer = await ask(edge, "POST", f"{EM}/reboot")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_desktop_session")


async def test_without_a_desktop_there_are_no_windows_to_sort(edge: Edge) -> None:
    await farm(edge, health=Health(status=WorkstationStatus.NO_DESKTOP))

    answer = await ask(edge, "POST", f"{WS}/sort-windows")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_desktop_session")


async def test_two_that_are_asked_for_are_two(edge: Edge) -> None:
    await farm(edge)
    body = {"workstation_id": "ws_0001"}

    first = (await ask(edge, "POST", "/api/emulators", body)).json()
    second = (await ask(edge, "POST", "/api/emulators", body)).json()

    assert first["id"] != second["id"]


async def test_a_protected_one_is_not_removed(edge: Edge) -> None:
    await farm(edge)
    await ask(edge, "PATCH", EM, {"protected": True})

    answer = await ask(edge, "DELETE", EM)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "emulator_protected")
    assert "protection" in problem["hint"]
    assert await edge.floor.statuses() == {}


async def test_a_removal_carries_its_reason_in_the_query(edge: Edge) -> None:
    await farm(edge)

    answer = await ask(edge, "DELETE", f"{EM}?reason=old&on_busy=refuse")

    assert (answer.status_code, answer.json()["reason"]) == (202, "old")


async def test_what_was_asked_of_one_emulator_is_listed(edge: Edge) -> None:
    await edge.floor.farm(emulators=2, health=ONLINE)
    mine = (await ask(edge, "POST", f"{EM}/launch")).json()
    await ask(edge, "POST", "/api/emulators/em_0002/launch")

    listed = await ask(edge, "GET", f"{EM}/operations")
    nobody = await ask(edge, "GET", "/api/emulators/em_none/operations")

    assert [item["id"] for item in listed.json()["items"]] == [mine["id"]]
    assert (nobody.status_code, nobody.json()["code"]) == (404, "emulator_not_found")


async def test_an_app_of_the_library_must_be_there(edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)
    await edge.floor.put(an_emulator(1, observed=READY))

    alone = await edge.http.post(f"{EM}/apps", json={"app": "ap_none"})
    many = {"verb": "install", "ids": ["em_0001"], "params": {"app": "ap_none"}}
    batch = await edge.http.post("/api/batches", json=many)
    new = {"workstation_id": "ws_0001", "apps": [{"app": "ap_none"}]}
    created = await edge.http.post("/api/emulators", json=new)

    for answer in (alone, batch, created):
        assert (answer.status_code, answer.json()["code"]) == (404, "app_not_found")
