"""Connections to the database a URL names, and transactions on them."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    create_async_engine,
)

from ldfleet import errors
from ldfleet.shield import unbroken
from ldfleet.storage.faults import translated
from ldfleet.storage.signals import Channel, Signals
from ldfleet.storage.sqlite import QuickConnection
from ldfleet.telemetry import Measure, logger, measured

log = logger("ldfleet.storage")

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]
_SETTING = "LDFLEET_DATABASE_URL"
_WRITES = "ldfleet_writes"
_FULL_FOR = 60.0  # seconds; every workstation's look changes something within them
_LEAST_STILL_MS = 250  # a busy process stands still that long without being frozen
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_to_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class Transaction:
    """A transaction under way. Everything this room says to a database goes through here."""

    def __init__(self, connection: AsyncConnection, begun: AsyncTransaction) -> None:
        self._connection = connection
        self._begun = begun
        self._rings: dict[Channel, str] = {}
        self._last: list[Callable[[], Awaitable[None]]] = []

    @property
    def on_postgresql(self) -> bool:
        """Whether this is PostgreSQL."""
        return self._connection.dialect.name == "postgresql"

    async def execute(
        self,
        statement: sa.Executable,
        rows: Rows | None = None,
        *,
        conflict: errors.FleetError | None = None,
        orphan: errors.FleetError | None = None,
    ) -> sa.CursorResult[Any]:
        """Run a statement, for each of `rows` if given. After a `conflict` the unit goes on."""
        with translated(conflict=conflict, orphan=orphan):
            if conflict is None:
                return await self._run(statement, rows)
            async with self.savepoint():
                return await self._run(statement, rows)

    async def rows(self, statement: sa.Executable) -> Sequence[Mapping[str, Any]]:
        """All rows of a query."""
        result = await self.execute(statement)
        names = list(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result]

    async def row(self, statement: sa.Executable) -> Mapping[str, Any] | None:
        """The first row of a query."""
        return next(iter(await self.rows(statement)), None)

    async def value(self, statement: sa.Executable) -> Any:
        """The first column of the first row."""
        return (await self.execute(statement)).scalar()

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """What fails inside of it is undone alone."""
        nested = await unbroken(_started(self._connection.begin_nested()))
        try:
            yield
        except BaseException:
            # Where the disk is full, SQLite has undone all of the transaction already, and where
            # the connection is lost nothing is left: what failed first is what is told.
            with suppress(DBAPIError):
                await unbroken(nested.rollback())
            raise
        await unbroken(nested.commit())

    async def run_sync(self, work: Callable[[sa.Connection], T]) -> T:
        """Work that only knows the blocking interface (Alembic)."""
        with translated():
            return await unbroken(self._connection.run_sync(work))

    async def upsert(
        self,
        table: sa.Table,
        rows: Rows,
        *,
        key: Sequence[str],
        keep: frozenset[str] = frozenset(),
        conflict: errors.FleetError | None = None,
        orphan: errors.FleetError | None = None,
    ) -> None:
        """Insert rows, or replace those of the same key but for the columns in `keep`."""
        if not rows:
            return
        dialect = postgresql if self.on_postgresql else sqlite
        insert = dialect.insert(table)
        change = {name: insert.excluded[name] for name in rows[0] if name not in keep.union(key)}
        statement = insert.on_conflict_do_update(index_elements=list(key), set_=change)
        await self.execute(statement, rows, conflict=conflict, orphan=orphan)

    def ring(self, channel: Channel, payload: str = "") -> None:
        """Tell the waiting, once this is committed."""
        self._rings[channel] = payload

    def at_last(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this right before the commit."""
        self._last.append(work)

    async def commit(self) -> frozenset[Channel]:
        """Make it last; gives the bells to ring now."""
        for work in self._last:
            await work()
        if self.on_postgresql:
            for channel, payload in self._rings.items():
                await self.execute(sa.select(sa.func.pg_notify(str(channel), payload)))
        with translated():
            await unbroken(self._begun.commit())
        return frozenset(self._rings)

    async def _run(self, statement: sa.Executable, rows: Rows | None) -> sa.CursorResult[Any]:
        started = time.perf_counter()
        try:
            return await unbroken(self._connection.execute(statement, rows))
        finally:
            measured(Measure.DB_STATEMENT, time.perf_counter() - started)


