"""One TCP connection to WinRM: HTTP/1.1 by h11, login, sealing, and the faults of networks."""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from ssl import SSLContext, SSLObject, SSLSocket

import h11

from ldfleet.simulator.winrm import sealing
from ldfleet.simulator.winrm.faults import WinRMCounters, WinRMFaults
from ldfleet.simulator.winrm.login import Gate, Headers, Login, Verdict
from ldfleet.simulator.winrm.ntlm import SealBroken
from ldfleet.simulator.winrm.service import OK, Caller, ConnectionCut, Service

PATHS = {b"/wsman", b"/wsman/", b"/wsman-anon/identify"}
SOAP = "application/soap+xml;charset=UTF-8"
HANDSHAKE_LIMIT = 30.0  # seconds
NO_LINGER = struct.pack("ii", 1, 0)
BODY_LIMIT = 4 * 1024 * 1024  # far above MaxEnvelopeSizekb, which answers with a fault
Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What all connections of one listener share."""

    gate: Gate
    service: Service
    faults: WinRMFaults
    counters: WinRMCounters
    tls: SSLContext | None
    entered: Callable[["Connection"], None]
    """Called once a connection stands; runs its `converse` until `left`."""
    left: Callable[["Connection"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A whole HTTP request."""

    method: bytes
    target: bytes
    headers: dict[bytes, str]
    body: bytes


