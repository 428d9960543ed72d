"""What only one process may do at a time, and which workers are there.

Both are session locks of PostgreSQL on one connection of the process. The server ends that
session when nothing was said on it for `limit` seconds, so a process that was killed, cut off or
frozen loses all of it, whatever it believes itself.
"""

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ldfleet.ports import Clock, Worker
from ldfleet.storage.faults import translated
from ldfleet.storage.tables import workstations

_LEADS, _SERVES, _POLLS = 0x6C64_0001, 0x6C64_0002, 0x6C64_0003  # "ld": classes of locks
_TRY = "SELECT pg_try_advisory_lock(:kind, :key)"
_SHARE = "SELECT pg_advisory_lock_shared(:kind, :key)"
_FREE = "SELECT pg_advisory_unlock(:kind, :key)"
_HELD = """
SELECT held.objid::bigint AS key, who.application_name AS name, who.backend_start AS since
FROM pg_locks AS held JOIN pg_stat_activity AS who USING (pid)
WHERE held.locktype = 'advisory' AND held.objsubid = 2 AND held.granted
  AND held.classid = :kind AND who.datname = current_database()
ORDER BY who.backend_start
"""


@dataclass(slots=True, kw_only=True)
class _Session:
    connection: AsyncConnection
    leads: bool
    polls: set[str]


class StoredDuties:
    """`ports.Duties`.

    `sites` are those that this process works for. None: it is a server, which looks after
    every site that no worker is there for.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        clock: Clock,
        name: str,
        sites: frozenset[str] | None,
        limit: float,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._name = name
        self._sites = sites
        self._limit = limit
        self._session: _Session | None = None
        self._seen = 0.0
        self._worked: frozenset[int] = frozenset()

    @property
    def leads(self) -> bool:
        session = self._sure()
        return session is not None and session.leads

    def polls(self, site: str) -> bool:
        session = self._sure()
        return session is not None and site in session.polls

    def worked(self, site: str) -> bool:
        return _key(site) in self._worked

    async def attend(self) -> bool:
        at, before = self._clock.monotonic(), self._held()
        try:
            async with asyncio.timeout(self._limit):
                with translated():
                    self._session = self._session or await self._begin()
                    await self._look(self._session)
        except BaseException:
            await self.resign()
            raise
        self._seen = at
        return self._held() != before

    async def resign(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.connection.invalidate()
            await session.connection.close()

    def _held(self) -> frozenset[str | bool]:
        session = self._session
        return frozenset() if session is None else frozenset({session.leads, *session.polls})

    def _sure(self) -> _Session | None:
        """Only as long as the server has surely not ended it."""
        fresh = self._clock.monotonic() - self._seen < self._limit
        return self._session if fresh else None

    async def _begin(self) -> _Session:
        connection = await self._engine.connect()
        try:
            connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            limit = f"{round(self._limit * 1000)}"
            await _say(
                connection, "SELECT set_config('idle_session_timeout', :to, false)", to=limit
            )
            await _say(
                connection, "SELECT set_config('application_name', :to, false)", to=self._name
            )
            for site in sorted(self._sites or ()):
                await _say(connection, _SHARE, kind=_SERVES, key=_key(site))
        except BaseException:
            await connection.invalidate()
            await connection.close()
            raise
        return _Session(connection=connection, leads=False, polls=set())

    async def _look(self, session: _Session) -> None:
        say = session.connection
        held = await say.execute(sa.text(_HELD), {"kind": _SERVES})
        self._worked = frozenset(row["key"] for row in held.mappings())
        if not session.leads:
            session.leads = await _say(say, _TRY, kind=_LEADS, key=0)
        wanted = self._sites
        if wanted is None:
            sites = (await say.execute(sa.select(workstations.c.site).distinct())).scalars()
            wanted = frozenset(site for site in sites if not self.worked(site))
        for site in sorted(session.polls - wanted):
            await _say(say, _FREE, kind=_POLLS, key=_key(site))
            session.polls.discard(site)
        for site in sorted(wanted - session.polls):
            if await _say(say, _TRY, kind=_POLLS, key=_key(site)):
                session.polls.add(site)


async def workers(engine: AsyncEngine, sites: Sequence[str]) -> Mapping[str, Sequence[Worker]]:
    """`ports.Workers`."""
    with translated():
        async with engine.connect() as connection:
            held = (await connection.execute(sa.text(_HELD), {"kind": _SERVES})).mappings()
            rows: list[tuple[int, str, datetime]] = [
                (row["key"], row["name"], row["since"].astimezone(UTC)) for row in held
            ]
    return {
        site: [Worker(name=name, since=since) for key, name, since in rows if key == _key(site)]
        for site in sites
    }


async def _say(connection: AsyncConnection, statement: str, **values: Any) -> Any:
    return (await connection.execute(sa.text(statement), values)).scalar()


def _key(site: str) -> int:
    """Sites are few: that two of them have the same key is not provided for."""
    return zlib.crc32(site.encode()) & 0x7FFF_FFFF
