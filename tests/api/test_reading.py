"""What only reads: named by its content, unchanged while that is, and answered to HEAD too."""

import asyncio
from typing import Any

from support.edges import Edge
from support.stores import a_workstation, an_emulator


async def farm(edge: Edge, emulators: int = 3) -> None:
    await edge.floor.put(a_workstation())
    await edge.floor.put(*(an_emulator(n) for n in range(1, emulators + 1)))


async def test_what_did_not_change_is_not_sent_again(edge: Edge) -> None:
    await farm(edge)
    for path in ("/api/emulators", "/api/emulators/em_0001", "/api/workstations", "/api/sites"):
        first = await edge.http.get(path)
        edge.floor.clock.advance(5)

        again = await edge.http.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["ETag"] == first.headers["ETag"]


async def test_what_changed_by_itself_is_sent_again(edge: Edge) -> None:
    await farm(edge)
    first = await edge.http.get("/api/emulators/em_0001")
    await edge.floor.put(an_emulator(1, name="renamed on its PC"))

    again = await edge.http.get(
        "/api/emulators/em_0001", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.json()["name"]) == (200, "renamed on its PC")


async def test_the_name_of_what_was_read_serves_to_change_it(edge: Edge) -> None:
    await farm(edge)
    read = await edge.http.get("/api/emulators/em_0001")
    match = {"If-Match": read.headers["ETag"]}

    noted = await edge.http.patch("/api/emulators/em_0001", json={"notes": "a"}, headers=match)
    late = await edge.http.patch("/api/emulators/em_0001", json={"notes": "b"}, headers=match)

    assert (noted.status_code, late.status_code) == (200, 412)


async def test_head_answers_as_get_without_a_body(edge: Edge) -> None:
    await farm(edge)
    for path in ("/api/emulators", "/api/workstations/ws_0001", "/api/health", "/api/none"):
        got, head = await edge.http.get(path), await edge.http.head(path)

        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        assert head.headers.get("ETag") == got.headers.get("ETag")


async def test_head_of_a_stream_ends(edge: Edge) -> None:
    async with asyncio.timeout(5):
        head = await edge.http.head("/api/events")

    assert head.headers["Content-Type"].startswith("text/event-stream")


async def test_a_list_has_the_fields_and_the_count_that_were_asked_for(edge: Edge) -> None:
    await farm(edge)
    asked: dict[str, Any] = {"fields": "id,name", "count": "exact", "limit": 1, "sort": "-name"}

    page = (await edge.http.get("/api/emulators", params=asked)).json()

    assert page["items"] == [{"id": "em_0003", "name": "player 3"}]
    assert page["total"] == 3


async def test_wrong_questions_name_what_is_wrong(edge: Edge) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "filter_invalid": {"filter": "app:com.x"},
        "sort_invalid": {"sort": "colour"},
        "field_invalid": {"fields": "id,colour"},
        "cursor_invalid": {"cursor": "x"},
        "validation_failed": {"limit": 501},
    }
    for path in ("/api/emulators", "/api/workstations", "/api/operations"):
        for code, asked in wrong.items():
            if path != "/api/emulators" and code == "filter_invalid":
                asked = {"filter": "colour:red"}  # noqa: PLW2901 - each noun knows its own words
            answer = await edge.http.get(path, params=asked)
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_who_asks_too_often_is_told_when_to_come_back(edge: Edge) -> None:
    first = await edge.http.get("/api/sites")
    left = int(first.headers["RateLimit-Remaining"])
    # A thousand requests would take long.
    [asker] = edge.services.limiter._buckets  # pyright: ignore[reportPrivateUsage]
    for _ in range(left):
        edge.services.limiter.take(asker)

    refused = await edge.http.get("/api/sites")
    health = await edge.http.get("/api/health")
    edge.floor.clock.advance(0.1)
    again = await edge.http.get("/api/sites")

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "1"
    assert (health.status_code, again.status_code) == (200, 200)
    assert int(first.headers["RateLimit-Limit"]) == left + 1
    assert "RateLimit-Reset" in again.headers
