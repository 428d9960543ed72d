"""Gives SSH transports, and keeps what they need between uses."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Credentials, Stage, TransportKind, Workstation
from ldfleet.ports import Clock, NewId, Transport
from ldfleet.transports.keeping import Keeping
from ldfleet.transports.place import Place
from ldfleet.transports.remote import RemoteTransport
from ldfleet.transports.ssh.login import Login
from ldfleet.transports.ssh.pool import Common, Pool
from ldfleet.transports.ssh.stages import ConnectionTest
from ldfleet.transports.ssh.tuning import Tuning


class SSHConnector:
    """Fulfils `ports.Connector`."""

    def __init__(self, *, clock: Clock, new_id: NewId, tuning: Tuning | None = None) -> None:
        self._common = Common(clock=clock, new_id=new_id, tuning=tuning or Tuning())
        self._kept = Keeping(open_pool=self._open_pool, new_login=self._new_login, clock=clock)

    kinds = (TransportKind.SSH,)

    @asynccontextmanager
    async def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AsyncGenerator[Transport]:
        """See `ports.Connector`."""
        pool = self._kept.pool(workstation, credentials)
        yield RemoteTransport(
            pool.run,
            workstation=workstation.name,
            clock=self._common.clock,
            new_id=self._common.new_id,
            dial=pool.forward,
            bulk=pool,
        )

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """See `ports.Connector`. A refused login is tried anew, not too often (`Keeping`)."""
        login = await self._kept.login_to_test(workstation, credentials)
        common = self._common
        return await ConnectionTest(
            Place.of(workstation), login, clock=common.clock, tuning=common.tuning
        ).climb()

    async def forget(self, workstation_id: WorkstationId) -> None:
        """See `ports.Connector`. A refused login may be tried again after it."""
        await self._kept.forget(workstation_id)

    async def aclose(self) -> None:
        """Close the connections; no task is left."""
        await self._kept.aclose()

    def _open_pool(self, workstation: Workstation, _: Credentials, login: Login) -> Pool:
        return Pool(Place.of(workstation), login=login, common=self._common)

    def _new_login(self, workstation: Workstation, credentials: Credentials) -> Login:
        return Login(Place.of(workstation), credentials, tuning=self._common.tuning)
