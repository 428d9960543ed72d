"""NTLMv2 as Windows accepts it: challenge, proof, signing and sealing (MS-NLMP).

Written here rather than taken from pyspnego: its acceptor finds accounts only through a
process-wide environment variable, and the product's client is pyspnego, which should not be
the judge of itself.
"""

import functools
import hashlib
import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext

from ldfleet.simulator.winrm.md4 import md4

SIGNATURE = b"NTLMSSP\x00"
FILETIME_2026 = 134_116_992_000_000_000  # 100 ns since 1601; the Machine's clock counts from here
MAC_SIZE = 16
MIC_AT = 72  # MS-NLMP 2.2.1.3
AV_TIMESTAMP, AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER = 7, 1, 2, 3
AV_FLAGS, AV_CHANNEL_BINDINGS = 6, 10
AV_FLAG_MIC = 0x2
AV_PAIRS_AT = 16 + 28  # after the proof and the fixed part of the client's challenge
V1_RESPONSE_SIZE = 24


class Flag(IntFlag):
    """NEGOTIATE flags, MS-NLMP 2.2.2.5."""

    UNICODE = 0x1
    OEM = 0x2
    REQUEST_TARGET = 0x4
    SIGN = 0x10
    SEAL = 0x20
    LM_KEY = 0x80
    NTLM = 0x200
    ALWAYS_SIGN = 0x8000
    TARGET_TYPE_SERVER = 0x20000
    EXTENDED_SESSION_SECURITY = 0x80000
    TARGET_INFO = 0x800000
    VERSION = 0x2000000
    KEY_128 = 0x20000000
    KEY_EXCHANGE = 0x40000000
    KEY_56 = 0x80000000


ALWAYS = (
    Flag.REQUEST_TARGET
    | Flag.NTLM
    | Flag.ALWAYS_SIGN
    | Flag.TARGET_INFO
    | Flag.TARGET_TYPE_SERVER
    | Flag.VERSION
)
VERSION = bytes([10, 0]) + struct.pack("<H", 19045) + bytes([0, 0, 0, 15])


class LoginRefused(Exception):
    """Whatever was wrong with a login. Windows tells the client nothing but 401."""


class SealBroken(Exception):
    """A message that this security context did not seal, or not in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """What a client must prove about the TLS channel it came through."""

    digest: bytes
    """MD5 of the GSS channel bindings; RFC 5929 says what is in them."""
    required: bool
    """CbtHardeningLevel=Strict. Relaxed, Windows' default, only refuses wrong ones."""


def bindings_of(certificate_der: bytes, *, required: bool) -> Bindings:
    """`tls-server-end-point` bindings of a certificate signed with SHA-256."""
    data = b"tls-server-end-point:" + hashlib.sha256(certificate_der).digest()
    packed = struct.pack("<IIIII", 0, 0, 0, 0, len(data)) + data
    return Bindings(digest=hashlib.md5(packed, usedforsecurity=False).digest(), required=required)


@functools.lru_cache(maxsize=4096)
def nt_hash(password: str) -> bytes:
    return md4(password.encode("utf-16-le"))


class Session:
    """An authenticated context: who it is, and the keys to seal with."""

    def __init__(self, user: str, key: bytes, flags: Flag) -> None:
        self.user = user
        self._key_exchange = bool(flags & Flag.KEY_EXCHANGE)
        self._sign_in = _derive(key, b"client-to-server signing")
        self._sign_out = _derive(key, b"server-to-client signing")
        seal_key = _weakened(key, flags)
        self._seal_in_key = _derive(seal_key, b"client-to-server sealing")
        self._seal_out_key = _derive(seal_key, b"server-to-client sealing")
        self._seal_in = _rc4(self._seal_in_key)
        self._seal_out = _rc4(self._seal_out_key)
        self._count_in = 0
        self._count_out = 0

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        sealed = self._seal_out.update(data)
        return self.sign(data), sealed

    def unseal(self, signature: bytes, sealed: bytes) -> bytes:
        data = self._seal_in.update(sealed)
        self.verify(data, signature)
        return data

    def sign(self, data: bytes) -> bytes:
        signature = self._mac(self._sign_out, self._seal_out, self._count_out, data)
        self._count_out += 1
        return signature

    def verify(self, data: bytes, signature: bytes) -> None:
        expected = self._mac(self._sign_in, self._seal_in, self._count_in, data)
        self._count_in += 1
        if not hmac.compare_digest(expected, signature):
            raise SealBroken

    def restart_ciphers(self) -> None:
        """After mechListMIC the key streams start anew, the counters do not (MS-SPNG 3.3.5.1)."""
        self._seal_in = _rc4(self._seal_in_key)
        self._seal_out = _rc4(self._seal_out_key)

    def _mac(self, key: bytes, cipher: CipherContext, count: int, data: bytes) -> bytes:
        number = struct.pack("<I", count)
        checksum = _hmac_md5(key, number + data)[:8]
        if self._key_exchange:
            checksum = cipher.update(checksum)
        return b"\x01\x00\x00\x00" + checksum + number


