"""Gives WinRM transports, and keeps what they need between uses."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Credentials, Stage, TransportKind, Workstation
from ldfleet.ports import Clock, NewId, Transport
from ldfleet.transports.keeping import Keeping
from ldfleet.transports.place import Place
from ldfleet.transports.remote import RemoteTransport
from ldfleet.transports.winrm.login import Login
from ldfleet.transports.winrm.pool import Common, Pool
from ldfleet.transports.winrm.stages import ConnectionTest
from ldfleet.transports.winrm.tuning import Tuning


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
        self._kept = Keeping(open_pool=self._open_pool, new_login=_new_login, clock=clock)

    kinds = (TransportKind.WINRM,)

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
            new_id=self._new_id,
            ask_wmi=pool.ask_wmi,
        )

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """See `ports.Connector`. A refused login is tried anew, not too often (`Keeping`)."""
        place = Place.of(workstation)
        login = await self._kept.login_to_test(workstation, credentials)
        session = self._common.session(place, credentials, login, suffix="-test")
        tuning = self._common.tuning
        return await ConnectionTest(session, place, clock=self._common.clock, tuning=tuning).climb()

    async def forget(self, workstation_id: WorkstationId) -> None:
        """See `ports.Connector`. A refused login may be tried again after it."""
        await self._kept.forget(workstation_id)

    async def aclose(self) -> None:
        """Delete the shells, close the connections; no task is left."""
        await self._kept.aclose()

    def _open_pool(self, workstation: Workstation, credentials: Credentials, login: Login) -> Pool:
        return Pool(Place.of(workstation), credentials, login=login, common=self._common)


def _new_login(workstation: Workstation, credentials: Credentials) -> Login:
    return Login(Place.of(workstation), credentials)
