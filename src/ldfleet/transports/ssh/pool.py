"""The connection to one workstation, and the programs that run over it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TypeVar

import asyncssh

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.ports import Clock, NewId
from ldfleet.shield import unbroken
from ldfleet.transports.order import Order
from ldfleet.transports.place import Place
from ldfleet.transports.powershell import PowerShell, Script
from ldfleet.transports.ssh.faults import translated
from ldfleet.transports.ssh.forward import ForwardedStream, forwarded
from ldfleet.transports.ssh.login import Login
from ldfleet.transports.ssh.run import run
from ldfleet.transports.ssh.transfer import fetch, send
from ldfleet.transports.ssh.tuning import Tuning

T = TypeVar("T")


class Common:
    """What the pools of one connector share."""

    def __init__(self, *, clock: Clock, new_id: NewId, tuning: Tuning) -> None:
        self.clock = clock
        self.new_id = new_id
        self.tuning = tuning
        self.gate = asyncio.Semaphore(tuning.in_flight)


class Pool:
    """For one address with one set of credentials: one connection, several sessions on it."""

    def __init__(self, place: Place, *, login: Login, common: Common) -> None:
        self._place = place
        self._login = login
        self._common = common
        self._slots = asyncio.Semaphore(common.tuning.sessions)
        self._ends = asyncio.Semaphore(common.tuning.ending)
        self._dialling = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._busy = 0
        self._retired = False
        self._powershell = PowerShell(
            self._bare, workstation=place.workstation, sleep=common.clock.sleep
        )

    async def run(self, order: Order) -> ProcessResult:
        """Run it to its end; ended there when it is cancelled or late."""
        async with self._slots, self._common.gate:
            if self._retired:
                raise errors.ShuttingDown
            self._busy += 1
            try:
                return await self._run(order)
            finally:
                self._busy -= 1
                self._close_if_retired()

    @asynccontextmanager
    async def forward(self, port: int) -> AsyncGenerator[ForwardedStream]:
        """A connection to a port of its loopback; it counts as something that runs."""
        if self._retired:
            raise errors.ShuttingDown
        self._busy += 1
        try:
            async with AsyncExitStack() as stack:
                with translated(self._place):
                    async with asyncio.timeout(self._common.tuning.opening):
                        opening = forwarded(await self._ready(), port, self._place)
                        stream = await stack.enter_async_context(opening)
                yield stream
        finally:
            self._busy -= 1
            self._close_if_retired()

    async def send_file(self, path: str, pieces: AsyncIterable[bytes]) -> None:
        """See `ports.Transport`. It takes a session."""
        async with self._session() as connection:
            await self._when_free(lambda: send(connection, path, pieces, place=self._place))

    @asynccontextmanager
    async def fetch_file(self, path: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """See `ports.Transport`. It takes a session."""
        async with (
            self._session() as connection,
            fetch(connection, path, place=self._place) as pieces,
        ):
            yield pieces

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[asyncssh.SSHClientConnection]:
        """The connection, while there is room on it for another session."""
        async with self._slots, self._common.gate:
            if self._retired:
                raise errors.ShuttingDown
            self._busy += 1
            try:
                yield await self._ready()
            finally:
                self._busy -= 1
                self._close_if_retired()

    def retire(self) -> None:
        """Close the connection once nothing runs over it. Nothing new is opened."""
        self._retired = True
        self._close_if_retired()

    async def close(self) -> None:
        """Close it now."""
        self._retired = True
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._common.tuning.closing):
                    await connection.wait_closed()

    async def _run(self, order: Order) -> ProcessResult:
        connection = await self._ready()
        marker = self._common.new_id("run")
        line = marked(marker, " ".join(order.words))
        try:
            async with asyncio.timeout(order.deadline):
                return await self._over(connection, order, line)
        except TimeoutError as error:
            raise await self._late(order, marker) from error
        except asyncio.CancelledError:
            await unbroken(self._end(marker))
            raise

    async def _over(
        self, connection: asyncssh.SSHClientConnection, order: Order, line: str
    ) -> ProcessResult:
        opening = self._common.tuning.opening
        return await self._when_free(
            lambda: run(connection, order, line, place=self._place, opening=opening)
        )

    async def _when_free(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do what needs a session; where sshd refused one, nothing was begun."""
        for delay in self._common.tuning.busy_delays:
            try:
                return await act()
            except errors.WorkstationBusy:
                await self._common.clock.sleep(delay)
        return await act()

    async def _bare(self, order: Order) -> ProcessResult:
        """What ends others is not ended itself: it bounds its own time."""
        return await self._over(await self._ready(), order, " ".join(order.words))

    async def _late(self, order: Order, marker: str) -> errors.FleetError:
        if await unbroken(self._end(marker)):
            return errors.CommandTimedOut(
                workstation=self._place.workstation,
                program=order.program,
                seconds=order.deadline,
            )
        return errors.OutcomeUnknown(
            workstation=self._place.workstation,
            program=order.program,
            reason=f"it did not end within {order.deadline:g} s and could not be ended",
        )

    async def _end(self, marker: str) -> bool:
        """Whether nothing is left of it.

        Closing the session ends nothing on Windows (PowerShell/Win32-OpenSSH#1751), so its
        process is looked for by the mark in its command line.
        """
        cleanup = self._common.tuning.cleanup
        try:
            async with self._ends, asyncio.timeout(cleanup):
                request = {"marker": marker}
                answer = await self._powershell.ask(Script.END, request, deadline=cleanup)
        except (errors.FleetError, TimeoutError):
            return False
        return answer.get("left") == 0

    async def _ready(self) -> asyncssh.SSHClientConnection:
        async with self._dialling:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._login.enter()
            return self._connection

    def _close_if_retired(self) -> None:
        if self._retired and not self._busy and self._connection is not None:
            self._connection.close()
            self._connection = None


def marked(marker: str, line: str) -> str:
    """The line, with the mark in the command line of the session's cmd.exe.

    It sets a variable that nobody reads.
    """
    return f"set ldfleet={marker}&&{line}"
