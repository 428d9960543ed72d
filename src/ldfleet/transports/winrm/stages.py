"""The rungs of a connection test over WinRM, on fresh connections (product.md M2)."""

from collections.abc import Sequence

from ldfleet.domain.workstation import Stage, StageName
from ldfleet.ports import Clock
from ldfleet.transports.ladder import Rung, addresses_of, climb
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.faults import translated
from ldfleet.transports.winrm.session import Session
from ldfleet.transports.winrm.tuning import Tuning


class ConnectionTest:
    """One climb."""

    def __init__(self, session: Session, place: Place, *, clock: Clock, tuning: Tuning) -> None:
        self._session = session
        self._place = place
        self._clock = clock
        self._tuning = tuning

    async def climb(self) -> Sequence[Stage]:
        """The stages, and nothing left open."""
        rungs: dict[StageName, Rung] = {
            StageName.DNS: self._resolve,
            StageName.TCP: self._dial,
            StageName.TLS: self._secure,
            StageName.LOGIN: self._enter,
            StageName.SHELL: self._shell,
        }
        if not self._place.address.tls:
            del rungs[StageName.TLS]
        try:
            return await climb(rungs, clock=self._clock)
        finally:
            self._session.link.drop()

    async def _resolve(self) -> str:
        with translated(self._place):
            return await addresses_of(self._place.address, timeout=self._tuning.test_connect)

    async def _dial(self) -> str:
        await self._session.link.dial(self._tuning.test_connect)
        return self._place.authority

    async def _secure(self) -> str | None:
        await self._session.link.secure(self._tuning.test_connect)
        return self._session.link.fingerprint

    async def _enter(self) -> str:
        await self._session.link.enter()
        return self._place.address.username

    async def _shell(self) -> None:
        await self._session.open_shell()
        await self._session.delete_shell()
