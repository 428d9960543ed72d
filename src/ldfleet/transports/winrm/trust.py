"""Which certificates are believed: TLS contexts, one for each setting, and pins."""

import asyncio
import hashlib
import ssl
import tempfile
from pathlib import Path

from ldfleet import errors
from ldfleet.domain.workstation import Address, Credentials, LoginMethod
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.connection import Connection

_Setting = tuple[str | None, Credentials | None]
_PINNED = "pinned"


class Trust:
    """Contexts are shared: loading the system's authorities costs 50 ms each (winrm.md 1)."""

    def __init__(self) -> None:
        self._contexts: dict[_Setting, ssl.SSLContext] = {}

    async def secure(
        self, connection: Connection, place: Place, credentials: Credentials, *, timeout: float
    ) -> None:
        """Go over to TLS and know who answers. Nothing is sent to whoever is not trusted.

        Raises:
            WorkstationUntrusted: with the fingerprint of the certificate that was shown.
            PrivateKeyUnreadable: of a login with a client certificate.
        """
        address = place.address
        context = await self._context(address, credentials)
        try:
            await connection.secure(context, address.host, timeout=timeout)
        except ssl.SSLCertVerificationError as error:
            shown = await self._look(address, timeout)
            raise errors.WorkstationUntrusted(
                workstation=place.workstation, fingerprint=shown
            ) from error
        shown = fingerprint(connection)
        if address.certificate_sha256 not in {None, shown}:
            connection.abort()
            raise errors.WorkstationUntrusted(workstation=place.workstation, fingerprint=shown)

    async def _look(self, address: Address, timeout: float) -> str:
        """The fingerprint of a certificate that was refused; a person may want to pin it."""
        try:
            connection = await Connection.dial(address.host, address.port, timeout=timeout)
        except OSError:
            return "unknown"
        try:
            await connection.secure(_any_certificate(), address.host, timeout=timeout)
            return fingerprint(connection)
        except OSError:
            return "unknown"
        finally:
            connection.abort()

    async def _context(self, address: Address, credentials: Credentials) -> ssl.SSLContext:
        shown = credentials if address.login is LoginMethod.CERTIFICATE else None
        setting = (_PINNED if address.certificate_sha256 else address.ca_pem, shown)
        if setting not in self._contexts:
            # A passphrase is tried for as long as its maker wanted.
            self._contexts[setting] = await asyncio.to_thread(_made, *setting)
        return self._contexts[setting]


def fingerprint(connection: Connection) -> str:
    """SHA-256 of the shown certificate's DER, lower-case hex."""
    return hashlib.sha256(connection.certificate or b"").hexdigest()


def _made(authority: str | None, shown: Credentials | None) -> ssl.SSLContext:
    context = _authorities(authority)
    if shown is not None:
        _show(context, shown)
    return context


def _authorities(authority: str | None) -> ssl.SSLContext:
    if authority == _PINNED:
        return _any_certificate()
    return ssl.create_default_context(cadata=authority)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _show(context: ssl.SSLContext, credentials: Credentials) -> None:
    # OpenSSL loads a client certificate from files only; this folder is ours alone and short-lived
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "login.pem"
        both.write_text(f"{credentials.private_key_pem}\n{credentials.certificate_pem}\n")
        try:
            # Without a password OpenSSL would ask for one at the server's terminal, and wait.
            context.load_cert_chain(both, password=credentials.password or "")
        except (ssl.SSLError, ValueError) as error:
            raise errors.PrivateKeyUnreadable(
                reason="it is no PEM, its passphrase is missing or wrong, or it is not the "
                "client certificate's"
            ) from error
    context.post_handshake_auth = True  # HTTP.sys asks for the certificate after the request
