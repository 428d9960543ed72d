"""The SSH of one simulated workstation: a listener, logins, sessions, its faults."""

import asyncio
import random
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import asyncssh
from asyncssh import constants
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.loopback import bind
from ldfleet.simulator.seam import Machine, Reader, Writer
from ldfleet.simulator.ssh.faults import SSHCounters, SSHFaults
from ldfleet.simulator.ssh.sessions import CommandSession, Inside

VERSION = "OpenSSH_for_Windows_9.5"


class SSHEndpoint:
    """`authorized_keys`: public keys in OpenSSH's form that may log in, by account."""

    def __init__(
        self,
        machine: Machine,
        *,
        chance: random.Random,
        files: FileSystem,
        authorized_keys: dict[str, list[str]] | None = None,
    ) -> None:
        self.machine = machine
        self._files = files
        self.counters = SSHCounters()
        self.faults = SSHFaults(changed=self._fault_changed, cut_all=self._cut_all)
        self.authorized_keys = authorized_keys or {}
        self.port = 0
        self._host_key = _host_key(chance)
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._bound: socket.socket | None = None
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._root: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._stopping = False

    @property
    def host_key_sha256(self) -> str:
        """As ssh-keygen shows it."""
        return self._host_key.get_fingerprint()

    async def start(self, *, port: int = 0) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._bound = bind(port)
        self.port = self._bound.getsockname()[1]
        self._stopping = False
        ready = asyncio.Event()
        # the one task without a parent: it opens the scope that holds all others, stop() ends it
        self._root = asyncio.get_running_loop().create_task(self._live(ready))
        await ready.wait()

    async def stop(self) -> None:
        """Close everything; when it returns, no task or socket is left."""
        if self._root is None:
            return
        self._stopping = True
        self._changed.set()
        await self._root
        self._root = None

    async def _live(self, ready: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            running: set[asyncio.Task[None]] = set()

            def spawn(work: Coroutine[Any, Any, None]) -> None:
                task = tasks.create_task(work)
                running.add(task)
                task.add_done_callback(running.discard)

            inside = Inside(
                machine=self.machine, faults=self.faults, files=self._files, spawn=spawn
            )
            while not self._stopping:
                self._changed.clear()
                await self._follow(inside)
                ready.set()
                await self._changed.wait()
            self._refuse(again=False)
            self._cut_all()
            for task in running:  # a program may outlive its session, and would be waited for
                task.cancel()

    async def _follow(self, inside: Inside) -> None:
        """Listen, or do not, as the faults want it."""
        if self._acceptor is None and not self.faults.unreachable:
            self._acceptor = await asyncssh.create_server(
                lambda: Door(self, inside),
                sock=self._bound,
                server_host_keys=[self._host_key],
                server_version=VERSION,
                encoding=None,
                line_editor=False,
                compression_algs=["none"],
                agent_forwarding=False,
                x11_forwarding=False,
                keepalive_interval=0,
            )

    def _refuse(self, *, again: bool) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
            self._bound = None
        if self._bound is not None and not again:
            self._bound.close()
        if again:
            self._bound = bind(self.port)

    def _fault_changed(self, name: str) -> None:
        if name != "unreachable":
            return
        if self.faults.unreachable and self._acceptor is not None:
            self._refuse(again=True)
            self._cut_all()
        self._changed.set()

    def _cut_all(self) -> None:
        for connection in list(self._connections):
            connection.abort()

    def entered(self, connection: asyncssh.SSHServerConnection) -> None:
        """A client has come."""
        self.counters.connections += 1
        self.counters.standing += 1
        self._connections.add(connection)

    def left(self, connection: asyncssh.SSHServerConnection) -> None:
        """It is gone."""
        self.counters.standing -= 1
        self._connections.discard(connection)


class Door(asyncssh.SSHServer):
    """One connection: who may log in, and what a session may be."""

    def __init__(self, endpoint: SSHEndpoint, inside: Inside) -> None:
        self._endpoint = endpoint
        self._inside = inside
        self._connection: asyncssh.SSHServerConnection | None = None
        self._open = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._endpoint.entered(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._connection is not None:
            self._endpoint.left(self._connection)

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        known = self._endpoint.machine.password_of(username)
        return self._counted(known is not None and known == password)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        keys = self._endpoint.authorized_keys.get(username.lower(), ())
        shown = key.export_public_key().decode().split()[:2]
        return self._counted(any(each.split()[:2] == shown for each in keys))

    def session_requested(self) -> asyncssh.SSHServerSession[bytes] | bool:
        if self._open >= self._endpoint.faults.ssh_sessions or self._connection is None:
            self._endpoint.counters.refused_sessions += 1
            return False
        self._open += 1
        self._endpoint.counters.sessions += 1
        return CommandSession(
            self._inside,
            user=self._connection.get_extra_info("username"),
            cut=self._connection.abort,
            closed=self._closed,
        )

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> Any:
        """A port of the machine's loopback, as sshd forwards it."""
        del orig_host, orig_port
        endpoint = self._endpoint
        if endpoint.faults.ssh_no_forwarding or dest_host not in {"127.0.0.1", "localhost"}:
            raise asyncssh.ChannelOpenError(
                constants.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed"
            )
        handler = endpoint.machine.listening(dest_port)
        if handler is None:
            raise asyncssh.ChannelOpenError(constants.OPEN_CONNECT_FAILED, "Connection refused")
        endpoint.counters.forwards += 1

        async def serve(reader: Reader, writer: Writer) -> None:
            with suppress(OSError, EOFError, asyncssh.Error):
                await handler(reader, writer)

        return serve

    def _closed(self) -> None:
        self._open -= 1

    def _counted(self, allowed: bool) -> bool:  # noqa: FBT001 - the verdict itself
        allowed = allowed and not self._endpoint.faults.refuse_login
        counters = self._endpoint.counters
        if allowed:
            counters.logins += 1
        else:
            counters.logins_refused += 1
        return allowed


def _host_key(chance: random.Random) -> asyncssh.SSHKey:
    """The same for the same seed."""
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return asyncssh.import_private_key(pem)
