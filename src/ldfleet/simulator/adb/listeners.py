"""Ports of a workstation, opened on this machine's own loopback for real clients."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from ldfleet.simulator.adb.server import PORT
from ldfleet.simulator.loopback import LOOPBACK
from ldfleet.simulator.seam import Machine

BACKLOG = 64
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


class Listeners:
    """Open inside of `async with`. `wake` starts the workstation's ADB server."""

    def __init__(self, machine: Machine, wake: Callable[[], None]) -> None:
        self._machine = machine
        self._wake = wake
        self._servers: dict[int, asyncio.Server] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self.adb_port = 0
        """Here, of the workstation's ADB server."""

    async def __aenter__(self) -> Self:
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self.adb_port = await self.expose(PORT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.close()
        for task in self._serving:
            task.cancel()
        await self._stack.aclose()

    async def expose(self, port: int, *, here: int = 0) -> int:
        """The port here that leads to one there; 0 takes a free one.

        While nobody serves it, a connection closes at once.
        """
        async with self._opening:
            if port not in self._servers:
                self._servers[port] = await asyncio.start_server(
                    self._door(port), LOOPBACK, here, backlog=BACKLOG
                )
        opened: int = self._servers[port].sockets[0].getsockname()[1]
        return opened

    def _door(self, port: int) -> Connected:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._tasks is not None:
                task = self._tasks.create_task(self._serve(port, reader, writer))
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)

        return connected

    async def _serve(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if port == PORT:
            self._wake()
        try:
            handler = self._machine.listening(port)
            if handler is not None:
                await handler(reader, writer)
        finally:
            writer.close()
