"""The ADB of a workstation: over a connection to its server, or through the program there."""

import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.adb import SERVER_PORT, AdbRefused, Asking, block, read_answer
from ldfleet.ldplayer.android import Question, whole
from ldfleet.ldplayer.text import NotUnderstood, one_newline
from ldfleet.ports import Stream, Transport

QUICKLY = 10.0  # seconds
ANSWER = 25.0
PIECE = 1 << 16


class Adb(Protocol):
    """The one ADB server of a workstation, whoever started it. Nobody here ever ends it."""

    async def ask(self, serial: str, question: Question[Any]) -> bytes:
        """What a device's shell prints. Raises AdbRefused where the device is not served."""
        ...

    async def reconnect(self, address: str) -> None:
        """Have its server connect anew; an offline device comes back by it at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdbProgram:
    """`Adb` over any transport: each request is a run of adb.exe."""

    transport: Transport
    path: str

    async def ask(self, serial: str, question: Question[Any]) -> bytes:
        """See `Adb`."""
        line = question.asked_as_text if question.binary else question.asked
        room = question.largest * 3 // 2 if question.binary else question.largest
        result = await self._run("-s", serial, "exec-out", line, deadline=ANSWER, room=room)
        answer = whole(read_answer(result))
        return _decoded(answer) if question.binary else one_newline(answer)

    async def start(self) -> None:
        """Start the workstation's server, unless one runs."""
        await self._run("start-server")

    async def reconnect(self, address: str) -> None:
        """See `Adb`. Neither exit code tells anything (ldconsole.md 8)."""
        await self._run("disconnect", address)
        await self._run("connect", address)

    async def _run(
        self, *words: str, deadline: float = QUICKLY, room: int = 1 << 20
    ) -> ProcessResult:
        return await self.transport.run((self.path, *words), deadline=deadline, output_bytes=room)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdbServer:
    """`Adb` over a connection to its server's port: no program is run for a request."""

    transport: Transport
    program: AdbProgram
    port: int = SERVER_PORT

    async def ask(self, serial: str, question: Question[Any]) -> bytes:
        """See `Adb`."""
        async with (
            asyncio.timeout(ANSWER),
            self._granted(f"host:transport:{serial}", f"exec:{question.asked}") as answer,
        ):
            return whole(await answer.all(question.largest))

    async def reconnect(self, address: str) -> None:
        """See `Adb`. That it was not connected before is no matter."""
        with suppress(AdbRefused):
            await self._told(f"host:disconnect:{address}")
        await self._told(f"host:connect:{address}")

    async def _told(self, service: str) -> bytes:
        async with asyncio.timeout(QUICKLY), self._granted(service) as answer:
            return await answer.block()

    @asynccontextmanager
    async def _granted(self, *services: str) -> AsyncGenerator["_Answer"]:
        """A connection on which they were granted, one after the other."""
        async with AsyncExitStack() as stack:
            try:
                stream = await stack.enter_async_context(self.transport.forward(self.port))
            except errors.PortClosed:
                await self.program.start()
                stream = await stack.enter_async_context(self.transport.forward(self.port))
            asking = Asking(*services)
            await stream.write(asking.begin())
            while not asking.granted:
                data = await stream.read(PIECE)
                if not data:
                    raise AdbRefused("its server closed the connection")
                if following := asking.receive(data):
                    await stream.write(following)
            yield _Answer(stream, asking.rest())


class _Answer:
    """What a granted service writes."""

    def __init__(self, stream: Stream, begun: bytes) -> None:
        self._stream = stream
        self._received = bytearray(begun)

    async def all(self, largest: int) -> bytes:
        """To its end."""
        while data := await self._stream.read(PIECE):
            self._received += data
            if len(self._received) > largest:
                raise NotUnderstood(f"its answer is longer than {largest} bytes")
        return bytes(self._received)

    async def block(self) -> bytes:
        """With its length before it."""
        while (content := block(bytes(self._received))) is None:
            data = await self._stream.read(PIECE)
            if not data:
                raise NotUnderstood("ADB said nothing")
            self._received += data
        return content


def _decoded(raw: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error as error:
        raise NotUnderstood(f"it gave no base64, but {raw[:60]!r}") from error
