"""Bytes between a client and what serves it."""

from dataclasses import dataclass

from ldfleet.simulator.seam import Reader, Writer

GONE = (OSError, EOFError)
"""How a client's end shows; IncompleteReadError is an EOFError."""


@dataclass(slots=True)
class Wire:
    """A connection, both ways."""

    reader: Reader
    writer: Writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def exactly(self, size: int) -> bytes:
        return await self.reader.readexactly(size)


class CutOff(ConnectionError):
    """The simulator cuts it here."""


@dataclass(slots=True)
class Limited:
    """A writer that cuts the connection after so many bytes."""

    writer: Writer
    left: int

    def write(self, data: bytes, /) -> None:
        sent = data[: self.left]
        self.left -= len(sent)
        self.writer.write(sent)

    async def drain(self) -> None:
        await self.writer.drain()
        if self.left <= 0:
            self.writer.close()
            raise CutOff

    def close(self) -> None:
        self.writer.close()
