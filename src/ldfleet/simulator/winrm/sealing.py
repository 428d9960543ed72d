"""SOAP sealed with a login's keys, in the MIME form of MS-WSMV 2.2.9.1."""

import re
import struct

from ldfleet.simulator.winrm.ntlm import SealBroken, Session

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'
BOUNDARY = b"--Encrypted Boundary"
OCTETS = b"Content-Type: application/octet-stream\r\n"
SIZE = 4  # of the number before the signature that tells its length
LENGTH = re.compile(rb"Length=(\d+)")


def sealed(session: Session, soap: bytes) -> bytes:
    signature, data = session.seal(soap)
    head = (
        f"--Encrypted Boundary\r\n\tContent-Type: {PROTOCOL}\r\n"
        f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(soap)}\r\n"
        f"--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
    ).encode()
    size = struct.pack("<I", len(signature))
    return head + size + signature + data + BOUNDARY + b"--\r\n"


def unsealed(session: Session, body: bytes) -> bytes:
    """The SOAP inside.

    Raises:
        SealBroken: it is not in the form, or not sealed with this login's keys.
    """
    head, found, rest = body.partition(OCTETS)
    length = LENGTH.search(head)
    end = rest.rfind(BOUNDARY + b"--")
    if not found or length is None or end < SIZE:
        raise SealBroken
    size = struct.unpack_from("<I", rest)[0]
    soap = session.unseal(rest[SIZE : SIZE + size], rest[SIZE + size : end])
    if len(soap) != int(length[1]):
        raise SealBroken
    return soap
