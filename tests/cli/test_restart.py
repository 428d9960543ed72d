"""The server goes away while a command waits; the operation outlives it."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from ldfleet import errors
from ldfleet.cli import waiting
from ldfleet.client import operations
from ldfleet.client.client import Client
from ldfleet.wire.operations import OperationOut
from support.commandline import CommandLine
from support.edges import ONLINE, Edge, listening
from support.stores import an_operation


class Leaving(httpx.BaseTransport):
    """A way to a server that ends after so many requests."""

    def __init__(self, requests: int) -> None:
        self._left = requests
        self._way = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._left:
            raise httpx.ConnectError("nobody listens there")
        self._left -= 1
        return self._way.handle_request(request)

    def close(self) -> None:
        self._way.close()


async def test_a_wait_survives_a_restart_of_the_server(edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)

    with capture_logs():
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            async with listening(edge.app) as url:
                cli = CommandLine(url, edge.token)
                launch = group.create_task(cli("emulators", "launch", "em_0001"))
                while not await edge.floor.statuses():  # noqa: ASYNC110 - rows tell no event
                    await asyncio.sleep(0.05)
            await asyncio.sleep(3)
            async with listening(edge.app, port=urlsplit(url).port or 0):
                [operation_id] = await edge.floor.statuses()
                await edge.http.post(f"/api/operations/{operation_id}/cancel")
                await asyncio.wait([launch])

    done = launch.result()
    assert "the server does not answer; trying again" in done.stderr
    assert "it goes on" not in done.stderr
    assert done.exit_code == 9


async def test_a_wait_that_is_given_up_tells_what_goes_on(
    edge: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    await edge.floor.farm(emulators=2, health=ONLINE)
    await edge.floor.put(an_operation(1), an_operation(2, emulator=2))
    naps: list[float] = []

    def follow(url: str) -> None:
        way = Leaving(requests=3)
        with Client(
            url, edge.token, transport=way, sleep=naps.append, monotonic=lambda: sum(naps)
        ) as client:
            found: dict[str, OperationOut] = {
                name: client.send(operations.get(name)) for name in ("op_0001", "op_0002")
            }
            waiting.follow(client, found, waiting.Patience())

    with capture_logs():
        async with listening(edge.app) as url:
            with pytest.raises(errors.ServerUnreachable):
                await asyncio.to_thread(follow, url)

    told = capsys.readouterr().err
    assert sum(naps) >= 60
    for operation_id in ("op_0001", "op_0002"):
        assert f"it goes on. Watch it: ldfleet operations watch {operation_id}" in told
