"""Somebody on the wire: messages that are spoilt, and answers that are not the workstation's."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from contracts.stands import LDCONSOLE, TOOLS, WinRMStand, a_stand
from ldfleet import errors

Change = Callable[[bytes], bytes]
SOAP = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    b"<s:Fault><s:Code/></s:Fault></s:Body></s:Envelope>"
)
FORGED = b"HTTP/1.1 %d \r\nContent-Type: application/soap+xml\r\nContent-Length: %d\r\n\r\n%s"


class Wire:
    """Carries bytes between both sides; the next piece either way may be changed, once."""

    def __init__(self) -> None:
        self.to_server: Change | None = None
        self.to_client: Change | None = None

    def requests(self, data: bytes) -> bytes:
        change, self.to_server = self.to_server, None
        return change(data) if change else data

    def replies(self, data: bytes) -> bytes:
        change, self.to_client = self.to_client, None
        return change(data) if change else data


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change: Change) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 18):
            writer.write(change(data))
            await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def tapped() -> AsyncGenerator[tuple[WinRMStand, Wire]]:
    wire = Wire()
    async with a_stand() as stand:

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", stand.endpoint.http_port)
            async with asyncio.TaskGroup() as group:
                group.create_task(pump(reader, back, wire.requests))
                group.create_task(pump(there, writer, wire.replies))

        server = await asyncio.start_server(converse, "127.0.0.1", 0)
        async with server:
            port: int = server.sockets[0].getsockname()[1]
            yield replace(stand, record=stand.moved(port=port)), wire
            await stand.connector.aclose()


def spoil(data: bytes) -> bytes:
    at = data.index(b"octet-stream\r\n") + 40  # within what is sealed
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def forge(status: int) -> Change:
    return lambda _: FORGED % (status, len(SOAP), SOAP)


async def test_a_message_the_workstation_could_not_open_is_sent_again_in_the_same_shell() -> None:
    async with tapped() as (stand, wire), stand.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        wire.to_server = spoil

        result = await transport.run([f"{TOOLS}\\fail.exe"], deadline=10)

        assert result.exit_code == 7
        assert len(stand.started("fail.exe")) == 1
        assert stand.endpoint.counters.connections == 2
        assert stand.endpoint.counters.requests["Create"] == 1


@pytest.mark.parametrize("status", [200, 500])
async def test_an_answer_that_is_not_sealed_is_not_believed(status: int) -> None:
    async with tapped() as (stand, wire), stand.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        wire.to_client = forge(status)

        with pytest.raises(errors.OutcomeUnknown):
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10)

        assert len(stand.started("show.exe")) <= 1


async def test_a_sealed_answer_that_was_changed_is_not_believed() -> None:
    async with tapped() as (stand, wire), stand.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        wire.to_client = spoil

        with pytest.raises(errors.OutcomeUnknown):
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10)

        assert len(stand.started("show.exe")) <= 1
