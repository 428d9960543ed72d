"""SPNEGO around NTLM (RFC 4178, MS-SPNG), and NTLM tokens that come without it."""

from dataclasses import dataclass

from ldfleet.simulator.winrm import ntlm
from ldfleet.simulator.winrm.ntlm import Acceptor, LoginRefused, SealBroken, Session

SPNEGO_OID = bytes.fromhex("06062b0601050502")
NTLM_OID = bytes.fromhex("060a2b06010401823702020a")
INIT, RESPONSE, SEQUENCE, OCTETS, ENUMERATED = 0x60, 0xA1, 0x30, 0x04, 0x0A
LONG_FORM = 0x80
ACCEPT_COMPLETED, ACCEPT_INCOMPLETE, REQUEST_MIC = 0, 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """What the client put into its NegTokenInit or NegTokenResp."""

    mechanisms: bytes = b""
    inner: bytes = b""
    mic: bytes = b""


class Negotiation:
    """One Negotiate exchange of a connection. `session` is there once it has succeeded."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor
        self._mechanisms = b""
        self.session: Session | None = None

    def step(self, token: bytes) -> bytes:
        """The answer to a token; empty if there is nothing left to say.

        Raises:
            LoginRefused: the credentials are wrong, or the token makes no sense.
        """
        if token.startswith(ntlm.SIGNATURE):
            return self._inner(token)
        try:
            parsed = _parse(token)
            if parsed.mechanisms:
                return self._begin(parsed)
            return self._go_on(parsed)
        except (IndexError, SealBroken) as error:
            raise LoginRefused from error

    def _inner(self, token: bytes) -> bytes:
        if token[8:9] == b"\x01":
            return self._acceptor.challenge(token)
        self.session = self._acceptor.accept(token)
        return b""

    def _begin(self, token: _Token) -> bytes:
        self._mechanisms = token.mechanisms
        offered = _children(_read(token.mechanisms, 0)[1])
        if NTLM_OID[2:] not in [value for _, value in offered]:
            raise LoginRefused
        if offered[0][1] != NTLM_OID[2:]:
            # the optimistic token is for Kerberos, which a workgroup machine does not speak
            return _answer(REQUEST_MIC, mechanism=NTLM_OID)
        inner = self._inner(token.inner) if token.inner else b""
        return _answer(ACCEPT_INCOMPLETE, mechanism=NTLM_OID, inner=inner)

    def _go_on(self, token: _Token) -> bytes:
        inner = self._inner(token.inner)
        if self.session is None:
            return _answer(ACCEPT_INCOMPLETE, inner=inner)
        if not token.mic:
            return _answer(ACCEPT_COMPLETED)
        self.session.verify(self._mechanisms, token.mic)
        mic = self.session.sign(self._mechanisms)
        self.session.restart_ciphers()
        return _answer(ACCEPT_COMPLETED, mic=mic)


def _answer(state: int, *, mechanism: bytes = b"", inner: bytes = b"", mic: bytes = b"") -> bytes:
    fields = _tlv(0xA0, _tlv(ENUMERATED, bytes([state])))
    if mechanism:
        fields += _tlv(0xA1, mechanism)
    if inner:
        fields += _tlv(0xA2, _tlv(OCTETS, inner))
    if mic:
        fields += _tlv(0xA3, _tlv(OCTETS, mic))
    return _tlv(RESPONSE, _tlv(SEQUENCE, fields))


def _parse(token: bytes) -> _Token:
    tag, value, _ = _read(token, 0)
    if tag == INIT and value.startswith(SPNEGO_OID):
        fields = _fields(_read(value, len(SPNEGO_OID))[1])
        return _Token(
            mechanisms=fields.get(0xA0, b""),
            inner=_octets(fields.get(0xA2, b"")),
            mic=_octets(fields.get(0xA3, b"")),
        )
    if tag == RESPONSE:
        fields = _fields(value)
        return _Token(inner=_octets(fields.get(0xA2, b"")), mic=_octets(fields.get(0xA3, b"")))
    raise LoginRefused


def _fields(sequence: bytes) -> dict[int, bytes]:
    return dict(_children(_read(sequence, 0)[1]))


def _octets(encoded: bytes) -> bytes:
    return _read(encoded, 0)[1] if encoded else b""


def _children(data: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        tag, value, at = _read(data, at)
        found.append((tag, value))
    return found


def _read(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, value and the place after one DER element.

    Raises:
        IndexError: the data end too early.
    """
    tag, length = data[at], data[at + 1]
    at += 2
    if length & LONG_FORM:
        size = length & 0x7F
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if at + length > len(data):
        raise IndexError
    return tag, data[at : at + length], at + length


def _tlv(tag: int, value: bytes) -> bytes:
    if len(value) < LONG_FORM:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, LONG_FORM | len(length)]) + length + value
