"""The WinRM of one simulated workstation: two listeners, one service, its faults."""

import asyncio
import random
import ssl
from collections.abc import Callable

from ldfleet.simulator.loopback import bind
from ldfleet.simulator.seam import Machine
from ldfleet.simulator.winrm import certificates
from ldfleet.simulator.winrm.connection import Connection, Door
from ldfleet.simulator.winrm.enumeration import Enumeration
from ldfleet.simulator.winrm.faults import WinRMCounters, WinRMFaults
from ldfleet.simulator.winrm.login import Gate
from ldfleet.simulator.winrm.ntlm import bindings_of
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.simulator.winrm.service import Service
from ldfleet.simulator.winrm.shell_actions import ShellActions
from ldfleet.simulator.winrm.shells import Shells

BACKLOG = 256


class Listener:
    """A port on loopback that can be closed and opened again."""

    def __init__(self, port: int, door: Door) -> None:
        self._door = door
        self._server: asyncio.Server | None = None
        self._bound = bind(port)
        self.port: int = self._bound.getsockname()[1]

    async def open(self) -> None:
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(
                lambda: Connection(self._door),
                sock=self._bound,
                backlog=BACKLOG,
                start_serving=False,  # so that refuse() always finds the server it has to close
            )
            await self._server.start_serving()

    def refuse(self) -> None:
        """Close, but keep the port: bound and not listening, it refuses connections."""
        self.close()
        self._bound = bind(self.port)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._bound.close()


class WinRMEndpoint:
    def __init__(
        self,
        machine: Machine,
        *,
        chance: random.Random,
        clock: Callable[[], float],
        options: WinRMOptions | None = None,
    ) -> None:
        self._machine = machine
        self._chance = chance
        self._clock = clock
        self._options = options or WinRMOptions()
        self._shells = Shells(chance=chance, clock=clock)
        self._certificate = certificates.self_signed(machine.name, chance.getrandbits(64) + 1)
        self.counters = WinRMCounters()
        self.faults = WinRMFaults(
            changed=self._fault_changed, vanish=self._shells.drop_all, cut_all=self._cut_all
        )
        self._service = self._make_service()
        self._connections: set[Connection] = set()
        self._listeners: tuple[Listener, ...] = ()
        self._tasks: asyncio.TaskGroup | None = None
        self._root: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._stopping = False
        self.http_port = 0
        self.https_port = 0

    @property
    def certificate_sha256(self) -> str:
        """Lower-case hex of the SHA-256 of the certificate's DER."""
        return self._certificate.sha256

    @property
    def certificate_pem(self) -> str:
        return self._certificate.pem

    async def start(self, *, http_port: int = 0, https_port: int = 0) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: a port is taken.
        """
        clients = [each.pem for each in self._options.client_certificates]
        context = certificates.tls_context(self._certificate, clients)
        http = Listener(http_port, self._door(tls=None))
        try:
            https = Listener(https_port, self._door(tls=context))
        except OSError:
            http.close()
            raise
        self._listeners = (http, https)
        self.http_port, self.https_port = http.port, https.port
        self._stopping = False
        ready = asyncio.Event()
        # the one task without a parent: it opens the scope that holds all others, stop() ends it
        self._root = asyncio.get_running_loop().create_task(self._live(ready))
        await ready.wait()
        try:
            await self._open()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything; when it returns, no task, socket or process is left."""
        if self._root is None:
            return
        self._stopping = True
        self._changed.set()
        await self._root
        self._root = None
        self._shells.drop_all()

    async def _live(self, ready: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            ready.set()
            while not self._stopping:
                await self._changed.wait()
                self._changed.clear()
                await self._open()
            for listener in self._listeners:
                listener.close()
            self._cut_all()

    async def _open(self) -> None:
        for listener in self._listeners:
            if not (self.faults.unreachable or self._stopping):
                await listener.open()

    def _fault_changed(self, name: str) -> None:
        if name == "unreachable":
            if self.faults.unreachable:
                for listener in self._listeners:
                    listener.refuse()
                self._cut_all()
            self._changed.set()
        elif name == "idle_drop_s":
            for connection in self._connections:
                connection.reconsider_idleness()

    def _cut_all(self) -> None:
        for connection in list(self._connections):
            connection.cut()

    def _entered(self, connection: Connection) -> None:
        if self._tasks is None or self._stopping or self.faults.unreachable:
            connection.cut()
            return
        self._connections.add(connection)
        connection.runs_in(self._tasks.create_task(connection.converse()))

    def _make_service(self) -> Service:
        actions = ShellActions(
            self._machine,
            self._shells,
            options=self._options,
            faults=self.faults,
            clock=self._clock,
        )
        enumeration = Enumeration(
            self._machine, self._shells, actions, options=self._options, clock=self._clock
        )
        return Service(
            machine=self._machine.name,
            actions=actions,
            enumeration=enumeration,
            options=self._options,
            faults=self.faults,
            counters=self.counters,
            new_id=self._shells.new_id,
        )

    def _door(self, *, tls: ssl.SSLContext | None) -> Door:
        return Door(
            gate=self._gate(tls=tls is not None),
            service=self._service,
            faults=self.faults,
            counters=self.counters,
            tls=tls,
            entered=self._entered,
            left=self._connections.discard,
        )

    def _gate(self, *, tls: bool) -> Gate:
        options = self._options
        schemes = ["Negotiate"]
        if options.advertise_ntlm:
            schemes.append("NTLM")
        if options.basic and tls:
            schemes.append('Basic realm="WSMAN"')
        strict = options.strict_channel_binding
        return Gate(
            machine=self._machine.name,
            password_of=self._machine.password_of,
            server_challenge=lambda: self._chance.randbytes(8),
            clock=self._clock,
            refusing=lambda: self.faults.refuse_login,
            schemes=tuple(schemes),
            bindings=bindings_of(self._certificate.der, required=strict) if tls else None,
            certificates={
                certificates.fingerprint(each.pem): each.user
                for each in options.client_certificates
            },
        )
