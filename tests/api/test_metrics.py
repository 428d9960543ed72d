"""`/metrics`: every series is there from the start, and tells what is."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from ldfleet.domain.problem import of_workstation
from ldfleet.domain.telling import of_operation
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.ports import Queue, Verdict
from ldfleet.services.meters import MOST_WORKSTATIONS
from ldfleet.telemetry import Measure, measured
from support.clock import START
from support.edges import Edge, until
from support.stores import a_workstation, an_emulator, an_operation

PAGE = Path(__file__).parents[2] / "docs/reference/metrics.md"


async def scraped(edge: Edge) -> dict[str, float]:
    answer = await edge.http.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_the_farm_is_counted_with_zeros(edge: Edge) -> None:
    lost = a_workstation(health=Health(status=WorkstationStatus.UNREACHABLE, reason="no answer"))
    await edge.floor.put(lost, an_emulator(), an_operation())
    async with edge.floor.database() as work:
        await work.problems.settle(of_workstation(lost, []), at=START)
    edge.floor.clock.advance(61)

    found = await scraped(edge)

    assert found['ldfleet_workstations{status="unreachable"}'] == 1
    assert found['ldfleet_workstations{status="online"}'] == 0
    assert found['ldfleet_emulators{status="stopped"}'] == 1
    assert found['ldfleet_emulators{status="crashed"}'] == 0
    assert found['ldfleet_operations{status="queued"}'] == 1
    assert found['ldfleet_problems{kind="workstation_unreachable"}'] == 1
    assert found['ldfleet_problems{kind="low_disk"}'] == 0
    assert found["ldfleet_queue_age_seconds"] == 60
    assert found["ldfleet_uptime_seconds"] == 61
    assert found["ldfleet_database_up"] == 1


async def test_durations_are_gathered_from_the_feed(edge: Edge) -> None:
    queued = an_operation(verb=Verb.LAUNCH)
    edge.floor.clock.advance(42)
    running = queued.admitted(owner="x", now=START, lease=timedelta(seconds=30))
    stages = {"player": 2.0, "machine": 8.0, "adb": 20.0, "android": 42.0}
    done = running.succeeded(at=edge.floor.clock.now(), result={"stages": stages})
    edge.services.metrics.observe(of_operation(queued, at=START))
    edge.services.metrics.observe(of_operation(done, at=START))

    found = await scraped(edge)

    labels = '{action="launch",outcome="succeeded"}'
    assert found[f"ldfleet_operation_seconds_count{labels}"] == 1
    assert found[f"ldfleet_operation_seconds_sum{labels}"] == 42
    assert found['ldfleet_boot_seconds_sum{stage="android"}'] == 42
    assert found['ldfleet_boot_seconds_bucket{le="5.0",stage="player"}'] == 1
    assert found['ldfleet_operation_seconds_count{action="scan",outcome="lost"}'] == 0
    assert found["ldfleet_events_total"] == 2


async def test_places_are_counted_by_lane_and_workstation(edge: Edge) -> None:
    workstation = await edge.floor.farm(emulators=3)
    await edge.floor.put(*(an_operation(n + 1, verb=Verb.LAUNCH, emulator=n + 1) for n in range(3)))

    def first(queue: Queue) -> Verdict:
        one = queue.candidates[0].operation
        return Verdict(admitted={one.id: {f"{workstation.id}/boot": 0, "global": 0}})

    await edge.floor.database.admission.admit(first, owner="x", lease=timedelta(seconds=30))

    found = await scraped(edge)

    assert found['ldfleet_slots_used{lane="boot"}'] == 1
    assert found['ldfleet_slots_limit{lane="boot"}'] == workstation.limits.boots
    assert found['ldfleet_slots_used{lane="disk"}'] == 0
    there = f'{{lane="boot",workstation="{workstation.name}"}}'
    assert found[f"ldfleet_workstation_slots_used{there}"] == 1
    assert found[f"ldfleet_workstation_slots_limit{there}"] == workstation.limits.boots


async def test_a_large_farm_has_its_places_added_up_only(edge: Edge) -> None:
    await edge.floor.put(*(a_workstation(n + 1) for n in range(MOST_WORKSTATIONS + 1)))

    found = await scraped(edge)

    assert found['ldfleet_slots_limit{lane="disk"}'] == MOST_WORKSTATIONS + 1
    assert not [name for name in found if name.startswith("ldfleet_workstation_slots")]


async def test_the_database_and_the_feed_are_timed_while_it_is_watched(edge: Edge) -> None:
    feed = edge.floor.database.feed
    async with edge.services.metrics.watching(feed):
        await asyncio.sleep(0)
        await edge.added()
        await until(lambda: seen(edge, "ldfleet_events_lag_seconds_count"))
        measured(Measure.LDCONSOLE, 0.3, "list2")
        measured(Measure.LDCONSOLE, 60.0, "launch", "timed_out")
        measured(Measure.LOOK, 0.3, "screenshot", "remote")
        found = await scraped(edge)
    measured(Measure.LDCONSOLE, 0.3, "list2")

    assert found["ldfleet_db_statement_seconds_count"] > 1
    assert found['ldfleet_db_wait_seconds_count{reason="writer"}'] > 0
    assert found['ldfleet_db_wait_seconds_count{reason="connection"}'] > 0
    assert found['ldfleet_db_connections{state="idle"}'] >= 1
    assert found['ldfleet_ldconsole_errors_total{class="timed_out",command="launch"}'] == 1
    assert found['ldfleet_look_seconds_count{look="screenshot"}'] == 1
    assert found['ldfleet_look_errors_total{class="remote",look="screenshot"}'] == 1
    assert found['ldfleet_look_errors_total{class="remote",look="apps"}'] == 0
    after = await scraped(edge)
    assert after['ldfleet_ldconsole_seconds_count{command="list2"}'] == 1


def seen(edge: Edge, name: str) -> bool:
    lines = edge.services.metrics.shelf.text().decode().splitlines()
    return any(line.startswith(name) and not line.endswith(" 0.0") for line in lines)


async def test_no_series_is_made_for_each_emulator(edge: Edge) -> None:
    await edge.floor.farm(emulators=3)

    assert not [name for name in await scraped(edge) if "em_" in name or "ws_" in name]


async def test_a_stranger_reads_no_metrics(edge: Edge) -> None:
    async with edge.stranger() as stranger:
        assert (await stranger.get("/metrics")).status_code == 401


async def test_the_reference_page_lists_them_all(edge: Edge) -> None:
    text = (await edge.http.get("/metrics")).text
    there = set(re.findall(r"^# TYPE (ldfleet_\w+) ", text, re.MULTILINE))
    listed = set(re.findall(r"^\| `(ldfleet_\w+)` ", PAGE.read_text(), re.MULTILINE))

    assert there == listed
