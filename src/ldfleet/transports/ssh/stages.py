"""The rungs of a connection test over SSH, on connections of its own (product.md M2)."""

import asyncio
from collections.abc import Sequence

import asyncssh

from ldfleet import errors
from ldfleet.domain.workstation import Stage, StageName
from ldfleet.ports import Clock
from ldfleet.transports.ladder import addresses_of, climb
from ldfleet.transports.order import Order
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.faults import translated
from ldfleet.transports.ssh.login import Login
from ldfleet.transports.ssh.run import run
from ldfleet.transports.ssh.tuning import Tuning

_QUESTION = ("echo", "%OS%")
_ANSWER = b"Windows_NT"
_OUTPUT_BYTES = 1 << 10


class ConnectionTest:
    """One climb."""

    def __init__(self, place: Place, login: Login, *, clock: Clock, tuning: Tuning) -> None:
        self._place = place
        self._login = login
        self._clock = clock
        self._tuning = tuning
        self._connection: asyncssh.SSHClientConnection | None = None

    async def climb(self) -> Sequence[Stage]:
        """The stages, and nothing left open."""
        rungs = {
            StageName.DNS: self._resolve,
            StageName.TCP: self._dial,
            StageName.HOST_KEY: self._look,
            StageName.LOGIN: self._enter,
            StageName.SHELL: self._shell,
        }
        try:
            return await climb(rungs, clock=self._clock)
        finally:
            if self._connection is not None:
                self._connection.abort()

    async def _resolve(self) -> str:
        with translated(self._place):
            return await addresses_of(self._place.address, timeout=self._tuning.test_connect)

    async def _dial(self) -> str:
        address = self._place.address
        with translated(self._place):
            async with asyncio.timeout(self._tuning.test_connect):
                _, writer = await asyncio.open_connection(address.host, address.port)
        writer.close()
        return self._place.authority

    async def _look(self) -> str:
        shown = await self._login.look()
        if shown != self._place.address.host_key_sha256:
            raise errors.WorkstationUntrusted(
                workstation=self._place.workstation, fingerprint=shown
            )
        return shown

    async def _enter(self) -> str:
        self._connection = await self._login.enter()
        return self._place.address.username

    async def _shell(self) -> None:
        """Programs are started by cmd.exe's rules, so it must be the account's shell."""
        if self._connection is None:
            raise AssertionError("the login stands before the shell")
        order = Order(
            argv=_QUESTION,
            words=_QUESTION,
            skip_cmd_shell=False,
            deadline=self._tuning.opening,
            output_bytes=_OUTPUT_BYTES,
        )
        line = " ".join(order.words)
        opening = self._tuning.opening
        result = await run(self._connection, order, line, place=self._place, opening=opening)
        if _ANSWER not in result.stdout:
            raise errors.ShellUnsupported(workstation=self._place.workstation)
