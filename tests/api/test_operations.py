import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.operation import LogLine, OperationStatus, Step, StepStatus
from support.clock import START
from support.edges import ONLINE, Edge
from support.stores import an_operation


async def queued(edge: Edge, *, emulators: int = 1) -> None:
    await edge.floor.farm(emulators=emulators, health=ONLINE)
    await edge.floor.put(*(an_operation(n + 1, emulator=n + 1) for n in range(emulators)))


async def test_an_operation_is_shown(edge: Edge) -> None:
    await queued(edge)

    shown = (await edge.http.get("/api/operations/op_0001")).json()

    assert (shown["verb"], shown["status"], shown["requested_by"]) == ("launch", "queued", "anna")
    assert (shown["timeout_s"], shown["attempt"], shown["failure"]) == (300, 0, None)
    assert not {"owner", "token", "lease_until"} & shown.keys()


async def test_a_failure_is_told_with_its_hint_and_fields(edge: Edge) -> None:
    await edge.floor.farm()
    failure = errors.EmulatorDidNotBoot(emulator="em_0001", seconds=180).dump()
    await edge.floor.put(an_operation(status=OperationStatus.FAILED, failure=failure))

    shown = (await edge.http.get("/api/operations/op_0001")).json()

    assert shown["failure"]["code"] == "emulator_did_not_boot"
    assert shown["failure"]["seconds"] == 180
    assert "did not finish booting within 180" in shown["failure"]["detail"]
    assert shown["failure"]["hint"]


