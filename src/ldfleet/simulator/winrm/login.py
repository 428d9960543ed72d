"""Who is at the other end of a connection: Negotiate, NTLM, Basic, client certificate."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ldfleet.simulator.winrm.negotiation import Negotiation
from ldfleet.simulator.winrm.ntlm import Acceptor, Bindings, LoginRefused, Session

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What one listener accepts."""

    machine: str
    password_of: Callable[[str], str | None]
    server_challenge: Callable[[], bytes]
    clock: Callable[[], float]
    refusing: Callable[[], bool]
    schemes: tuple[str, ...]
    """What a 401 offers, in Windows' order."""
    bindings: Bindings | None = None
    certificates: Mapping[str, str]
    """Accounts by the fingerprint of their certificate."""

    def acceptor(self) -> Acceptor:
        return Acceptor(
            machine=self.machine,
            password_of=self.password_of,
            server_challenge=self.server_challenge(),
            uptime_s=self.clock(),
            bindings=self.bindings,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome for one request. Without `user` it is a 401, with `refused` a final one."""

    user: str | None = None
    headers: Headers
    refused: bool = False
    handshake: bool = False


class Login:
    """The login of one TCP connection: NTLM authenticates that, not a request."""

    def __init__(self, gate: Gate, *, client_certificate: bytes | None) -> None:
        self._gate = gate
        self._client_certificate = client_certificate
        self._negotiation: Negotiation | None = None
        self._user: str | None = None
        self.session: Session | None = None

    def judge(self, authorization: str | None) -> Verdict:
        if authorization is None:
            if self._user is not None:
                return Verdict(user=self._user, headers=[])
            return Verdict(headers=self._offers())
        scheme, _, parameter = authorization.partition(" ")
        try:
            return self._judge(scheme, parameter.strip())
        except LoginRefused:
            self._negotiation = None
            return Verdict(headers=self._offers(), refused=True)

    def _judge(self, scheme: str, parameter: str) -> Verdict:
        offered = {each.split(" ", 1)[0].casefold() for each in self._gate.schemes}
        known = scheme.casefold()
        if scheme == MUTUAL and self._client_certificate is not None:
            return self._by_certificate(self._client_certificate)
        if known == "basic" and known in offered:
            return self._by_password(parameter)
        if known in {"negotiate", "ntlm"} and known in offered:
            return self._by_token(scheme, parameter)
        raise LoginRefused

    def _by_token(self, scheme: str, parameter: str) -> Verdict:
        if self._negotiation is None:
            self._user = self.session = None
            self._negotiation = Negotiation(self._gate.acceptor())
        reply = self._negotiation.step(_decoded(parameter))
        session = self._negotiation.session
        answer = f"{scheme} {base64.b64encode(reply).decode()}" if reply else ""
        if session is None:
            return Verdict(headers=[("WWW-Authenticate", answer or scheme)])
        self._negotiation = None
        if self._gate.refusing():
            raise LoginRefused
        self.session = session
        self._user = session.user
        headers = [("WWW-Authenticate", answer)] if answer else []
        return Verdict(user=session.user, headers=headers, handshake=True)

    def _by_password(self, parameter: str) -> Verdict:
        account, _, password = _decoded(parameter).decode("utf-8", "replace").partition(":")
        domain, _, user = account.rpartition("\\")
        local = domain in {"", "."} or domain.casefold() == self._gate.machine.casefold()
        if not local or self._gate.refusing() or self._gate.password_of(user) != password:
            raise LoginRefused
        return Verdict(user=user, headers=[])

    def _by_certificate(self, der: bytes) -> Verdict:
        user = self._gate.certificates.get(hashlib.sha256(der).hexdigest())
        if user is None or self._gate.refusing():
            raise LoginRefused
        return Verdict(user=user, headers=[])

    def _offers(self) -> Headers:
        return [("WWW-Authenticate", scheme) for scheme in self._gate.schemes]


def _decoded(parameter: str) -> bytes:
    try:
        return base64.b64decode(parameter, validate=True)
    except binascii.Error as error:
        raise LoginRefused from error
