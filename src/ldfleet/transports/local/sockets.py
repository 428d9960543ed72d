"""Ports of the PC that ldfleet runs on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

from ldfleet import errors
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Stream
from ldfleet.transports import faults
from ldfleet.transports.faults import SOCKETS
from ldfleet.transports.place import Place

LOOPBACK = "127.0.0.1"
DIAL_S = 5.0


class Sockets(Protocol):
    """Opens connections to loopback."""

    async def dial(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises OSError; ConnectionRefusedError where nobody listens."""
        ...


class OwnSockets:
    """Fulfils `Sockets` with the operating system's."""

    async def dial(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """See `Sockets`."""
        async with asyncio.timeout(DIAL_S):
            return await asyncio.open_connection(LOOPBACK, port)


class SocketStream:
    """Fulfils `ports.Stream`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: Place
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._place = place

    async def read(self, limit: int) -> bytes:
        """See `ports.Stream`."""
        with faults.translated(SOCKETS, self._place):
            return await self._reader.read(limit)

    async def write(self, data: bytes) -> None:
        """See `ports.Stream`."""
        with faults.translated(SOCKETS, self._place):
            self._writer.write(data)
            await self._writer.drain()


@asynccontextmanager
async def dialled(sockets: Sockets, workstation: Workstation, port: int) -> AsyncGenerator[Stream]:
    """A connection to a port of this PC. Raises PortClosed."""
    place = Place.of(workstation)
    with faults.translated(SOCKETS, place):
        try:
            reader, writer = await sockets.dial(port)
        except ConnectionRefusedError as error:
            raise errors.PortClosed(workstation=place.workstation, port=port) from error
    try:
        yield SocketStream(reader, writer, place)
    finally:
        writer.transport.abort()
