"""The event stream, over real HTTP."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ldfleet.api.live import PING_SECONDS
from support.edges import Edge, listening, until


@pytest.fixture
async def url(edge: Edge) -> AsyncIterator[str]:
    async with listening(edge.app) as url:
        yield url


class Stream:
    """The messages of a stream, one after the other."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._lines = response.aiter_lines()

    async def message(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async with asyncio.timeout(5):
            while line := await anext(self._lines):
                name, _, value = line.partition(": ")
                found[name] = value
        return found

    async def changes(self) -> dict[str, str]:
        while (message := await self.message())["event"] == "ping":
            pass
        return message


@asynccontextmanager
async def followed(edge: Edge, url: str, query: str = "", **headers: str) -> AsyncGenerator[Stream]:
    sent = {"Authorization": f"Bearer {edge.token}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        httpx.AsyncClient() as http,
        http.stream("GET", f"{url}/api/events{query}", headers=sent) as response,
    ):
        yield Stream(response)


async def test_a_change_is_told_with_an_id_to_resume_from(edge: Edge, url: str) -> None:
    before = await edge.floor.database.feed.head()
    added = await edge.added()

    async with followed(edge, url, Last_Event_ID=before) as stream:
        message = await stream.changes()

    told: Any = httpx.Response(200, text=message["data"]).json()["events"]
    assert (message["event"], message["id"]) == ("changes", told[-1]["id"])
    assert (told[0]["type"], told[0]["subject"]) == ("workstation.added", added["id"])
    assert message["id"] == await edge.floor.database.feed.head()


async def test_a_stream_is_live_and_not_to_be_buffered(edge: Edge, url: str) -> None:
    async with followed(edge, url) as stream:
        first = await stream.message()
        await until(lambda: edge.floor.clock.sleepers > 0)
        edge.floor.clock.advance(PING_SECONDS)
        second = await stream.message()

    assert (first["event"], second["event"]) == ("ping", "ping")
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert stream.headers["X-Accel-Buffering"] == "no"


async def test_a_resumed_stream_misses_nothing(edge: Edge, url: str) -> None:
    before = await edge.floor.database.feed.head()
    await edge.added(name="first")
    async with followed(edge, url, f"?after={before}") as stream:
        seen = (await stream.changes())["id"]
    await edge.added(name="second")

    async with followed(edge, url, Last_Event_ID=seen) as stream:
        message = await stream.changes()

    assert "second" in message["data"]
    assert "first" not in message["data"]


@pytest.mark.parametrize("id_", ["other.5", "nonsense", "", "x.y"])
async def test_an_id_of_another_epoch_is_a_reset(edge: Edge, url: str, id_: str) -> None:
    async with followed(edge, url, f"?after={id_}") as stream:
        message = await stream.changes()

    assert message["event"] == "reset"


async def test_a_stream_needs_a_token(url: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{url}/api/events")

    assert answer.status_code == 401


async def test_a_reader_who_leaves_is_forgotten(edge: Edge, url: str) -> None:
    async with followed(edge, url) as stream:
        await stream.message()

    await until(lambda: not any("LiveStream" in repr(task) for task in asyncio.all_tasks()))


async def test_what_happened_is_listed_newest_first(edge: Edge) -> None:
    first, second = await edge.added(name="first"), await edge.added(name="second")

    page = (await edge.http.get("/api/events/history", params={"limit": 1})).json()
    rest = await edge.http.get("/api/events/history", params={"cursor": page["next_cursor"]})
    of_first = await edge.http.get("/api/events/history", params={"subject": first["id"]})
    none = await edge.http.get("/api/events/history", params={"type": "batch.changed"})

    assert [event["subject"] for event in page["items"]] == [second["id"]]
    assert [event["subject"] for event in rest.json()["items"]] == [first["id"]]
    [event] = of_first.json()["items"]
    assert (event["type"], event["data"]["name"]) == ("workstation.added", "first")
    assert event["id"] < await edge.floor.database.feed.head()
    assert none.json()["items"] == []
