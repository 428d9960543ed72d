"""Looks into a running emulator over HTTP, down to a simulated workstation."""

import io
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from contracts.stands import Stand, a_stand
from ldfleet.domain.emulator import Adb, Android, Observation, Power
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.configfile import read_instance
from support.accounts import a_person, the_people
from support.clock import START
from support.edges import ONLINE, Edge
from support.stores import an_emulator
from workflows.test_devices import boot, guest_of

EM = "/api/emulators/em_0001"
READY = Observation(
    at=START, power=Power.RUNNING, android=Android.READY, adb=Adb.READY, since=START
)


@pytest.fixture
async def stand(edge: Edge) -> AsyncGenerator[Stand]:
    """Its emulator 1 is up, and on record as em_0001."""
    async with a_stand() as stand:
        await boot(stand, 1)
        await put(edge, stand)
        yield stand


async def put(edge: Edge, stand: Stand, **changes: Any) -> Workstation:
    workstation = replace(stand.record, health=ONLINE)
    marker = read_instance(stand.machine.installs[0].storage.content(1)).marker
    fields = {"observed": READY, "marker": marker, **changes}
    emulator = replace(an_emulator(1), workstation_id=workstation.id, **fields)
    async with edge.floor.database() as work:
        await work.workstations.add(workstation)
        await work.secrets.put(workstation.id, stand.credentials)
        await work.emulators.put([emulator])
    return workstation


async def test_a_screenshot_is_what_android_gave(edge: Edge, stand: Stand) -> None:
    answer = await edge.http.get(f"{EM}/screenshot")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content == guest_of(stand).shown


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_a_screenshot_can_be_smaller_and_of_another_kind(
    edge: Edge, stand: Stand, kind: str
) -> None:
    answer = await edge.http.get(f"{EM}/screenshot?format={kind}&width=320")

    assert answer.headers["Content-Type"] == f"image/{kind}"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format or "").lower() == kind
        assert picture.size == (320, 180)
    assert len(answer.content) < len(guest_of(stand).shown) / 3


async def test_a_screenshot_is_not_made_wider_than_it_is(edge: Edge, stand: Stand) -> None:
    answer = await edge.http.get(f"{EM}/screenshot?format=webp&width=4096")

    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == guest_of(stand).size[:2]


async def test_what_people_installed_is_listed_with_its_versions(edge: Edge, stand: Stand) -> None:
    guest_of(stand).install("com.example.game", "1.2")

    mine = (await edge.http.get(f"{EM}/apps")).json()
    every = (await edge.http.get(f"{EM}/apps?system=true")).json()

    assert mine["items"] == [
        {"package": "com.example.game", "version": "1.2", "version_code": 102, "system": False}
    ]
    assert mine["taken_at"]
    assert len(every["items"]) == len(guest_of(stand).packages())


@pytest.mark.parametrize(
    ("wanted", "done"),
    [
        ({"tap": {"x": 640, "y": 360}}, "tap 640 360"),
        ({"swipe": {"x": 1, "y": 2, "to_x": 3, "to_y": 4, "ms": 50}}, "swipe 1 2 3 4 50"),
        ({"key": "app_switch"}, "keyevent KEYCODE_APP_SWITCH"),
        ({"text": 'it\'s $HOME; rm `x` "y" & z'}, 'text it\'s%s$HOME;%srm%s`x`%s"y"%s&%sz'),
    ],
)
async def test_what_a_person_does_arrives_once(
    edge: Edge, stand: Stand, wanted: dict[str, Any], done: str
) -> None:
    answer = await edge.http.post(f"{EM}/input", json=wanted)

    assert answer.status_code == 204, answer.text
    assert guest_of(stand).inputs == [done]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"key": "back", "text": "a"},
        {"text": "привет"},
        {"text": "a\nb"},
        {"tap": {"x": -1, "y": 0}},
    ],
)
async def test_input_that_is_no_gesture_is_refused(
    edge: Edge, stand: Stand, wanted: dict[str, Any]
) -> None:
    answer = await edge.http.post(f"{EM}/input", json=wanted)

    assert answer.status_code == 422
    assert guest_of(stand).inputs == []


async def test_who_begins_to_touch_a_screen_is_written_down_once(edge: Edge, stand: Stand) -> None:
    del stand
    for _ in range(3):
        await edge.http.post(f"{EM}/input", json={"key": "back"})
    edge.floor.clock.advance(601)
    await edge.http.post(f"{EM}/input", json={"key": "home"})
    entries = (await edge.http.get("/api/audit?action=emulator.input")).json()["items"]

    assert [entry["subject"] for entry in entries] == ["em_0001", "em_0001"]


@pytest.mark.parametrize("path", ["screenshot", "apps"])
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"observed": an_emulator().observed}, 409, "emulator_wrong_state"),
        ({"adb_debug": 0}, 409, "emulator_adb_off"),
        ({"removed_at": START}, 409, "emulator_gone"),
    ],
)
async def test_an_emulator_that_can_not_answer_is_not_asked(
    edge: Edge, path: str, changes: dict[str, Any], status: int, code: str
) -> None:
    async with a_stand() as stand:
        await put(edge, stand, **changes)
        answer = await edge.http.get(f"{EM}/{path}")

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert stand.started("adb.exe") == []


async def test_a_viewer_sees_the_apps_and_not_the_screen(edge: Edge, stand: Stand) -> None:
    del stand
    viewer = await a_person(the_people(edge.floor), "vera")
    signed = {"Authorization": f"Bearer {viewer.token}"}
    async with edge.stranger() as http:
        assert (await http.get(f"{EM}/apps", headers=signed)).status_code == 200
        assert (await http.get(f"{EM}/screenshot", headers=signed)).status_code == 403
