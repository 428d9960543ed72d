"""The adbd of one emulator: packets that carry many streams over one connection.

AOSP, adb/protocol.txt: CNXN, OPEN, OKAY, WRTE, CLSE. One unanswered WRTE a stream, as there.
"""

import asyncio
import struct
from collections.abc import Callable

from ldfleet.simulator.adb import services
from ldfleet.simulator.adb.wires import GONE, Wire
from ldfleet.simulator.ldplayer.attached import Attached
from ldfleet.simulator.seam import Reader, Writer

VERSION = 0x01000001
LARGEST = 256 * 1024
_HEAD = struct.Struct("<4sIIIII")
BANNER = (
    "device::ro.product.name=aosp;ro.product.model={model};ro.product.device=aosp;"
    f"features={services.FEATURES}"
)


class Daemon:
    """What listens on an emulator's ADB port."""

    def __init__(self, look: Callable[[], Attached | None]) -> None:
        self._look = look
        """The emulator as it is now; None while it is off."""

    async def serve(self, reader: Reader, writer: Writer) -> None:
        """One ADB server that has connected."""
        wire = Wire(reader, writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                await Session(wire, self._look, tasks).run()
        except* GONE:
            pass
        finally:
            writer.close()


class Session:
    """One connection with its streams."""

    def __init__(
        self, wire: Wire, look: Callable[[], Attached | None], tasks: asyncio.TaskGroup
    ) -> None:
        self._wire = wire
        self._look = look
        self._tasks = tasks
        self._streams: dict[int, Stream] = {}
        self._last = 0

    async def run(self) -> None:
        """Until the other side has gone."""
        try:
            while True:
                head = await self._wire.exactly(_HEAD.size)
                kind, one, two, size, _, _ = _HEAD.unpack(head)
                await self._take(kind, one, two, await self._wire.exactly(size))
        finally:
            for stream in self._streams.values():
                stream.end()

    async def send(self, kind: bytes, one: int, two: int, content: bytes = b"") -> None:
        magic = struct.unpack("<I", kind)[0] ^ 0xFFFFFFFF
        check = sum(content) & 0xFFFFFFFF
        await self._wire.send(_HEAD.pack(kind, one, two, len(content), check, magic) + content)

    def forget(self, local: int) -> None:
        """The stream is over."""
        self._streams.pop(local, None)

    async def _take(self, kind: bytes, one: int, two: int, content: bytes) -> None:
        device = self._look()
        if device is None:
            raise ConnectionResetError
        if kind == b"CNXN":
            await self._greet(device)
        elif kind == b"OPEN":
            await self._open(device, one, content.rstrip(b"\0").decode())
        elif (stream := self._streams.get(two)) is not None:
            if kind == b"WRTE":
                stream.heard(content)
                await self.send(b"OKAY", two, one)
            elif kind == b"OKAY":
                stream.taken.set()
            elif kind == b"CLSE":
                stream.end()

    async def _greet(self, device: Attached) -> None:
        if device.state == "unauthorized":
            await self.send(b"AUTH", 1, 0, bytes(20))  # and no key is ever good enough
            return
        model = device.guest.props.get("ro.product.model", "LDPlayer")
        await self.send(b"CNXN", VERSION, LARGEST, BANNER.format(model=model).encode())

    async def _open(self, device: Attached, remote: int, name: str) -> None:
        service = None if device.state != "device" else services.find(device, name)
        if service is None:
            await self.send(b"CLSE", 0, remote)
            return
        self._last += 1
        stream = Stream(self, self._last, remote)
        self._streams[stream.local] = stream
        await self.send(b"OKAY", stream.local, remote)
        self._tasks.create_task(stream.run(service))


class Stream:
    """A service's connection. Fulfils `seam.Writer`."""

    def __init__(self, session: Session, local: int, remote: int) -> None:
        self.local = local
        self.taken = asyncio.Event()
        """The other side has taken what was sent last."""
        self._session = session
        self._remote = remote
        self._reader = asyncio.StreamReader(limit=1 << 24)
        self._unsent = bytearray()
        self._gone = False
        self._run: asyncio.Task[None] | None = None

    async def run(self, service: services.Service) -> None:
        self._run = asyncio.current_task()
        try:
            if not self._gone:
                await service(Wire(self._reader, self))
                await self.drain()
        except GONE:
            pass
        except asyncio.CancelledError:
            if not self._gone:
                raise
        finally:
            self._session.forget(self.local)
            await self._session.send(b"CLSE", self.local, self._remote)

    def heard(self, content: bytes) -> None:
        self._reader.feed_data(content)

    def end(self) -> None:
        """The other side has closed it: what serves it still is stopped."""
        self._gone = True
        self.taken.set()
        if self._run is not None:
            self._run.cancel()

    def write(self, data: bytes, /) -> None:
        self._unsent += data

    async def drain(self) -> None:
        while self._unsent:
            if self._gone:
                raise ConnectionResetError
            piece = bytes(self._unsent[:LARGEST])
            del self._unsent[:LARGEST]
            self.taken.clear()
            await self._session.send(b"WRTE", self.local, self._remote, piece)
            await self.taken.wait()

    def close(self) -> None:
        self._gone = True