async def test_operations_are_listed_newest_first_and_filtered(edge: Edge) -> None:
    await queued(edge, emulators=3)
    await edge.http.post("/api/operations/op_0002/cancel")

    every = (await edge.http.get("/api/operations")).json()
    open_ = (await edge.http.get("/api/operations?unfinished=true&verb=launch")).json()
    one = (await edge.http.get("/api/operations?emulator_id=em_0003&status=queued")).json()

    assert [item["id"] for item in every["items"]] == ["op_0003", "op_0002", "op_0001"]
    assert [item["id"] for item in open_["items"]] == ["op_0003", "op_0001"]
    assert [item["id"] for item in one["items"]] == ["op_0003"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "?wait=1"), ("POST", "/cancel"), ("GET", "/log"), ("GET", "/steps")],
)
async def test_an_unknown_operation_is_not_found(edge: Edge, method: str, path: str) -> None:
    answer = await edge.http.request(method, f"/api/operations/op_none{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "operation_not_found")


@pytest.mark.parametrize("wait", ["-1", "31", "long", "nan"])
async def test_a_wait_has_bounds(edge: Edge, wait: str) -> None:
    await queued(edge)

    answer = await edge.http.get(f"/api/operations/op_0001?wait={wait}")

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_a_wait_ends_with_the_operation(edge: Edge) -> None:
    await queued(edge)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(edge.http.get("/api/operations/op_0001?wait=30"))
        await asyncio.sleep(0.05)
        await edge.http.post("/api/operations/op_0001/cancel")

    assert waiting.result().json()["status"] == "cancelled"


async def test_a_wait_that_is_up_gives_it_as_it_is(edge: Edge) -> None:
    await queued(edge)

    answer = await edge.http.get("/api/operations/op_0001?wait=0.05")

    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


async def test_a_queued_operation_is_cancelled_at_once(edge: Edge) -> None:
    await queued(edge)

    answer = await edge.http.post("/api/operations/op_0001/cancel")

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert answer.headers["Location"] == "/api/operations/op_0001"


async def test_what_is_over_can_not_be_cancelled(edge: Edge) -> None:
    await queued(edge)
    await edge.http.post("/api/operations/op_0001/cancel")

    answer = await edge.http.post("/api/operations/op_0001/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "operation_finished")
    assert answer.json()["detail"] == (
        "The operation op_0001 is over (cancelled); nothing is left to cancel."
    )


async def test_its_log_is_read_in_pieces(edge: Edge) -> None:
    await queued(edge)
    operation = await edge.floor.operation("op_0001")
    lines = [
        LogLine(operation_id=operation.id, at=START, event=f"line.{n}", fields={"n": n})
        for n in range(3)
    ]
    async with edge.floor.database() as work:
        await work.operations.log(lines)

    first = (await edge.http.get("/api/operations/op_0001/log?limit=2")).json()
    rest = (await edge.http.get(f"/api/operations/op_0001/log?after={first['last']}")).json()
    end = (await edge.http.get(f"/api/operations/op_0001/log?after={rest['last']}")).json()
    beyond = await edge.http.get(f"/api/operations/op_0001/log?after={2**63}")

    assert [line["event"] for line in first["items"]] == ["line.0", "line.1"]
    assert [line["fields"] for line in rest["items"]] == [{"n": 2}]
    assert end == {"items": [], "last": rest["last"]}
    assert beyond.status_code == 422


async def test_its_steps_are_told(edge: Edge) -> None:
    await queued(edge)
    operation = await edge.floor.operation("op_0001")
    failure = errors.EmulatorCrashed(emulator="em_0001").dump()
    step = Step(
        operation_id=operation.id,
        name="launch",
        status=StepStatus.FAILED,
        started_at=START,
        failure=failure,
    )
    async with edge.floor.database() as work:
        await work.operations.put_steps([step])

    [told] = (await edge.http.get("/api/operations/op_0001/steps")).json()["items"]

    assert (told["name"], told["status"]) == ("launch", "failed")
    assert told["failure"]["code"] == "emulator_crashed"


async def test_a_running_operation_goes_over_cancelling(edge: Edge) -> None:
    await queued(edge)
    operation = await edge.floor.operation("op_0001")

    async with edge.engine.running():
        await edge.floor.until_begun(operation)
        answer = await edge.http.post("/api/operations/op_0001/cancel")
        ended = await edge.http.get("/api/operations/op_0001?wait=5")

    assert answer.json()["status"] == "cancelling"
    assert ended.json()["status"] == "cancelled"


async def ended(edge: Edge, status: OperationStatus, **changes: Any) -> None:
    await edge.floor.farm(health=ONLINE)
    await edge.floor.put(
        an_operation(status=status, finished_at=START, created_at=START, **changes)
    )


@pytest.mark.parametrize("status", ["failed", "lost", "timed_out", "cancelled", "expired"])
async def test_what_ended_without_success_is_asked_for_anew(edge: Edge, status: str) -> None:
    await ended(edge, OperationStatus(status), params={"package": "com.example.app"}, reason="why")

    answer = await edge.http.post("/api/operations/op_0001/retry")
    again = await edge.http.post("/api/operations/op_0001/retry")

    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{body['id']}"
    assert (body["status"], body["retry_of"], body["reason"]) == ("queued", "op_0001", "why")
    stored = await edge.floor.operation(body["id"])
    assert stored.params == {"package": "com.example.app"}
    assert again.json()["id"] == body["id"]


@pytest.mark.parametrize("status", ["queued", "succeeded"])
async def test_what_succeeded_or_is_not_over_is_not_retried(edge: Edge, status: str) -> None:
    await ended(edge, OperationStatus(status))

    answer = await edge.http.post("/api/operations/op_0001/retry", json={"reason": "again"})

    assert answer.status_code == 409
    assert answer.json()["code"] == errors.OperationNotRetryable.code
    assert answer.json()["state"] == status


async def test_operations_are_counted_and_timed(edge: Edge) -> None:
    later = START + timedelta(seconds=42)
    await ended(edge, OperationStatus.SUCCEEDED, started_at=START)
    await edge.floor.put(
        an_operation(2, status=OperationStatus.SUCCEEDED, started_at=START, finished_at=later),
        an_operation(3),
    )

    [launch] = (await edge.http.get("/api/operations/stats")).json()["items"]

    assert (launch["verb"], launch["usual_s"]) == ("launch", 21)
    assert {name: n for name, n in launch["counts"].items() if n} == {"succeeded": 2, "queued": 1}


async def test_old_operations_are_forgotten_on_request_unless_it_is_a_dry_run(edge: Edge) -> None:
    await ended(edge, OperationStatus.FAILED)
    await edge.floor.put(an_operation(2))
    edge.floor.clock.advance(3600 + 1)

    tried = await edge.http.delete("/api/operations/cleanup?keep_hours=1&dry_run=true")
    there = await edge.floor.statuses()
    done = await edge.http.delete("/api/operations/cleanup?keep_hours=1")
    again = await edge.http.delete("/api/operations/cleanup?keep_hours=1")

    assert tried.json() == {"operations": 1, "dry_run": True}
    assert set(there) == {"op_0001", "op_0002"}
    assert done.json() == {"operations": 1, "dry_run": False}
    assert again.json()["operations"] == 0
    assert set(await edge.floor.statuses()) == {"op_0002"}


@pytest.mark.parametrize("query", ["", "?keep_hours=-1", "?keep_hours=nan", "?keep_hours=1e9"])
async def test_how_long_is_kept_must_make_sense(edge: Edge, query: str) -> None:
    answer = await edge.http.delete(f"/api/operations/cleanup{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
