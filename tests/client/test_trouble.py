"""The clients against servers that break, hesitate, and talk nonsense."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ldfleet import errors
from ldfleet.client import emulators, operations, server
from ldfleet.client.aio import AsyncClient
from ldfleet.client.calls import Call
from ldfleet.client.client import Client
from ldfleet.wire.problem import problem_of
from support.edges import listening

VERSION = Response('{"version": "1"}', media_type="application/json")
OPERATION = Response(
    '{"id": "op_1", "verb": "launch", "status": "queued", "workstation_id": "ws_1", '
    '"emulator_id": "em_1", "requested_by": "a", "source": "api", "reason": null, '
    '"waiting_for": null, "progress": null, "message": null, "result": null, "failure": null, '
    '"attempt": 0, "timeout_s": 1, "created_at": "2026-11-22T12:00:00Z", "started_at": null, '
    '"finished_at": null, "tries": 0, "not_before": null, "expires_at": null, "retry_of": null, '
    '"correlation_id": null, "batch_id": null, "wave": null, "a_field_of_tomorrow": 1}',
    media_type="application/json",
)


def busy(seconds: str = "0") -> Response:
    document = problem_of(errors.DatabaseBusy()).model_dump_json()
    return Response(
        document,
        status_code=503,
        media_type="application/problem+json",
        headers={"Retry-After": seconds},
    )


class Script:
    """A server that answers what it was told to, in this order, and remembers what was asked."""

    def __init__(self, *answers: Response) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(Request(scope))
        await self._answers.pop(0)(scope, receive, send)


def never() -> float:
    """Chance, left out."""
    return 0.0


class Naps:
    """Sleeps without sleeping."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)

    async def nap(self, seconds: float) -> None:
        self.taken.append(seconds)


class Timed(Naps):
    """The same, and its own clock."""

    def now(self) -> float:
        return sum(self.taken)


async def ask(script: Script, call: Call[Any], naps: Naps | None = None) -> Any:
    """By the blocking client."""
    async with listening(script) as url:
        with Client(url, "ldf_x", sleep=naps or Naps(), chance=never) as client:
            return await asyncio.to_thread(client.send, call)


async def test_a_busy_server_is_asked_again() -> None:
    script, naps = Script(busy(), busy("3"), VERSION), Naps()

    found = await ask(script, server.version(), naps)

    assert found.version == "1"
    assert naps.taken == [0.2, 3.0]


async def test_who_is_asked_to_come_back_much_later_is_told_so_at_once() -> None:
    script, naps = Script(busy("86400")), Naps()

    with pytest.raises(errors.DatabaseBusy):
        await ask(script, server.version(), naps)

    assert (len(script.asked), naps.taken) == (1, [])


async def test_a_limited_call_is_sent_again_when_the_server_says() -> None:
    limited = problem_of(errors.TooManyAttempts(retry_after_s=2)).model_dump_json()
    kind = "application/problem+json"
    refusal = Response(limited, status_code=429, media_type=kind, headers={"Retry-After": "2"})
    naps = Naps()

    found = await ask(Script(refusal, VERSION), server.version(), naps)

    assert found.version == "1"
    assert naps.taken == [2.0]


async def test_clients_that_were_refused_together_come_back_one_by_one() -> None:
    naps = Naps()

    async with listening(Script(busy(), VERSION)) as url:
        with Client(url, "ldf_x", sleep=naps, chance=lambda: 0.5) as client:
            await asyncio.to_thread(client.send, server.version())

    assert naps.taken == [pytest.approx(0.25)]


async def test_a_server_that_is_not_ready_answers_too() -> None:
    unready = Response('{"status": "unready", "checks": {"database": false}}', status_code=503)
    script = Script(unready)

    found = await ask(script, server.health(ready=True))

    assert (found.status, found.checks) == ("unready", {"database": False})
    assert len(script.asked) == 1


async def test_patience_ends() -> None:
    script = Script(*[busy()] * 9)

    with pytest.raises(errors.DatabaseBusy):
        await ask(script, server.version())

    assert len(script.asked) == 4


async def test_an_acting_call_is_repeated_under_one_key() -> None:
    script = Script(busy(), busy(), OPERATION)

    await ask(script, emulators.launch("em_1"))

    keys = [request.headers["Idempotency-Key"] for request in script.asked]
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_what_may_not_be_repeated_is_not() -> None:
    script = Script(busy(), OPERATION)

    with pytest.raises(errors.DatabaseBusy):
        await ask(script, operations.cancel("op_1"))

    assert len(script.asked) == 1


async def test_a_field_of_a_newer_server_is_skipped() -> None:
    assert (await ask(Script(OPERATION), operations.get("op_1"))).id == "op_1"


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>hello</html>"),
        Response('{"versio": "1"}'),
        Response("[]"),
        PlainTextResponse("Bad Gateway", status_code=502),
        Response('{"detail": "Not Found"}', status_code=404),
        Response(status_code=302, headers={"Location": "http://elsewhere.test/"}),
    ],
    ids=["html", "other shape", "list", "proxy", "no problem", "redirect"],
)
async def test_nonsense_is_called_so(answer: Response) -> None:
    with pytest.raises(errors.ServerSaidNonsense) as raised:
        await ask(Script(answer), server.version())

    assert raised.value.url.startswith("http://127.0.0.1:")


