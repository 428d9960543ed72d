"""The fleet in one answer, and the place in the feed from where it goes on."""

import gzip
from collections.abc import Mapping
from typing import Any, cast

from ldfleet.domain.actor import Actor, Scope
from ldfleet.domain.emulator import Android, EmulatorStatus, Observation, Power
from support.edges import Edge
from support.stores import START, a_workstation, an_emulator


async def test_the_fleet_comes_in_columns(edge: Edge) -> None:
    await edge.floor.put(a_workstation(), a_workstation(2, site="berlin", maintenance="fan"))
    await edge.floor.put(an_emulator(1, tags=("qa",)), an_emulator(2, workstation=2, cpu=4))
    await edge.floor.put(an_emulator(3, removed_at=START))

    answer = await edge.http.get("/api/emulators/snapshot")

    assert answer.headers["Content-Encoding"] == "gzip"
    told: dict[str, Any] = answer.json()
    columns = told["emulators"]
    rows = {
        name: dict(zip(columns["id"], _values(column), strict=True))
        for name, column in columns.items()
    }
    assert (told["count"], sorted(columns["id"])) == (2, ["em_0001", "em_0002"])
    assert rows["status"] == dict.fromkeys(columns["id"], EmulatorStatus.STOPPED)
    assert rows["tags"] == {"em_0001": ["qa"], "em_0002": []}
    assert rows["cpu"] == {"em_0001": None, "em_0002": 4}
    assert rows["since"]["em_0001"] == int(START.timestamp())
    assert told["workstations"]["status"] == ["unknown", "maintenance"]
    assert told["workstations"]["site"] == ["default", "berlin"]


async def test_what_was_last_seen_of_an_emulator_out_of_sight_is_told(edge: Edge) -> None:
    running = Observation(at=START, power=Power.RUNNING, android=Android.READY, since=START)
    await edge.floor.put(a_workstation())
    await edge.floor.put(an_emulator(1, observed=running, current=False))

    columns = (await edge.http.get("/api/emulators/snapshot")).json()["emulators"]

    assert _values(columns["power"]) == [Power.UNKNOWN]
    assert _values(columns["last_power"]) == [Power.RUNNING]


async def test_it_is_plain_for_who_can_not_unpack(edge: Edge) -> None:
    plain = await edge.http.get("/api/emulators/snapshot", headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in plain.headers
    assert plain.json()["count"] == 0


async def test_what_changed_since_follows_from_its_position(edge: Edge) -> None:
    before = (await edge.http.get("/api/emulators/snapshot")).json()["position"]
    await edge.added()
    still = (await edge.http.get("/api/emulators/snapshot")).json()["position"]
    edge.floor.clock.advance(1.1)
    after = (await edge.http.get("/api/emulators/snapshot")).json()["position"]

    assert before == still
    assert after == await edge.floor.database.feed.head() != before


async def test_each_scope_has_its_own(edge: Edge) -> None:
    await edge.floor.put(a_workstation(), a_workstation(2, site="berlin"))
    await edge.floor.put(an_emulator(1), an_emulator(2, workstation=2))
    berlin = Actor(name="anna", scope=Scope(sites=frozenset({"berlin"})))

    whole = await edge.services.snapshots.of(Actor(name="bob"))
    part = await edge.services.snapshots.of(berlin)

    assert b"em_0001" in gzip.decompress(whole.packed)
    assert b"em_0001" not in gzip.decompress(part.packed)
    assert b"ws_0002" in gzip.decompress(part.packed)


def _values(column: Any) -> list[Any]:
    if not isinstance(column, dict):
        return list(column)
    packed = cast("Mapping[str, list[Any]]", column)
    return [packed["values"][code] for code in packed["codes"]]
