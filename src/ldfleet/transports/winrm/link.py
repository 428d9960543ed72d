"""What pypsrp takes for its HTTP transport: messages out, replies in, login included."""

import re

from pypsrp.exceptions import WinRMTransportError

from ldfleet.domain.workstation import Credentials
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.bridge import wait
from ldfleet.transports.winrm.connection import Connection, LinkLost
from ldfleet.transports.winrm.faults import translated
from ldfleet.transports.winrm.http import BadReply, Reply
from ldfleet.transports.winrm.login import Entry, Login
from ldfleet.transports.winrm.trust import Trust, fingerprint
from ldfleet.transports.winrm.tuning import Tuning

_OK = 200
_UNAUTHORIZED = 401
_SECURITY_LOST = frozenset({400, _UNAUTHORIZED})
_BOUNDARY = re.compile(r'boundary="(.*)"')


class Link:
    """Holds at most one connection, opens a new one when it has to.

    Remote shells do not belong to a connection: they are found again by their id.
    """

    def __init__(
        self,
        place: Place,
        credentials: Credentials,
        *,
        login: Login,
        trust: Trust,
        tuning: Tuning,
    ) -> None:
        self.endpoint = place.url
        self._place = place
        self._credentials = credentials
        self._login = login
        self._trust = trust
        self._tuning = tuning
        self._connection: Connection | None = None
        self._entry: Entry | None = None

    def send(self, message: bytes, *, timeout: float | None = None, **_retries: object) -> bytes:
        """Called by pypsrp, inside `bridge.call`. What may be sent twice is not for it to say."""
        return wait(self._exchange(message, timeout or self._tuning.reply))

    def close(self) -> None:
        """Called by pypsrp."""
        self.drop()

    def drop(self) -> None:
        """Close the connection; the next message opens another."""
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._entry = None

    async def ready(self) -> None:
        """Have a connection that is logged in. Raises our errors; nothing was asked for yet."""
        if self._connection is not None and self._connection.usable and self._entry is not None:
            return
        self.drop()
        await self.dial(self._tuning.connect)
        await self.secure(self._tuning.connect)
        await self.enter()

    async def dial(self, timeout: float) -> None:
        """TCP."""
        with translated(self._place):
            self._connection = await Connection.dial(
                self._place.address.host, self._place.address.port, timeout=timeout
            )

    async def secure(self, timeout: float) -> None:
        """TLS, where the address says so."""
        if not self._place.address.tls:
            return
        with translated(self._place):
            await self._trust.secure(
                self._connected(), self._place, self._credentials, timeout=timeout
            )

    async def enter(self) -> None:
        """The login. A connection that failed to log in is worth nothing."""
        try:
            self._entry = await self._login.enter(self._connected(), timeout=self._tuning.reply)
        except BaseException:
            self.drop()
            raise

    @property
    def fingerprint(self) -> str | None:
        """Of the certificate the workstation showed."""
        return fingerprint(self._connection) if self._connection is not None else None

    async def _exchange(self, message: bytes, timeout: float) -> bytes:
        await self.ready()
        reply = await self._post(message, timeout)
        if reply.status in _SECURITY_LOST:
            # The other side forgot our login and did nothing: log in anew, ask once more.
            self.drop()
            await self.ready()
            reply = await self._post(message, timeout)
        if reply.status == _UNAUTHORIZED:
            raise self._login.refusal()
        return self._read(reply)

    async def _post(self, message: bytes, timeout: float) -> Reply:
        entry = self._entered()
        if entry.seal is not None:
            _, message = entry.seal.wrap_message(message)
        return await self._connected().post(entry.head, message, timeout=timeout)

    def _read(self, reply: Reply) -> bytes:
        seal = self._entered().seal
        body = reply.body
        if seal is not None and (found := _BOUNDARY.search(reply.content_type)):
            body = seal.unwrap_message(body, found[1])
        elif seal is not None or "soap+xml" not in reply.content_type:
            # Without TLS anybody on the way can answer; only what is sealed is believed.
            raise self._nonsense(reply)
        if reply.status != _OK:
            raise WinRMTransportError("http", reply.status, body.decode(errors="replace"))
        return body

    def _nonsense(self, reply: Reply) -> Exception:
        self.drop()
        if reply.status != _OK and not reply.body:
            return WinRMTransportError("http", reply.status, "")
        return BadReply(
            f"HTTP {reply.status}, {reply.content_type or 'no type'}: {reply.body[:80]!r}"
        )

    def _connected(self) -> Connection:
        if self._connection is None:
            raise LinkLost("the connection was closed")
        return self._connection

    def _entered(self) -> Entry:
        if self._entry is None:
            raise LinkLost("the connection was closed")
        return self._entry
