"""One HTTP connection on an asyncio transport, one exchange at a time."""

import asyncio
import ssl
from typing import cast

from ldfleet.transports.winrm.http import Answer, BadReply, Reply
from ldfleet.transports.winrm.tls import Tls


class LinkLost(Exception):
    """The connection broke after a request may have reached the workstation."""


class Connection(asyncio.Protocol):
    """Broken as soon as anything unexpected happens; then it is never used again."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._tls: Tls | None = None
        self._secured: asyncio.Future[None] | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._answer = Answer()

    @classmethod
    async def dial(cls, host: str, port: int, *, timeout: float) -> "Connection":
        """Connect. Raises OSError, TimeoutError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout):
            _, connection = await loop.create_connection(cls, host, port)
        return connection

    async def secure(self, context: ssl.SSLContext, host: str, *, timeout: float) -> None:
        """Go over to TLS. Raises ssl.SSLError, OSError, TimeoutError."""
        if not self.usable:
            raise ConnectionResetError("it was closed")
        self._tls = tls = Tls(context, host)
        self._secured = asyncio.get_running_loop().create_future()
        tls.shake()
        self._write(tls.pending())
        try:
            async with asyncio.timeout(timeout):
                await self._secured
        except BaseException:
            self.abort()
            raise
        finally:
            self._secured = None

    @property
    def certificate(self) -> bytes | None:
        """The DER of the certificate the other side showed."""
        return self._tls.certificate if self._tls is not None else None

    @property
    def usable(self) -> bool:
        """Whether a request may be written; a connection closed by the other side is not."""
        return self._transport is not None and not self._transport.is_closing()

    async def post(self, head: bytes, body: bytes, *, timeout: float) -> Reply:
        """One exchange. `head` is a request without its Content-Length and its end.

        Raises:
            LinkLost: no answer came; whether the request arrived is unknown.
            BadReply: the answer is no HTTP.
        """
        if not self.usable:
            raise LinkLost("the connection was closed")
        loop = asyncio.get_running_loop()
        self._answer = Answer()
        self._reply = loop.create_future()
        timer = loop.call_later(timeout, self._late, timeout)
        self._send(b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body))
        reusable = False
        try:
            reply = await self._reply
            reusable = reply.reusable
            return reply
        finally:
            timer.cancel()
            self._reply = None
            if not reusable:
                self.abort()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        if self._tls is None:
            self._hear(data)
            return
        try:
            plain = self._tls.receive(data)
        except ssl.SSLError as error:
            self._fail(error)
            return
        finally:
            self._write(self._tls.pending())
        if self._secured is not None and self._tls.established and not self._secured.done():
            self._secured.set_result(None)
        if plain:
            self._hear(plain)
        if self._tls.ended:
            self.eof_received()
            self.abort()

    def eof_received(self) -> None:
        """Called by asyncio; the end of the stream may be the end of a reply."""
        self._hear(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._transport = None
        self._fail(exc or ConnectionResetError("it was closed"))

    def _send(self, data: bytes) -> None:
        if self._tls is None:
            self._write(data)
            return
        self._tls.send(data)
        self._write(self._tls.pending())

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None:
            self._transport.write(data)

    def _hear(self, data: bytes | None) -> None:
        """None is the end of the stream."""
        if self._reply is None or self._reply.done():
            self.abort()  # it talks unasked: nothing after that could be trusted
            return
        try:
            reply = self._answer.end() if data is None else self._answer.feed(data)
        except BadReply as error:
            self._reply.set_exception(error)
            return
        if reply is not None:
            self._reply.set_result(reply)

    def _late(self, timeout: float) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(LinkLost(f"no answer within {timeout:g} s"))

    def _fail(self, error: Exception) -> None:
        if self._secured is not None and not self._secured.done():
            self._secured.set_exception(error)
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(LinkLost(str(error)))
        self.abort()
