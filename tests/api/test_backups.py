"""Backups and the history of load over HTTP, and on the command line."""

from datetime import timedelta
from typing import Any

from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import BackupId, EmulatorId, WorkstationId
from ldfleet.domain.load import Load
from support.edges import Edge

WS = WorkstationId("ws_0001")


async def test_a_backup_is_listed_with_its_file(edge: Edge) -> None:
    await edge.floor.farm()
    backup = Backup(
        id=BackupId("bk_1"),
        workstation_id=WS,
        emulator_id=EmulatorId("em_0001"),
        emulator_name="player 1",
        file=r"D:\backups\1.ldbk",
        size=5 << 30,
        created_at=edge.floor.clock.now(),
    )
    async with edge.floor.database() as work:
        await work.backups.put(backup)

    page = (await edge.http.get("/api/backups", params={"emulator_id": "em_0001"})).json()
    shown = await edge.http.get("/api/backups/bk_1")
    none = await edge.http.get("/api/backups/bk_2")

    assert [each["file"] for each in page["items"]] == [r"D:\backups\1.ldbk"]
    assert shown.json() == page["items"][0]
    assert (none.status_code, none.json()["code"]) == (404, "backup_not_found")


async def test_the_history_of_load_is_thinned_to_the_points_of_a_chart(edge: Edge) -> None:
    await edge.floor.farm()
    now = edge.floor.clock.now()
    async with edge.floor.database() as work:
        for minute in range(1, 61):
            at = now - timedelta(minutes=minute)
            sample = Load(workstation_id=WS, at=at, cpu_load=minute, disk_free=minute, running=2)
            await work.loads.add(sample)
    path = f"/api/workstations/{WS}/metrics-history"

    coarse = (await edge.http.get(path, params={"hours": 1, "points": 2})).json()["items"]
    fine = (await edge.http.get(path, params={"hours": 2})).json()["items"]
    lost = await edge.http.get("/api/workstations/ws_none/metrics-history")

    assert [(each["cpu_load"], each["disk_free"]) for each in coarse] == [(46, 31), (16, 1)]
    assert coarse[0]["at"] == "2026-11-22T11:00:00Z"
    assert len(fine) == 60 and fine[0]["running"] == 2
    assert lost.status_code == 404


async def test_a_point_of_the_history_stays_where_it_is(edge: Edge) -> None:
    await edge.floor.farm()
    added = edge.floor.clock.now()
    async with edge.floor.database() as work:
        for minute in (7, 8, 21, 35):
            at = added + timedelta(minutes=minute)
            await work.loads.add(Load(workstation_id=WS, at=at, cpu_load=minute))
    path = f"/api/workstations/{WS}/metrics-history"
    seen: list[list[dict[str, Any]]] = []
    for passed in (2_400, 130, 250):
        edge.floor.clock.advance(passed)
        seen.append((await edge.http.get(path, params={"hours": 1, "points": 6})).json()["items"])

    assert [each["at"][11:16] for each in seen[0]] == ["12:07", "12:21", "12:35"]
    assert seen[0] == seen[1] == seen[2]
