"""Being told that something was committed: in this process by bells, across them by NOTIFY.

Hearing of it is a quickening only: whoever waits also looks by itself from time to time.
"""

import asyncio
from contextlib import suppress
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ldfleet import errors
from ldfleet.storage.faults import translated


class Channel(StrEnum):
    """What can be heard of."""

    FEED = "ldfleet_feed"
    QUEUE = "ldfleet_queue"


class Bell:
    """Wakes everyone who waits, and counts, so that a ring before the wait is not missed."""

    def __init__(self) -> None:
        self.rings = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait now."""
        self.rings += 1
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def wait(self, *, since: int, at_most: float) -> None:
        """Come back once it rang after its count was `since`, or the seconds are over."""
        if self.rings != since:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._next.wait()


class Signals:
    """The bells of one process, and on PostgreSQL the connection that rings them from afar."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.bells = {channel: Bell() for channel in Channel}
        self._line = _Line(engine, self.bells) if engine.dialect.name == "postgresql" else None

    def ring(self, channel: Channel) -> None:
        """Wake those who wait in this process."""
        self.bells[channel].ring()

    def ring_everywhere(self, channel: Channel) -> None:
        """Wake those who wait, in other processes too if the line is up."""
        self.ring(channel)
        if self._line is not None:
            self._line.send(channel)

    async def listen(self) -> None:
        """Hear other processes from here on, where there is a way; else the poll is the net."""
        if self._line is not None:
            with suppress(errors.DatabaseError):
                await self._line.connect()

    async def close(self) -> None:
        """Hear nothing more."""
        if self._line is not None:
            await self._line.close()


class _Line:
    """A connection that LISTENs. The event loop watches its socket, so it needs no task.

    It must be a session of its own: LISTEN does not pass a transaction pooler (engine.md 5).
    """

    def __init__(self, engine: AsyncEngine, bells: dict[Channel, Bell]) -> None:
        self._engine = engine
        self._bells = bells
        self._connecting = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._pgconn: Any = None  # libpq's connection, None while the line is down
        self._watched = -1  # its socket, which libpq no longer tells once it is lost
        self._outbox: set[Channel] = set()

    async def connect(self) -> None:
        async with self._connecting:
            if self._pgconn is not None:
                return
            await self._dispose()
            with translated():
                connection = await self._engine.connect()
                self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for channel in Channel:
                    await self._connection.exec_driver_sql(f"LISTEN {channel}")
            raw = await self._connection.get_raw_connection()
            driver: Any = raw.driver_connection
            self._pgconn = driver.pgconn
            self._watched = self._pgconn.socket
            asyncio.get_running_loop().add_reader(self._watched, self._readable)
        # What was rung while the line was down was not heard.
        for bell in self._bells.values():
            bell.ring()

    def send(self, channel: Channel) -> None:
        if self._pgconn is not None:
            self._outbox.add(channel)
            self._guarded(self._flush)

    def _readable(self) -> None:
        self._guarded(self._receive)

    def _receive(self) -> None:
        self._pgconn.consume_input()
        while not self._pgconn.is_busy() and self._pgconn.get_result() is not None:
            pass
        while (notify := self._pgconn.notifies()) is not None:
            self._bells[Channel(notify.relname.decode())].ring()
        self._flush()

    def _flush(self) -> None:
        idle = not self._pgconn.is_busy() and self._pgconn.get_result() is None
        if self._outbox and idle:
            notifies = "; ".join(f"NOTIFY {channel}" for channel in sorted(self._outbox))
            self._outbox.clear()
            self._pgconn.send_query(notifies.encode())
        self._pgconn.flush()

    def _guarded(self, talk: Any) -> None:
        lost: Any = self._engine.dialect.loaded_dbapi.Error
        try:
            talk()
        except lost:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._pgconn is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._pgconn = None
            # The waiting look for themselves, and connect anew as they wait again.
            for bell in self._bells.values():
                bell.ring()

    async def _dispose(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.invalidate()
            await connection.close()

    async def close(self) -> None:
        async with self._connecting:
            self._hang_up()
            await self._dispose()