class Connection(asyncio.Protocol):
    def __init__(self, door: Door) -> None:
        self._door = door
        self._http = h11.Connection(h11.SERVER)
        self._arrived = asyncio.Event()
        self._lost = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.Timeout | None = None
        self._task: asyncio.Task[None] | None = None
        self._ip = ""
        self._secured = door.tls is None
        self._login = Login(door.gate, client_certificate=None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream server has no other
        self._transport = transport
        self._ip = transport.get_extra_info("peername")[0]
        if self._door.tls is not None:
            transport.pause_reading()  # the first bytes are for start_tls
        self._door.counters.connections += 1
        self._door.counters.standing += 1
        self._door.entered(self)

    def runs_in(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def data_received(self, data: bytes) -> None:
        self._http.receive_data(data)
        self._arrived.set()

    def eof_received(self) -> None:
        self._close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        self._end()
        if self._task is not None:
            self._task.cancel()  # a Receive that nobody waits for must not take output

    def cut(self) -> None:
        """Break the connection: the client gets a reset, not an orderly end."""
        if self._transport is None:
            return
        below: socket.socket | None = self._transport.get_extra_info("socket")
        if below is not None and below.fileno() >= 0:  # neither, once it is being closed
            below.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._transport.abort()

    def reconsider_idleness(self) -> None:
        """`idle_drop_s` has changed while this connection may be idle."""
        if self._idle is not None:
            self._idle.reschedule(self._idle_deadline())

    async def converse(self) -> None:
        """Serve requests until one side has enough."""
        try:
            await self._secure()
            while await self._exchange():
                pass
        except (h11.RemoteProtocolError, OSError):  # a TimeoutError, too, is an OSError
            self._close()
        except ConnectionCut:
            self.cut()
        except Exception:  # the loop of a connection: one bad request must not end the machine
            log.exception("winrm.connection_failed")
            self.cut()
        finally:
            self._close()
            if not self._secured:  # asyncio does not tell of a loss during the handshake
                self._end()
            try:
                await self._lost.wait()  # until then it can be cut: its peer may take nothing
            finally:
                self._door.left(self)

    async def _secure(self) -> None:
        """TLS within our own task, so that a client that stalls it can be cut off as well."""
        if self._door.tls is None or self._transport is None:
            return
        secured = await asyncio.get_running_loop().start_tls(
            self._transport,
            self,
            self._door.tls,
            server_side=True,
            ssl_handshake_timeout=HANDSHAKE_LIMIT,
        )
        if secured is None:
            raise ConnectionAbortedError
        self._transport, self._secured = secured, True
        tls: SSLObject | SSLSocket = secured.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True)
        self._login = Login(self._door.gate, client_certificate=certificate)

    async def _exchange(self) -> bool:
        call = await self._next_call()
        if call is None:
            return False
        if self._door.faults.delay_s:
            await asyncio.sleep(self._door.faults.delay_s)
        await self._respond(call)
        if self._http.our_state is h11.MUST_CLOSE or self._http.their_state is h11.CLOSED:
            return False
        self._http.start_next_cycle()
        return True

    async def _next_call(self) -> Call | None:
        event = await self._head()
        if not isinstance(event, h11.Request):
            return None
        body: list[bytes] = []
        size = 0
        while isinstance(part := await self._event(), h11.Data):
            body.append(bytes(part.data))
            size += len(part.data)
            if size > BODY_LIMIT:
                raise ConnectionCut
        headers = {bytes(name): bytes(value).decode("latin-1") for name, value in event.headers}
        return Call(
            method=bytes(event.method),
            target=bytes(event.target),
            headers=headers,
            body=b"".join(body),
        )

    async def _head(self) -> Event:
        async with asyncio.timeout_at(self._idle_deadline()) as idle:
            self._idle = idle
            try:
                return await self._event()
            finally:
                self._idle = None

    async def _event(self) -> Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))
            self._arrived.clear()
            await self._arrived.wait()
        return event

    async def _respond(self, call: Call) -> None:
        if call.target.partition(b"?")[0] not in PATHS:
            self._send(404)
        elif call.method != b"POST":
            self._send(405)
        elif "wsmanidentify" in map(bytes.decode, call.headers) and (
            identity := self._door.service.identify(call.body)
        ):
            self._send(OK, identity.encode(), SOAP)
        else:
            await self._authenticated(call)

    async def _authenticated(self, call: Call) -> None:
        verdict = self._login.judge(call.headers.get(b"authorization"))
        self._door.counters.logins_refused += verdict.refused
        self._door.counters.handshakes += verdict.handshake
        if verdict.user is None:
            self._send(401, headers=verdict.headers)
        elif not call.body:
            self._send(OK, headers=verdict.headers)
        else:
            await self._serve(call, verdict, Caller(user=verdict.user, ip=self._ip))

    async def _serve(self, call: Call, verdict: Verdict, caller: Caller) -> None:
        if not call.headers.get(b"content-type", "").startswith("multipart/encrypted"):
            if self._door.tls is not None:
                status, soap = await self._door.service.answer(call.body, caller)
                self._send(status, soap.encode(), SOAP, verdict.headers)
            else:  # AllowUnencrypted=false: pywinrm#208 and others report a bare 500
                self._send(500, headers=verdict.headers)
            return
        await self._serve_sealed(call, verdict, caller)

    async def _serve_sealed(self, call: Call, verdict: Verdict, caller: Caller) -> None:
        session = self._login.session
        try:
            envelope = sealing.unsealed(session, call.body) if session is not None else None
        except SealBroken:
            envelope = None
        if session is None or envelope is None:
            self._send(400, headers=verdict.headers)  # winrm.md 8.4: unproven on Windows
            return
        status, soap = await self._door.service.answer(envelope, caller)
        body = sealing.sealed(session, soap.encode())
        self._send(status, body, sealing.CONTENT_TYPE, verdict.headers)

    def _send(
        self,
        status: int,
        body: bytes = b"",
        content_type: str = "",
        headers: Headers | None = None,
    ) -> None:
        all_headers = [
            *(("Content-Type", content_type) for _ in range(bool(content_type))),
            ("Server", "Microsoft-HTTPAPI/2.0"),
            *(headers or []),
            ("Content-Length", str(len(body))),
        ]
        parts = [
            self._http.send(h11.Response(status_code=status, headers=all_headers)),
            self._http.send(h11.Data(data=body)),
            self._http.send(h11.EndOfMessage()),
        ]
        self._write(b"".join(part for part in parts if part))

    def _write(self, data: bytes | None) -> None:
        if self._transport is not None and data:
            self._transport.write(data)

    def _end(self) -> None:
        if not self._lost.is_set():
            self._lost.set()
            self._door.counters.standing -= 1

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _idle_deadline(self) -> float | None:
        limit = self._door.faults.idle_drop_s
        return asyncio.get_running_loop().time() + limit if limit else None
