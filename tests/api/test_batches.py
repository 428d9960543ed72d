"""Batches over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from ldfleet.domain.batch import MOST_TARGETS
from ldfleet.domain.workstation import Limits
from support.edges import ONLINE, Edge

WIDE = Limits(boots=32, boot_gap=0)


async def farm(edge: Edge, emulators: int = 3) -> None:
    await edge.floor.farm(emulators=emulators, health=ONLINE, limits=WIDE)


async def submitted(edge: Edge, **body: Any) -> httpx.Response:
    return await edge.http.post("/api/batches", json={"verb": "launch", "all": True, **body})


async def test_a_batch_is_accepted_and_found_where_it_says(edge: Edge) -> None:
    await farm(edge)

    accepted = await submitted(
        edge, policy={"waves": [1, "50%"], "pause_s": 60, "stop_on_failures": "10%"}
    )
    found = await edge.http.get(accepted.headers["Location"])

    body = found.json()
    assert (accepted.status_code, found.status_code) == (202, 200)
    assert accepted.json() == body
    assert (body["status"], body["total"], body["waves"], body["wave"]) == (
        "running",
        3,
        [1, 2],
        1,
    )
    assert body["policy"] == {
        "waves": ["1", "50%"],
        "wave_size": None,
        "max_parallel": None,
        "pause_s": 60,
        "stop_on_failures": "10%",
    }
    assert body["counts"]["queued"] == 3


async def test_a_dry_run_answers_the_plan_and_does_nothing(edge: Edge) -> None:
    await farm(edge, 2)

    plan = await submitted(edge, verb="quit", dry_run=True)

    body = plan.json()
    assert plan.status_code == 200
    assert (body["total"], body["refused"], body["waves"]) == (2, 2, [])
    assert body["targets"][0]["failure"]["code"] == "emulator_wrong_state"
    assert (await edge.http.get("/api/batches")).json()["items"] == []


async def test_the_result_of_each_target_is_listed(edge: Edge) -> None:
    await farm(edge, 2)
    batch = (await submitted(edge)).json()

    of_it = await edge.http.get(f"/api/batches/{batch['id']}/operations?status=queued&limit=1")
    same = await edge.http.get(f"/api/operations?batch_id={batch['id']}")
    unknown = await edge.http.get("/api/batches/ba_none/operations")

    assert of_it.json()["next_cursor"] is not None
    assert [each["batch_id"] for each in same.json()["items"]] == [batch["id"]] * 2
    assert same.json()["items"][0]["wave"] == 1
    assert (unknown.status_code, unknown.json()["code"]) == (404, "batch_not_found")


async def test_it_is_paused_continued_and_cancelled(edge: Edge) -> None:
    await farm(edge)
    path = f"/api/batches/{(await submitted(edge)).json()['id']}"

    statuses = [
        (await edge.http.post(f"{path}/{verb}")).json()["status"]
        for verb in ("pause", "continue", "cancel")
    ]
    over = await edge.http.post(f"{path}/pause")

    assert statuses == ["paused", "running", "cancelled"]
    assert (over.status_code, over.json()["code"]) == (409, "batch_finished")


async def test_a_retry_is_a_new_batch_of_what_was_skipped(edge: Edge) -> None:
    await farm(edge)
    skipped = (await submitted(edge, verb="quit")).json()
    under_way = (await submitted(edge)).json()

    early = await edge.http.post(f"/api/batches/{under_way['id']}/retry")
    again = await edge.http.post(
        f"/api/batches/{skipped['id']}/retry", json={"reason": "once more"}
    )

    assert skipped["status"] == "failed"
    assert (early.status_code, early.json()["code"]) == (409, "batch_unfinished")
    assert again.status_code == 202
    assert (again.json()["retry_of"], again.json()["reason"]) == (skipped["id"], "once more")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"ids": ["em_0001"]}, 422, "field_invalid"),
        ({"all": False}, 422, "field_invalid"),
        ({"all": False, "filter": "nobody"}, 422, "selection_empty"),
        ({"all": False, "filter": "status:lost"}, 422, "filter_invalid"),
        ({"all": False, "ids": ["em_none"]}, 404, "emulator_not_found"),
        (
            {"all": False, "ids": [f"em_{n}" for n in range(MOST_TARGETS + 1)]},
            413,
            "selection_too_large",
        ),
        ({"policy": {"waves": ["many"]}}, 422, "field_invalid"),
        ({"verb": "fly"}, 422, "validation_failed"),
    ],
)
async def test_what_can_not_be_meant_is_a_problem(
    edge: Edge, body: dict[str, Any], status: int, code: str
) -> None:
    await farm(edge, 1)

    refused = await submitted(edge, **body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize("blank", ["", "   "])
async def test_a_blank_filter_is_not_the_whole_farm(edge: Edge, blank: str) -> None:
    """A script with an empty variable must not remove everything."""
    await farm(edge)
    wanted = {"verb": "remove", "filter": blank}

    refused = await edge.http.post("/api/batches", json=wanted)

    assert (refused.status_code, refused.json()["field"]) == (422, "filter")
    assert "all: true" in refused.json()["detail"]
    assert (await edge.http.get("/api/operations")).json()["items"] == []


async def test_the_same_key_gives_the_same_batch(edge: Edge) -> None:
    await farm(edge)
    key = {"Idempotency-Key": "k-1"}
    body: dict[str, Any] = {"verb": "launch", "all": True}

    first = await edge.http.post("/api/batches", json=body, headers=key)
    second = await edge.http.post("/api/batches", json=body, headers=key)
    other = await edge.http.post("/api/batches", json={**body, "verb": "quit"}, headers=key)

    assert second.json()["id"] == first.json()["id"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_who_waits_for_one_operation_hears_that_its_batch_was_cancelled(edge: Edge) -> None:
    await farm(edge)
    batch = (await submitted(edge)).json()
    (one, *_) = (await edge.http.get(f"/api/batches/{batch['id']}/operations")).json()["items"]

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(edge.http.get(f"/api/operations/{one['id']}?wait=30"))
        await asyncio.sleep(0.05)
        await edge.http.post(f"/api/batches/{batch['id']}/cancel")

    assert waiting.result().json()["status"] == "cancelled"