def refusing_url() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_server_that_is_not_there_is_tried_and_named() -> None:
    url, naps = refusing_url(), Naps()

    with (
        Client(url, "ldf_x", sleep=naps, chance=never) as client,
        pytest.raises(errors.ServerUnreachable) as raised,
    ):
        client.send(operations.cancel("op_1"))

    assert raised.value.url == url
    assert naps.taken == [0.2, 0.5, 1.0]


OVER = Response(bytes(OPERATION.body).replace(b"queued", b"succeeded"))


@pytest.mark.parametrize("refusals", [4, 12])
async def test_a_wait_outlasts_a_server_that_is_away(refusals: int) -> None:
    script, naps = Script(OPERATION, *[busy()] * refusals, OVER), Timed()
    missing: list[errors.FleetError] = []

    async with listening(script) as url:
        with Client(url, "ldf_x", sleep=naps, monotonic=naps.now, chance=never) as client:
            ended = await asyncio.to_thread(client.wait, "op_1", missing=missing.append)

    assert ended.status == "succeeded"
    assert [error.code for error in missing] == ["database_busy"] * (refusals // 4)


async def test_a_wait_outlasts_a_proxy_before_a_server_that_is_away() -> None:
    script, naps = Script(PlainTextResponse("Bad Gateway", status_code=502), OVER), Timed()

    async with listening(script) as url:
        with Client(url, "ldf_x", sleep=naps, monotonic=naps.now, chance=never) as client:
            ended = await asyncio.to_thread(client.wait, "op_1")

    assert ended.status == "succeeded"


async def test_the_client_for_asyncio_outlasts_it_too() -> None:
    script, naps = Script(OPERATION, *[busy()] * 4, OVER), Timed()

    async with (
        listening(script) as url,
        AsyncClient(url, "ldf_x", sleep=naps.nap, monotonic=naps.now, chance=never) as client,
    ):
        ended = await client.wait("op_1")

    assert ended.status == "succeeded"


@pytest.mark.parametrize(("timeout", "least", "most"), [(None, 60, 80), (5, 5, 15)])
def test_a_wait_for_a_server_that_stays_away_ends(
    timeout: float | None, least: float, most: float
) -> None:
    naps = Timed()

    with (
        Client(refusing_url(), "ldf_x", sleep=naps, monotonic=naps.now, chance=never) as client,
        pytest.raises(errors.ServerUnreachable),
    ):
        client.wait("op_1", timeout=timeout)

    assert least <= naps.now() <= most


async def test_a_wait_does_not_insist_on_what_is_refused() -> None:
    document = problem_of(errors.OperationNotFound(operation="op_1")).model_dump_json()
    script, naps = Script(Response(document, status_code=404)), Timed()

    async with listening(script) as url:
        with (
            Client(url, "x", sleep=naps, monotonic=naps.now, chance=never) as client,
            pytest.raises(errors.OperationNotFound),
        ):
            await asyncio.to_thread(client.wait, "op_1")

    assert naps.taken == []


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Evil: 1"])
def test_a_token_can_not_smuggle_a_header(token: str) -> None:
    naps = Naps()

    with (
        Client("http://127.0.0.1:9", token, sleep=naps, chance=never) as client,
        pytest.raises(errors.ServerUnreachable),
    ):
        client.send(server.version())


async def broken_stream(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"100"), (b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    message = b"event: reset\nid: e.4\ndata: {}\n\n"
    await send({"type": "http.response.body", "body": message, "more_body": True})


def stream(*messages: str) -> Response:
    async def content() -> AsyncGenerator[str]:
        for message in messages:
            yield message

    return StreamingResponse(content(), media_type="text/event-stream")


class Streams(Script):
    """The same for streams; the first one breaks off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.asked:
            self.asked.append(Request(scope))
            await broken_stream(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def resumed(asked: Sequence[Request]) -> list[str | None]:
    return [request.headers.get("Last-Event-ID") for request in asked]


async def test_a_broken_stream_is_resumed_where_it_broke() -> None:
    script, naps = Streams(stream("event: reset\nid: e.9\ndata: {}\n\n")), Naps()

    async with (
        listening(script) as url,
        AsyncClient(url, "x", sleep=naps.nap, chance=never) as client,
    ):
        events = client.events("e.1")
        ids = [(await anext(events)).id for _ in range(2)]
        await events.aclose()

    assert ids == ["e.4", "e.9"]
    assert resumed(script.asked) == ["e.1", "e.4"]
    assert naps.taken == [0.2]


async def test_the_blocking_client_resumes_too() -> None:
    script, naps = Streams(stream("event: reset\nid: e.9\ndata: {}\n\n")), Naps()

    def follow(url: str) -> list[str]:
        with Client(url, "x", sleep=naps, chance=never) as client:
            events = client.events()
            ids = [next(events).id for _ in range(2)]
            events.close()
            return ids

    async with listening(script) as url:
        ids = await asyncio.to_thread(follow, url)

    assert ids == ["e.4", "e.9"]
    assert resumed(script.asked) == [None, "e.4"]


async def test_a_stream_that_never_comes_is_given_up() -> None:
    naps = Naps()

    async with AsyncClient(refusing_url(), "x", sleep=naps.nap, chance=never) as client:
        with pytest.raises(errors.ServerUnreachable):
            await anext(client.events())

    assert naps.taken == [0.2, 0.5, 1.0]
