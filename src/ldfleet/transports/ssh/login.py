"""Who is believed, and how we log in: once refused, a login is not tried again."""

import asyncio

import asyncssh

from ldfleet import errors
from ldfleet.domain.workstation import Credentials, LoginMethod
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.faults import translated
from ldfleet.transports.ssh.tuning import Tuning

NO_HOSTS: tuple[list[str], list[str], list[str]] = ([], [], [])
"""No list of known hosts: the pin decides."""


_UNKNOWN = "unknown"


class Guard(asyncssh.SSHClient):
    """Believes the pinned host key alone, and remembers which one was shown."""

    def __init__(self, pinned: str | None) -> None:
        self._pinned = pinned
        self.shown: str | None = None

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Asked by asyncssh, before anything of ours is sent."""
        del host, addr, port
        self.shown = key.get_fingerprint()
        return self.shown == self._pinned


class Login:
    """One login of one workstation.

    Windows locks accounts after a few failures, so logins are made one after the other and the
    first refusal counts for all.
    """

    def __init__(self, place: Place, credentials: Credentials, *, tuning: Tuning) -> None:
        self._place = place
        self._credentials = credentials
        self._tuning = tuning
        self._turn = asyncio.Lock()
        self._options: asyncssh.SSHClientConnectionOptions | None = None
        self.refused = False

    async def enter(self) -> asyncssh.SSHClientConnection:
        """A new connection, logged in.

        Raises:
            WorkstationUntrusted: with the fingerprint of the host key that was shown.
            WorkstationRefusedLogin: now, or earlier with the same credentials.
        """
        async with self._turn:
            if self.refused:
                raise self._refusal()
            with translated(self._place):
                return await self._connect()

    async def look(self) -> str:
        """The fingerprint of the host key that is shown there; no login is tried."""
        address = self._place.address
        with translated(self._place):
            async with asyncio.timeout(self._tuning.login):
                key = await asyncssh.get_server_host_key(
                    address.host, address.port, config=None, server_host_key_algs="default"
                )
        return _UNKNOWN if key is None else key.get_fingerprint()

    async def _connect(self) -> asyncssh.SSHClientConnection:
        address = self._place.address
        guard = Guard(address.host_key_sha256)
        options = await self._prepared()
        try:
            async with asyncio.timeout(self._tuning.connect + self._tuning.login):
                connection, _ = await asyncssh.create_connection(
                    lambda: guard, address.host, address.port, options=options
                )
        except asyncssh.HostKeyNotVerifiable as error:
            raise errors.WorkstationUntrusted(
                workstation=self._place.workstation, fingerprint=guard.shown or _UNKNOWN
            ) from error
        except asyncssh.PermissionDenied as error:
            raise self._refusal() from error
        return connection

    def _refusal(self) -> errors.WorkstationRefusedLogin:
        self.refused = True
        return errors.WorkstationRefusedLogin(
            workstation=self._place.workstation, user=self._place.address.username
        )

    async def _prepared(self) -> asyncssh.SSHClientConnectionOptions:
        """Made once: reading them costs more than a connection."""
        if self._options is None:
            with_key = self._place.address.login is LoginMethod.KEY
            # A passphrase is tried by bcrypt, which takes as long as its maker wanted.
            keys = [await asyncio.to_thread(private_key, self._credentials)] if with_key else None
            self._options = asyncssh.SSHClientConnectionOptions(
                config=None,
                agent_path=None,
                known_hosts=NO_HOSTS,
                x509_trusted_certs=None,
                gss_host=None,
                server_host_key_algs="default",
                username=self._place.address.username,
                client_keys=keys,
                password=None if with_key else self._credentials.password,
                preferred_auth="publickey" if with_key else "password",
                compression_algs=["none"],
                connect_timeout=self._tuning.connect,
                login_timeout=self._tuning.login,
                keepalive_interval=self._tuning.keepalive,
                keepalive_count_max=2,
            )
        return self._options


def private_key(credentials: Credentials) -> asyncssh.SSHKey:
    """The key to log in with; the password is its passphrase.

    Raises:
        PrivateKeyUnreadable: it is none, or the passphrase is missing or wrong.
    """
    try:
        return asyncssh.import_private_key(
            credentials.private_key_pem or "", credentials.password or None
        )
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise errors.PrivateKeyUnreadable(reason=str(error)) from error
