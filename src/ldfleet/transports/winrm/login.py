"""Logging in: Negotiate and NTLM (sealed, or bound to the TLS channel), Basic, certificate."""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import spnego
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from pypsrp.encryption import WinRMEncryption
from spnego._ntlm_raw.crypto import ntowfv1  # the one thing pyspnego does not offer in public
from spnego.channel_bindings import GssChannelBindings

from ldfleet import errors
from ldfleet.domain.workstation import Credentials, LoginMethod
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.connection import Connection
from ldfleet.transports.winrm.faults import translated
from ldfleet.transports.winrm.http import Reply

_UNAUTHORIZED = 401
_SOAP = b"Content-Type: application/soap+xml;charset=UTF-8\r\n"
_SEALED = (
    b'Content-Type: multipart/encrypted;protocol="%s";boundary="Encrypted Boundary"\r\n'
    % WinRMEncryption.SPNEGO.encode()
)
_MUTUAL = b"http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_TOKEN = re.compile(r"(?:Negotiate|NTLM)\s+([A-Za-z0-9+/=]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a login gives to the messages after it."""

    head: bytes
    """Request line and headers, without a length and the end."""
    seal: WinRMEncryption | None = None


class Login:
    """One login of one workstation; refused once, it is not tried again.

    Windows locks accounts after a few failures, so logins are made one after the other and the
    first refusal counts for all.
    """

    def __init__(self, place: Place, credentials: Credentials) -> None:
        self._place = place
        self._credentials = credentials
        self._turn = asyncio.Lock()
        self._nt_hash: str | None = None
        self.refused = False

    async def enter(self, connection: Connection, *, timeout: float) -> Entry:
        """Log this connection in.

        Raises:
            WorkstationRefusedLogin: now, or earlier with the same name and password.
            LoginMethodUnsupported: the workstation offers other methods.
        """
        async with self._turn:
            if self.refused:
                raise self.refusal()
            with translated(self._place):
                return await _METHODS[self._place.address.login](self, connection, timeout)

    def refusal(self) -> errors.WorkstationRefusedLogin:
        """From now on this login is refused here, without a word to the workstation."""
        self.refused = True
        address = self._place.address
        return errors.WorkstationRefusedLogin(
            workstation=self._place.workstation, user=address.username or "the client certificate"
        )

    async def negotiate(self, connection: Connection, timeout: float) -> Entry:
        """Three legs with empty bodies; all keys belong to this connection."""
        context = self._context(connection)
        reply = await self._leg(connection, context.step(), timeout)
        challenge = _token(reply)
        if challenge is None:
            raise self._unsupported(reply)
        reply = await self._leg(connection, context.step(challenge), timeout)
        if reply.status == _UNAUTHORIZED:
            raise self.refusal()
        if not context.complete and (last := _token(reply)) is not None:
            context.step(last)
        if self._place.address.tls:
            return Entry(head=self._head + _SOAP)
        seal = WinRMEncryption(context, WinRMEncryption.SPNEGO)
        return Entry(head=self._head + _SEALED, seal=seal)

    async def basic(self, connection: Connection, timeout: float) -> Entry:
        """The password itself, so only inside TLS."""
        user = f"{self._place.address.username}:{self._credentials.password or ''}"
        words = b"Basic " + base64.b64encode(user.encode())
        return await self._plain(connection, words, "Basic", timeout)

    async def certificate(self, connection: Connection, timeout: float) -> Entry:
        """TLS has shown the certificate already; the header says that it is the login."""
        return await self._plain(connection, _MUTUAL, "", timeout)

    async def _plain(
        self, connection: Connection, authorization: bytes, scheme: str, timeout: float
    ) -> Entry:
        if not self._place.address.tls:
            raise errors.LoginMethodUnsupported(
                workstation=self._place.workstation,
                method=self._place.address.login,
                offered="it inside TLS only",
            )
        head = b"%s%sAuthorization: %s\r\n" % (self._head, _SOAP, authorization)
        reply = await connection.post(head, b"", timeout=timeout)
        if reply.status == _UNAUTHORIZED:
            offered = ", ".join(reply.all(b"www-authenticate"))
            raise self.refusal() if scheme in offered else self._unsupported(reply)
        return Entry(head=head)

    @property
    def _head(self) -> bytes:
        """What every request begins with."""
        return (
            b"POST /wsman HTTP/1.1\r\nHost: %s\r\nUser-Agent: ldfleet\r\n"
            b"Accept-Encoding: identity\r\n"
        ) % self._place.authority.encode()

    async def _leg(self, connection: Connection, token: bytes | None, timeout: float) -> Reply:
        words = base64.b64encode(token or b"")
        head = b"%s%sAuthorization: Negotiate %s\r\n" % (self._head, _SOAP, words)
        return await connection.post(head, b"", timeout=timeout)

    def _context(self, connection: Connection) -> spnego.ContextProxy:
        address = self._place.address
        use = (
            spnego.NegotiateOptions.use_ntlm
            if address.login is LoginMethod.NTLM
            else spnego.NegotiateOptions.use_negotiate
        )
        return spnego.client(
            spnego.NTLMHash(username=address.username, nt_hash=self._hashed()),
            hostname=address.host,
            service="HTTP",
            channel_bindings=_bindings(connection.certificate),
            protocol=address.login,
            options=use | spnego.NegotiateOptions.wrapping_winrm,
        )

    def _hashed(self) -> str:
        # 4 ms of pure Python, so once; it is as good as the password and stays in memory
        if self._nt_hash is None:
            self._nt_hash = ntowfv1(self._credentials.password or "").hex()
        return self._nt_hash

    def _unsupported(self, reply: Reply) -> errors.FleetError:
        if reply.status != _UNAUTHORIZED:
            return errors.WorkstationSaidNonsense(
                workstation=self._place.workstation,
                reason=f"HTTP {reply.status} ({reply.content_type}) to a login",
            )
        return errors.LoginMethodUnsupported(
            workstation=self._place.workstation,
            method=self._place.address.login,
            offered=", ".join(reply.all(b"www-authenticate")) or "nothing",
        )


_METHODS: Mapping[LoginMethod, Callable[[Login, Connection, float], Awaitable[Entry]]] = {
    LoginMethod.NEGOTIATE: Login.negotiate,
    LoginMethod.NTLM: Login.negotiate,
    LoginMethod.BASIC: Login.basic,
    LoginMethod.CERTIFICATE: Login.certificate,
}


def _token(reply: Reply) -> bytes | None:
    for value in reply.all(b"www-authenticate"):
        if found := _TOKEN.search(value):
            return base64.b64decode(found[1])
    return None


def _bindings(certificate: bytes | None) -> GssChannelBindings | None:
    """RFC 5929 4.1, tls-server-end-point: the hash of the certificate's signature, or SHA-256."""
    if certificate is None:
        return None
    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    if algorithm is None or algorithm.name in {"md5", "sha1"}:
        algorithm = hashes.SHA256()
    digest = hashes.Hash(algorithm)
    digest.update(certificate)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())
