"""One HTTP/1.1 connection, one exchange at a time: h11 on an asyncio transport."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import h11

LARGEST_REPLY = 4 << 20
"""Bytes; we ask for envelopes of 150 KiB."""

Headers = Sequence[tuple[bytes, bytes]]


class LinkLost(Exception):
    """The connection broke after a request may have reached the workstation."""


class BadReply(Exception):
    """An HTTP answer that can't be WinRM's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Headers
    body: bytes

    def all(self, name: bytes) -> list[str]:
        """Every value of a header; the name in lower case."""
        return [value.decode("latin-1") for key, value in self.headers if key == name]

    @property
    def content_type(self) -> str:
        return next(iter(self.all(b"content-type")), "")


class Connection(asyncio.Protocol):
    """Broken as soon as anything unexpected happens; then it is never used again."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._ended = False

    @classmethod
    async def dial(cls, host: str, port: int, *, timeout: float) -> "Connection":
        """Connect. Raises OSError, TimeoutError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout):
            _, connection = await loop.create_connection(cls, host, port)
        return connection

    async def secure(self, context: ssl.SSLContext, host: str, *, timeout: float) -> None:
        """Go over to TLS. Raises ssl.SSLError, OSError."""
        if self._transport is None:
            raise ConnectionResetError("closed before TLS began")
        loop = asyncio.get_running_loop()
        self._transport = await loop.start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=timeout
        )

    @property
    def certificate(self) -> bytes | None:
        """The DER of the certificate the other side showed."""
        if self._transport is None:
            return None
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True) if tls is not None else None

    @property
    def usable(self) -> bool:
        """Whether a request may be written; a connection closed by the other side is not."""
        return self._transport is not None and not self._transport.is_closing()

    async def post(self, headers: Headers, body: bytes, *, timeout: float) -> Reply:
        """One exchange.

        Raises:
            LinkLost: no answer came; whether the request arrived is unknown.
            h11.RemoteProtocolError: the answer is no HTTP.
        """
        if self._transport is None or not self.usable:
            raise LinkLost("the connection was closed")
        self._reply = asyncio.get_running_loop().create_future()
        request = h11.Request(
            method="POST",
            target="/wsman",
            headers=[*headers, (b"Content-Length", str(len(body)).encode())],
        )
        self._transport.write(_bytes(self._http.send(request)) + self._sent(body))
        try:
            async with asyncio.timeout(timeout):
                return await self._reply
        except TimeoutError:
            raise LinkLost(f"no answer within {timeout:g} s") from None
        finally:
            self._settle()

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
        if self._reply is None or self._reply.done():
            self.abort()  # it talks unasked: nothing after that could be trusted
            return
        self._http.receive_data(data)
        self._advance(self._reply)

    def eof_received(self) -> None:
        """Called by asyncio; the end of the stream may be the end of a reply."""
        self._ended = True
        if self._reply is not None and not self._reply.done():
            self._http.receive_data(b"")
            self._advance(self._reply)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._transport = None
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(LinkLost(str(exc) if exc else "it was closed"))

    def _sent(self, body: bytes) -> bytes:
        data = _bytes(self._http.send(h11.Data(data=body))) if body else b""
        return data + _bytes(self._http.send(h11.EndOfMessage()))

    def _advance(self, reply: "asyncio.Future[Reply]") -> None:
        try:
            while (event := self._http.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    self._head = event
                elif isinstance(event, h11.Data):
                    self._take(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    reply.set_result(self._whole())
                    return
                elif isinstance(event, h11.ConnectionClosed):
                    return
        except h11.RemoteProtocolError as error:
            reply.set_exception(self._broken_off() if self._ended else error)

    def _broken_off(self) -> Exception:
        heard = self._http.trailing_data[0]
        if self._head is None and heard:
            return BadReply(f"no HTTP: {heard[:80]!r}")
        return LinkLost("it was closed before the answer was complete")

    def _take(self, data: bytes | bytearray) -> None:
        self._body += data
        if len(self._body) > LARGEST_REPLY:
            raise h11.RemoteProtocolError(f"more than {LARGEST_REPLY} bytes")

    def _whole(self) -> Reply:
        head = cast("h11.Response", self._head)
        return Reply(status=head.status_code, headers=list(head.headers), body=bytes(self._body))

    def _settle(self) -> None:
        self._reply = self._head = None
        self._body = bytearray()
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self.abort()


def _bytes(data: bytes | None) -> bytes:
    return data or b""
