"""What is wrong in the farm, over HTTP and on the command line."""

from typing import Any

import pytest

from ldfleet.domain.event import EventType
from ldfleet.domain.problem import of_workstation
from ldfleet.domain.workstation import Health, WorkstationStatus
from support.edges import Edge
from support.stores import a_workstation

LOST = Health(
    status=WorkstationStatus.UNREACHABLE, failure="workstation_unreachable", reason="no answer"
)


async def a_problem(edge: Edge, number: int = 1, health: Health = LOST) -> dict[str, Any]:
    workstation = a_workstation(number, health=health)
    await edge.floor.put(workstation)
    async with edge.floor.database() as work:
        await work.problems.settle(of_workstation(workstation, []), at=edge.floor.clock.now())
    problems: list[dict[str, Any]] = (await edge.http.get("/api/problems")).json()["items"]
    return problems[0]


async def test_a_problem_tells_since_when_why_and_what_mends_it(edge: Edge) -> None:
    problem = await a_problem(edge)

    assert problem["kind"] == "workstation_unreachable"
    assert (problem["subject"], problem["subject_name"]) == ("ws_0001", "farm-0001")
    assert problem["evidence"]["reason"] == "no answer"
    assert problem["since"] == "2026-11-22T12:00:00Z"
    assert "firewall" in problem["remedy"]
    assert problem["action"] == {
        "method": "POST",
        "path": "/api/workstations/ws_0001/test-connection",
    }
    shown = await edge.http.get(f"/api/problems/{problem['id']}")
    assert shown.json() == problem


async def test_an_acknowledged_problem_tells_by_whom_and_why(edge: Edge) -> None:
    problem = await a_problem(edge)
    head = await edge.floor.database.feed.head()
    path = f"/api/problems/{problem['id']}/acknowledge"

    answer = await edge.http.post(path, json={"reason": "Anna drives there"})
    left = await edge.http.get("/api/problems", params={"acknowledged": "false"})
    log = await edge.http.get("/api/audit", params={"action": "problem.acknowledge"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged"]["reason"] == "Anna drives there"
    assert left.json()["items"] == []
    assert log.json()["items"][0]["reason"] == "Anna drives there"
    [event] = await edge.floor.told(head)
    assert (event.type, event.data["acknowledged"]) == (EventType.PROBLEM_CHANGED, True)


async def test_what_is_over_is_kept_but_can_not_be_acknowledged(edge: Edge) -> None:
    problem = await a_problem(edge)
    fine = a_workstation(health=Health(status=WorkstationStatus.ONLINE))
    async with edge.floor.database() as work:
        await work.problems.settle(of_workstation(fine, []), at=edge.floor.clock.now())

    answer = await edge.http.post(
        f"/api/problems/{problem['id']}/acknowledge", json={"reason": "too late"}
    )
    ended = await edge.http.get("/api/problems", params={"ended": "true"})

    assert (answer.status_code, answer.json()["code"]) == (409, "problem_ended")
    assert ended.json()["items"][0]["ended_at"] is not None


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("pb_none/acknowledge", {"reason": "x"}, "problem_not_found"),
        ("{id}/acknowledge", {"reason": " "}, "field_invalid"),
        ("{id}/acknowledge", {}, "validation_failed"),
    ],
)
async def test_a_wrong_acknowledgement_is_refused(
    edge: Edge, path: str, body: dict[str, str], code: str
) -> None:
    problem = await a_problem(edge)

    answer = await edge.http.post(f"/api/problems/{path.format(**problem)}", json=body)

    assert answer.json()["code"] == code