class Acceptor:
    """One exchange: NEGOTIATE in, CHALLENGE out, AUTHENTICATE in."""

    def __init__(
        self,
        *,
        machine: str,
        password_of: Callable[[str], str | None],
        server_challenge: bytes,
        uptime_s: float,
        bindings: Bindings | None,
    ) -> None:
        self._machine = machine
        self._password_of = password_of
        self._server_challenge = server_challenge
        self._filetime = FILETIME_2026 + int(uptime_s * 10_000_000)
        self._bindings = bindings
        self._negotiate = b""
        self._challenge = b""

    def challenge(self, negotiate: bytes) -> bytes:
        _expect(negotiate, message_type=1, at_least=16)
        flags = Flag(struct.unpack_from("<I", negotiate, 12)[0]) | ALWAYS
        if not flags & Flag.EXTENDED_SESSION_SECURITY:
            raise LoginRefused
        flags &= ~(Flag.OEM | Flag.LM_KEY) if flags & Flag.UNICODE else ~Flag.LM_KEY
        name = self._machine.encode("utf-16-le" if flags & Flag.UNICODE else "ascii", "replace")
        info = self._target_info()
        fixed = 56
        self._negotiate = negotiate
        self._challenge = (
            SIGNATURE
            + struct.pack("<IHHI", 2, len(name), len(name), fixed)
            + struct.pack("<I", flags)
            + self._server_challenge
            + bytes(8)
            + struct.pack("<HHI", len(info), len(info), fixed + len(name))
            + VERSION
            + name
            + info
        )
        return self._challenge

    def accept(self, authenticate: bytes) -> Session:
        _expect(authenticate, message_type=3, at_least=64)
        if not self._challenge:
            raise LoginRefused
        flags = Flag(struct.unpack_from("<I", authenticate, 60)[0])
        encoding = "utf-16-le" if flags & Flag.UNICODE else "cp1252"
        domain = _field(authenticate, 28).decode(encoding, "replace")
        user = _field(authenticate, 36).decode(encoding, "replace")
        response = _field(authenticate, 20)
        base_key = self._proven(user, domain, response)
        key = self._session_key(authenticate, base_key, flags)
        pairs = _av_pairs(response[AV_PAIRS_AT:])
        self._check_bindings(pairs)
        if int.from_bytes(pairs.get(AV_FLAGS, b""), "little") & AV_FLAG_MIC:
            self._check_mic(authenticate, key)
        return Session(user, key, flags)

    def _target_info(self) -> bytes:
        name = self._machine.encode("utf-16-le")
        pairs = (
            (AV_NB_DOMAIN, name),
            (AV_NB_COMPUTER, name),
            (AV_DNS_COMPUTER, name),
            (AV_TIMESTAMP, struct.pack("<Q", self._filetime)),
            (0, b""),
        )
        return b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in pairs)

    def _proven(self, user: str, domain: str, response: bytes) -> bytes:
        """The session base key, if `response` proves knowledge of the password."""
        local = domain in {"", "."} or domain.casefold() == self._machine.casefold()
        password = self._password_of(user) if local else None
        if password is None or len(response) <= max(V1_RESPONSE_SIZE, AV_PAIRS_AT):
            raise LoginRefused  # NTLMv1 is gone from Windows 11 24H2 (winrm.md 5.7)
        owf = _hmac_md5(nt_hash(password), (user.upper() + domain).encode("utf-16-le"))
        proof = _hmac_md5(owf, self._server_challenge + response[16:])
        if not hmac.compare_digest(proof, response[:16]):
            raise LoginRefused
        return _hmac_md5(owf, proof)

    def _session_key(self, authenticate: bytes, base_key: bytes, flags: Flag) -> bytes:
        if flags & Flag.KEY_EXCHANGE and flags & (Flag.SIGN | Flag.SEAL):
            return _rc4(base_key).update(_field(authenticate, 52))
        return base_key

    def _check_bindings(self, pairs: dict[int, bytes]) -> None:
        if self._bindings is None:
            return
        given = pairs.get(AV_CHANNEL_BINDINGS, bytes(16))
        absent = given == bytes(16)
        if (absent and self._bindings.required) or (not absent and given != self._bindings.digest):
            raise LoginRefused

    def _check_mic(self, authenticate: bytes, key: bytes) -> None:
        mic = authenticate[MIC_AT : MIC_AT + MAC_SIZE]
        blanked = authenticate[:MIC_AT] + bytes(MAC_SIZE) + authenticate[MIC_AT + MAC_SIZE :]
        if not hmac.compare_digest(
            _hmac_md5(key, self._negotiate + self._challenge + blanked), mic
        ):
            raise LoginRefused


def _expect(token: bytes, *, message_type: int, at_least: int) -> None:
    if (
        len(token) < at_least
        or not token.startswith(SIGNATURE)
        or struct.unpack_from("<I", token, 8)[0] != message_type
    ):
        raise LoginRefused


def _field(message: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + length]


def _av_pairs(data: bytes) -> dict[int, bytes]:
    pairs: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == 0:
            break
        pairs[kind] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return pairs


def _derive(key: bytes, purpose: bytes) -> bytes:
    magic = b"session key to " + purpose + b" key magic constant\x00"
    return hashlib.md5(key + magic, usedforsecurity=False).digest()


def _weakened(key: bytes, flags: Flag) -> bytes:
    if flags & Flag.KEY_128:
        return key
    return key[:7] if flags & Flag.KEY_56 else key[:5]


def _rc4(key: bytes) -> CipherContext:
    return Cipher(ARC4(key), mode=None).encryptor()


def _hmac_md5(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "md5")
