"""Gives WinRM transports, and keeps what they need between uses."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Address, Credentials, Stage, Workstation
from ldfleet.ports import Clock, NewId, Transport
from ldfleet.transports.winrm.login import Login
from ldfleet.transports.winrm.place import Place
from ldfleet.transports.winrm.pool import Common, Pool
from ldfleet.transports.winrm.stages import ConnectionTest
from ldfleet.transports.winrm.transport import WinRMTransport
from ldfleet.transports.winrm.tuning import Tuning

_Key = tuple[Address, Credentials]
_REMEMBERED_LOGINS = 16
"""For one workstation: the kept one, and refused ones."""


class WinRMConnector:
    """Fulfils `ports.Connector`.

    `server_id` names this process among all that use the same accounts: shells left behind under
    its name are deleted before the first command.
    """

    def __init__(
        self, *, server_id: str, clock: Clock, new_id: NewId, tuning: Tuning | None = None
    ) -> None:
        self._common = Common(server_id=server_id, clock=clock, tuning=tuning or Tuning())
        self._new_id = new_id
        self._pools: dict[WorkstationId, tuple[_Key, Pool]] = {}
        self._logins: dict[WorkstationId, dict[_Key, Login]] = {}
        self._closed = False

    @asynccontextmanager
    async def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AsyncGenerator[Transport]:
        """See `ports.Connector`."""
        yield WinRMTransport(
            self._pool(workstation, credentials),
            clock=self._common.clock,
            new_id=self._new_id,
            tuning=self._common.tuning,
        )

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """See `ports.Connector`. A login that was refused before is not tried again."""
        place = Place.of(workstation)
        login = self._login(workstation, credentials)
        session = self._common.session(place, credentials, login, suffix="-test")
        tuning = self._common.tuning
        return await ConnectionTest(session, place, clock=self._common.clock, tuning=tuning).climb()

    async def forget(self, workstation_id: WorkstationId) -> None:
        """See `ports.Connector`. A refused login may be tried again after it."""
        self._logins.pop(workstation_id, None)
        _, pool = self._pools.pop(workstation_id, (None, None))
        if pool is not None:
            await pool.close()

    async def aclose(self) -> None:
        """Delete the shells, close the connections; no task is left."""
        self._closed = True
        pools, self._pools = self._pools, {}
        self._logins.clear()
        async with asyncio.TaskGroup() as group:
            for _, pool in pools.values():
                group.create_task(pool.close())

    def _pool(self, workstation: Workstation, credentials: Credentials) -> Pool:
        if self._closed:
            raise errors.ShuttingDown
        key = (workstation.address, credentials)
        kept = self._pools.get(workstation.id)
        if kept is not None and kept[0] == key:
            return kept[1]
        if kept is not None:
            kept[1].retire()
        login = self._login(workstation, credentials)
        pool = Pool(Place.of(workstation), credentials, login=login, common=self._common)
        self._pools[workstation.id] = (key, pool)
        return pool

    def _login(self, workstation: Workstation, credentials: Credentials) -> Login:
        key = (workstation.address, credentials)
        logins = self._logins.setdefault(workstation.id, {})
        if key not in logins:
            while len(logins) >= _REMEMBERED_LOGINS:
                del logins[next(iter(logins))]
            logins[key] = Login(Place.of(workstation), credentials)
        return logins[key]
