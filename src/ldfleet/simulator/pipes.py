"""A running program with its three streams: what an endpoint holds of it."""

import asyncio
from collections.abc import Callable

from ldfleet.simulator.seam import Chunk

CONTROL_C_EXIT = 0xC000013A


class Input:
    """Standard input: bytes that arrive, then an end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._end = asyncio.Event()

    def feed(self, data: bytes, *, end: bool) -> None:
        if not self._end.is_set():
            self._data += data
        if end:
            self._end.set()

    async def read_all(self) -> bytes:
        """All of it, once it has ended."""
        await self._end.wait()
        return bytes(self._data)


class PipedProcess:
    """Implements `seam.RemoteProcess`; its end is also a future."""

    def __init__(
        self, pid: int, *, interrupt: Callable[[], None], terminate: Callable[[], None]
    ) -> None:
        self.pid = pid
        self.input = Input()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.exit_code: int | None = None
        self._interrupt = interrupt
        self._terminate = terminate
        self._out = bytearray()
        self._err = bytearray()
        self._news = asyncio.Event()
        self._last: Chunk | None = None

    def feed(self, data: bytes, *, end: bool) -> None:
        self.input.feed(data, end=end)

    async def read(self) -> Chunk:
        while not (self._out or self._err or self.ended.done()):
            self._news.clear()
            await self._news.wait()
        if self._last is not None:
            return self._last
        chunk = self.take()
        if chunk.exit_code is not None:
            self._last = chunk
        return chunk

    def take(self) -> Chunk:
        """What is there now, without waiting."""
        chunk = Chunk(stdout=bytes(self._out), stderr=bytes(self._err), exit_code=self.exit_code)
        self._out.clear()
        self._err.clear()
        return chunk

    def interrupt(self) -> None:
        if self.exit_code is None:
            self._interrupt()

    def terminate(self) -> None:
        self._terminate()

    def write_out(self, data: bytes) -> None:
        self._out += data
        self._news.set()

    def write_err(self, data: bytes) -> None:
        self._err += data
        self._news.set()

    def finish(self, exit_code: int) -> None:
        """Called once, by whoever ran the program."""
        self.exit_code = exit_code & 0xFFFFFFFF
        self.ended.set_result(None)
        self._news.set()
