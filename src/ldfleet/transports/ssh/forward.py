"""Connections to ports of a workstation, over its SSH connection."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncssh
from asyncssh import constants

from ldfleet import errors
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.faults import translated

LOOPBACK = "127.0.0.1"


class ForwardedStream:
    """Fulfils `ports.Stream`."""

    def __init__(
        self, reader: "asyncssh.SSHReader[bytes]", writer: "asyncssh.SSHWriter[bytes]", place: Place
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._place = place

    async def read(self, limit: int) -> bytes:
        """See `ports.Stream`."""
        with translated(self._place):
            return await self._reader.read(limit)

    async def write(self, data: bytes) -> None:
        """See `ports.Stream`."""
        with translated(self._place):
            self._writer.write(data)
            await self._writer.drain()


@asynccontextmanager
async def forwarded(
    connection: asyncssh.SSHClientConnection, port: int, place: Place
) -> AsyncGenerator[ForwardedStream]:
    """A channel of its own: sshd's limit of sessions does not count it."""
    reader, writer = await _opened(connection, port, place)
    try:
        yield ForwardedStream(reader, writer, place)
    finally:
        writer.channel.abort()


async def _opened(connection: asyncssh.SSHClientConnection, port: int, place: Place) -> Any:
    # asyncssh leaves the types of its generics open.
    open_connection = cast("Any", connection).open_connection
    with translated(place):
        try:
            return await open_connection(LOOPBACK, port, encoding=None)
        except asyncssh.ChannelOpenError as error:
            if error.code == constants.OPEN_CONNECT_FAILED and not connection.is_closed():
                raise errors.PortClosed(workstation=place.workstation, port=port) from error
            if error.code == constants.OPEN_ADMINISTRATIVELY_PROHIBITED:
                raise errors.PortForwardUnsupported(
                    workstation=place.workstation, reason="its SSH server forwards none"
                ) from error
            raise
