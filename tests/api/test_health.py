import pytest

from support.edges import Edge


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
