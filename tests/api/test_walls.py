"""The wall of a workstation over HTTP, down to a simulated one."""

import io
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from api.test_looks import READY
from contracts.stands import Stand, a_stand
from ldfleet.domain.actor import Role, Scope
from ldfleet.domain.emulator import Observation
from ldfleet.ldplayer.configfile import read_instance
from support.accounts import a_person, the_people
from support.edges import ONLINE, Edge
from support.stores import an_emulator
from workflows.test_devices import boot, guest_of

WALL = "/api/workstations/ws_1/wall"
STOPPED = an_emulator().observed


@pytest.fixture
async def stand(edge: Edge) -> AsyncGenerator[Stand]:
    """Its emulators 1 and 2 are up, 0 is not; on record as em_0000 to em_0002."""
    async with a_stand() as stand:
        for index in (1, 2):
            await boot(stand, index)
        workstation = replace(stand.record, health=ONLINE)
        async with edge.floor.database() as work:
            await work.workstations.add(workstation)
            await work.secrets.put(workstation.id, stand.credentials)
            seen = {0: STOPPED, 1: READY, 2: READY}
            await work.emulators.put(
                [known(stand, index, observed) for index, observed in seen.items()]
            )
        yield stand


def known(stand: Stand, index: int, observed: Observation) -> Any:
    content = stand.machine.installs[0].storage.content(index)
    return replace(
        an_emulator(index),
        workstation_id=stand.record.id,
        observed=observed,
        marker=read_instance(content).marker,
        tags=(f"number-{index}",),
    )


async def looked(edge: Edge, **asked: Any) -> dict[str, Any]:
    """Until all that was asked for is there."""
    while True:
        answer = await edge.http.get(WALL, params=asked)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        if not body["renewing"]:
            return body


def shots(stand: Stand) -> int:
    return sum("screencap" in " ".join(entry.argv) for entry in stand.started("adb.exe"))


async def test_each_running_emulator_s_screen_is_in_its_place(edge: Edge, stand: Stand) -> None:
    del stand
    wall = await looked(edge)
    answer = await edge.http.get(f"{WALL}.webp?v={wall['version']}")

    assert wall["columns"] == 3
    assert [tile["emulator_id"] for tile in wall["tiles"]] == ["em_0000", "em_0001", "em_0002"]
    assert [tile["taken_at"] is not None for tile in wall["tiles"]] == [False, True, True]
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (3 * wall["tile_width"], wall["tile_height"])
        places = [picture.convert("RGB").crop((n * 192, 0, n * 192 + 192, 108)) for n in range(3)]
    assert [len(place.getcolors(192 * 108) or ()) > 500 for place in places] == [False, True, True]


async def test_a_screen_is_asked_for_again_only_once_it_is_old(edge: Edge, stand: Stand) -> None:
    first = await looked(edge)
    again = await looked(edge)
    assert (shots(stand), again["version"]) == (2, first["version"])

    edge.floor.clock.advance(16)
    later = await looked(edge, max_age=15)

    assert shots(stand) == 4
    assert later["version"] != first["version"]


async def test_a_screen_that_does_not_change_is_told_since_when(edge: Edge, stand: Stand) -> None:
    guest_of(stand, 1).frozen = True
    first = (await looked(edge))["tiles"]
    edge.floor.clock.advance(20)
    later = (await looked(edge))["tiles"]

    assert later[1]["taken_at"] == later[2]["taken_at"] > first[1]["taken_at"]
    assert later[1]["same_since"] == first[1]["taken_at"]
    assert later[2]["same_since"] == later[2]["taken_at"]


async def test_one_that_can_not_be_seen_keeps_its_last_screen(edge: Edge, stand: Stand) -> None:
    first = (await looked(edge))["tiles"]
    guest_of(stand).size = (0, 0, 0)
    edge.floor.clock.advance(20)
    later = (await looked(edge))["tiles"]

    assert (later[1]["taken_at"], later[1]["failure"]) == (
        first[1]["taken_at"],
        "emulator_said_nonsense",
    )
    assert later[2]["taken_at"] > first[2]["taken_at"]


async def test_a_workstation_that_is_away_is_asked_once_for_all(edge: Edge, stand: Stand) -> None:
    stand.faults.unreachable = True
    tiles = (await looked(edge))["tiles"]

    assert [tile["failure"] for tile in tiles] == [
        None,
        "workstation_unreachable",
        "workstation_unreachable",
    ]


@pytest.mark.parametrize(("tag", "theirs"), [("number-2", ["em_0002"]), ("elsewhere", None)])
async def test_who_sees_a_part_of_a_workstation_sees_its_screens_only(
    edge: Edge, stand: Stand, tag: str, theirs: list[str] | None
) -> None:
    del stand
    await looked(edge)
    scope = Scope(tags=frozenset({tag}))
    half = await a_person(the_people(edge.floor), "olga", Role.OPERATOR, scope=scope)
    signed = {"Authorization": f"Bearer {half.token}"}
    async with edge.stranger() as http:
        wall = await http.get(WALL, headers=signed)
        picture = await http.get(f"{WALL}.webp", headers=signed)

    if theirs is None:
        assert (wall.status_code, picture.status_code) == (404, 404)
        return
    assert [tile["emulator_id"] for tile in wall.json()["tiles"]] == theirs
    with Image.open(io.BytesIO(picture.content)) as whole:
        assert whole.size == (192, 108)


async def test_a_viewer_does_not_see_the_wall(edge: Edge, stand: Stand) -> None:
    del stand
    viewer = await a_person(the_people(edge.floor), "vera")
    signed = {"Authorization": f"Bearer {viewer.token}"}
    async with edge.stranger() as http:
        for path in (WALL, f"{WALL}.webp"):
            assert (await http.get(path, headers=signed)).status_code == 403
