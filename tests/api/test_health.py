from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from structlog.testing import capture_logs

from support.edges import DRAFT, Edge


def fill_the_disk(edge: Edge) -> None:
    """SQLite's own limit, which answers as a disk does: the file may not grow any more."""

    def limited(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    inside: Any = edge.floor.database
    event.listen(inside._connections.engine.sync_engine, "begin", limited)


async def test_liveness_asks_nothing(edge: Edge) -> None:
    edge.alive["engine"] = False

    answer = await edge.http.get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {}}


async def test_readiness_names_each_part(edge: Edge) -> None:
    answer = await edge.http.get("/api/health?ready=1")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": True, "engine": True, "collector": True}


@pytest.mark.parametrize("part", ["engine", "collector"])
async def test_a_part_that_does_not_work_makes_it_unready(edge: Edge, part: str) -> None:
    edge.alive[part] = False

    answer = await edge.http.get("/api/health?ready=1")

    assert answer.status_code == 503
    assert answer.json()["status"] == "unready"
    assert answer.json()["checks"][part] is False


async def test_status_counts_everything_by_status(edge: Edge) -> None:
    await edge.added()
    edge.floor.clock.advance(3725)

    status = (await edge.http.get("/api/status")).json()

    assert (status["version"], status["uptime"], status["uptime_s"]) == ("0.1.0", "01:02:05", 3725)
    assert status["started_at"] == "2026-11-22T12:00:00Z"
    assert status["workstations"]["unknown"] == 1
    assert set(status["emulators"].values()) == {0}
    assert len(status["operations"]) == 10


async def test_a_full_disk_makes_it_unready_for_a_while(edge: Edge) -> None:
    draft = {**DRAFT, "notes": "x" * 4_000}
    fill_the_disk(edge)
    with capture_logs() as lines:
        names = (f"pc-{number}" for number in range(20))  # there is room in the file for some
        answers = [
            await edge.http.post("/api/workstations", json={**draft, "name": name})
            for name in names
        ]
    full = await edge.http.get("/api/health?ready=1")
    edge.floor.clock.advance(90)
    later = await edge.http.get("/api/health?ready=1")

    assert (answers[-1].status_code, answers[-1].json()["code"]) == (503, "database_full")
    assert full.json()["checks"] == {"database": False, "engine": True, "collector": True}
    assert later.json()["status"] == "ok"
    assert [line["event"] for line in lines].count("database.full") == 1
