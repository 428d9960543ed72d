"""The rungs of a connection test, on fresh connections (product.md M2)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from ldfleet import errors
from ldfleet.domain.workstation import Stage, StageName
from ldfleet.ports import Clock
from ldfleet.transports.winrm.faults import translated
from ldfleet.transports.winrm.place import Place
from ldfleet.transports.winrm.session import Session
from ldfleet.transports.winrm.tuning import Tuning

Rung = Callable[[], Awaitable[str | None]]


class ConnectionTest:
    """One climb. Each rung gives a detail worth showing, or raises."""

    def __init__(self, session: Session, place: Place, *, clock: Clock, tuning: Tuning) -> None:
        self._session = session
        self._place = place
        self._clock = clock
        self._tuning = tuning

    async def climb(self) -> Sequence[Stage]:
        """The stages: after the first that failed none is tried."""
        rungs: dict[StageName, Rung] = {
            StageName.DNS: self._resolve,
            StageName.TCP: self._dial,
            StageName.TLS: self._secure,
            StageName.LOGIN: self._enter,
            StageName.SHELL: self._shell,
        }
        if not self._place.address.tls:
            del rungs[StageName.TLS]
        stages: list[Stage] = []
        try:
            for name, rung in rungs.items():
                blocked = bool(stages) and stages[-1].ok is not True
                stages.append(Stage(name=name, ok=None) if blocked else await self._try(name, rung))
        finally:
            self._session.link.drop()
        return stages

    async def _try(self, name: StageName, rung: Rung) -> Stage:
        began = self._clock.monotonic()
        try:
            detail = await rung()
        except errors.FleetError as error:
            return Stage(
                name=name,
                ok=False,
                seconds=self._clock.monotonic() - began,
                detail=str(error),
                code=error.code,
                hint=error.hint,
            )
        return Stage(name=name, ok=True, seconds=self._clock.monotonic() - began, detail=detail)

    async def _resolve(self) -> str:
        address = self._place.address
        with translated(self._place):
            async with asyncio.timeout(self._tuning.test_connect):
                found = await asyncio.get_running_loop().getaddrinfo(
                    address.host, address.port, type=socket.SOCK_STREAM
                )
        return ", ".join(dict.fromkeys(str(each[4][0]) for each in found))

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
