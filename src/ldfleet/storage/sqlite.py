"""SQLite's connections: one trip to a connection's thread for a statement.

aiosqlite takes four: cursor, execute, fetch, close. A trip costs more than most statements.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import aiosqlite


class _Ended(NamedTuple):
    """A statement that was run to its end."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: Sequence[Any] = ()


class QuickConnection(aiosqlite.Connection):
    """A connection as SQLAlchemy's dialect uses it."""

    def __init__(self, path: str) -> None:
        # Without an isolation level Python's sqlite3 begins nothing by itself.
        super().__init__(lambda: sqlite3.connect(path, isolation_level=None), iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy has it of connections that it makes itself

    def cursor(self) -> "QuickCursor":  # type: ignore[override]  # what the dialect needs of one
        return QuickCursor(self)

    async def rollback(self) -> None:
        """The pool wants it of every connection that comes back; few have what to undo."""
        if self.in_transaction:
            await super().rollback()

    async def run(self, sql: str, parameters: Sequence[Any], *, many: bool = False) -> _Ended:
        """A statement, to its end."""

        def to_its_end() -> _Ended:
            run = self._conn.executemany if many else self._conn.execute
            cursor = run(sql, parameters)
            rows = cursor.fetchall()
            return _Ended(cursor.description, cursor.rowcount, cursor.lastrowid, rows)

        ended: _Ended = await self._execute(to_its_end)  # type: ignore[no-untyped-call] # pyright: ignore[reportUnknownMemberType]  # aiosqlite tells no types
        return ended


class QuickCursor:
    """What SQLAlchemy's dialect uses of a cursor; nothing of it is left in SQLite."""

    arraysize = 1

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._ended = _Ended()

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._ended.description

    @property
    def rowcount(self) -> int:
        return self._ended.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._ended.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._ended = await self._connection.run(sql, parameters)

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> None:
        self._ended = await self._connection.run(sql, parameters, many=True)

    async def fetchall(self) -> Sequence[Any]:
        return self._ended.rows

    async def close(self) -> None:
        """There is nothing left to close."""
