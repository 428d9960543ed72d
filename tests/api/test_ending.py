"""A request that the server has no more time for."""

import asyncio

import httpx
from structlog.testing import capture_logs

from ldfleet.api.edge import LastAnswers
from support.edges import Edge, listening
from support.stores import an_operation


async def test_who_waits_for_an_answer_is_told_that_the_server_ends(edge: Edge) -> None:
    await edge.floor.farm()
    await edge.floor.put(an_operation())
    headers = {"Authorization": f"Bearer {edge.token}"}
    with capture_logs() as lines:
        async with httpx.AsyncClient(headers=headers) as http, asyncio.TaskGroup() as group:
            async with listening(LastAnswers(edge.app)) as url:
                asked = group.create_task(
                    http.get(f"{url}/api/operations/op_0001?wait=30", timeout=20)
                )
                await asyncio.sleep(0.2)  # until it waits, which nobody tells of
            answer = await asked

    assert (answer.status_code, answer.json()["code"]) == (503, "shutting_down")
    assert [line["event"] for line in lines if line["event"] == "request.cut_off"]