class Connections:
    """The pool of one database.

    SQLite has one writer at a time. Those of this process queue fairly for their turn instead
    of polling the file's lock; `patience` bounds the wait for it and for other processes.
    """

    def __init__(
        self, url: str, *, patience: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._writer = asyncio.Lock()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.engine = _engine(_parsed(url), patience)
        """For what needs a session of its own; all else goes through transactions."""
        self.signals = Signals(self.engine)
        self._full_at: float | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def transaction(self, *, writes: bool = True) -> AsyncGenerator[Transaction]:
        """Commits on a clean exit, else rolls back. One that only reads never waits on SQLite."""
        async with AsyncExitStack() as stack:
            stack.enter_context(self._counted())
            if writes and self.dialect == "sqlite":
                await stack.enter_async_context(self._turn())
            connection = self.engine.connect()
            stack.push_async_callback(_closed, connection)
            with translated(), _waiting_for("connection"):
                begun = await unbroken(_begun(connection, writes=writes))
            transaction = Transaction(connection, begun)
            with self._noticing():
                yield transaction
                rung = await transaction.commit()
        for channel in rung:
            self.signals.ring(channel)

    @property
    def has_room(self) -> bool:
        """Whether no change failed lately for want of room. A small one may succeed still."""
        return self._full_at is None or self._monotonic() - self._full_at > _FULL_FOR

    @property
    def in_use(self) -> tuple[int, int]:
        """Connections that somebody has, and open ones that wait for somebody."""
        pool = self.engine.pool
        if not isinstance(pool, sa.QueuePool):
            return 0, 0
        return pool.checkedout(), pool.checkedin()

    async def close(self) -> None:
        """Close all connections, once the transactions under way have ended.

        One that has not within `patience` keeps its connection: the pool would not close it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._idle.wait()
        await self.signals.close()
        await self.engine.dispose()

    @contextmanager
    def _noticing(self) -> Generator[None]:
        try:
            yield
        except errors.DatabaseFull as error:
            if self.has_room:
                log.warning("database.full", reason=error.reason)
            self._full_at = self._monotonic()
            raise

    @contextmanager
    def _counted(self) -> Generator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._patience):
                with _waiting_for("writer"):
                    await self._writer.acquire()
        except TimeoutError as error:
            raise errors.DatabaseBusy from error
        try:
            yield
        finally:
            self._writer.release()


@contextmanager
def _waiting_for(reason: str) -> Generator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        measured(Measure.DB_WAIT, time.perf_counter() - started, reason)


# Each of these is short, and bounded by `patience`. A statement that is cancelled half-way goes
# on in the driver's thread, and its connection keeps the lock with nobody left to free it.


async def _begun(connection: AsyncConnection, *, writes: bool) -> AsyncTransaction:
    started = await connection.start()
    marked = await started.execution_options(**{_WRITES: writes})
    return await marked.begin()


async def _started(nested: AsyncTransaction) -> AsyncTransaction:
    return await nested.start()


async def _closed(connection: AsyncConnection) -> None:
    """Rolls back what was not committed.

    Where the connection is lost there is nothing to roll back, and what was committed is.
    """
    if connection.sync_connection is None:
        return
    try:
        await unbroken(connection.close())
    except DBAPIError:
        await unbroken(connection.close())  # now it knows, and leaves the pool


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    parsed = _parsed(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def postgresql_conninfo(url: str) -> str:
    """A PostgreSQL URL as libpq reads it."""
    return _parsed(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise errors.SettingInvalid(setting=_SETTING, reason="it is not a URL") from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None or not parsed.database or parsed.database == ":memory:":
        reason = "it must be sqlite:///path or postgresql://user:password@host/database"
        raise errors.SettingInvalid(setting=_SETTING, reason=reason)
    return parsed.set(drivername=driver)


def _engine(url: URL, patience: float) -> AsyncEngine:
    on_sqlite = url.get_backend_name() == "sqlite"
    opened = partial(_open_sqlite, url.database or "") if on_sqlite else None
    try:
        engine = create_async_engine(
            url,
            async_creator=opened,
            json_serializer=_to_json,
            pool_pre_ping=not on_sqlite,
            pool_timeout=patience,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        reason = "PostgreSQL needs the extra ldfleet[postgres]"
        raise errors.SettingInvalid(setting=_SETTING, reason=reason) from error
    prepare = _prepare_sqlite if on_sqlite else _prepare_postgresql
    event.listen(engine.sync_engine, "connect", partial(prepare, round(patience * 1000)))
    if on_sqlite:
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


async def _open_sqlite(path: str) -> object:
    return await QuickConnection(path)


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_sqlite(patience_ms: int, connection: Any, _record: object) -> None:
    pragmas = (
        f"busy_timeout = {patience_ms}",
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = NORMAL",
    )
    _say_first(connection, [f"PRAGMA {pragma}" for pragma in pragmas])


def _prepare_postgresql(patience_ms: int, connection: Any, _record: object) -> None:
    connection.autocommit = True
    # A process that is frozen amid a transaction would keep its locks from all others: it loses
    # them before the others lose their patience.
    settings = (
        "timezone TO 'UTC'",
        f"lock_timeout TO {patience_ms}",
        f"idle_in_transaction_session_timeout TO {max(patience_ms // 2, _LEAST_STILL_MS)}",
    )
    _say_first(connection, [f"SET {setting}" for setting in settings])
    connection.autocommit = False


def _say_first(connection: Any, statements: Sequence[str]) -> None:
    cursor = connection.cursor()
    try:
        for statement in statements:
            cursor.execute(statement)
    except BaseException:
        # The pool drops a connection that was refused here without closing it.
        connection.close()
        raise
    cursor.close()
