"""TLS between bytes: asyncio's own keeps a buffer of 256 KiB for every connection."""

import ssl
from contextlib import suppress

_RECORD = 1 << 14


class Tls:
    """One client side. Nothing here does I/O: what has to be sent is taken with `pending`."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._ssl = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self.established = False
        self.ended = False
        """The other side has said that nothing more comes."""

    @property
    def certificate(self) -> bytes | None:
        """The DER of the certificate the other side showed."""
        return self._ssl.getpeercert(binary_form=True)

    def pending(self) -> bytes:
        """What has to be sent now."""
        return self._outgoing.read()

    def shake(self) -> None:
        """Go on with the handshake. Raises ssl.SSLError."""
        with suppress(ssl.SSLWantReadError):
            self._ssl.do_handshake()
            self.established = True

    def receive(self, data: bytes) -> bytes:
        """Take what has come; what it means. Raises ssl.SSLError."""
        self._incoming.write(data)
        if not self.established:
            self.shake()
        return self._read() if self.established else b""

    def send(self, data: bytes) -> None:
        """Have it sent with the next `pending`."""
        self._ssl.write(data)

    def _read(self) -> bytes:
        plain = bytearray()
        with suppress(ssl.SSLWantReadError):
            try:
                while piece := self._ssl.read(_RECORD):
                    plain += piece
            except ssl.SSLZeroReturnError:
                pass
            self.ended = True
        return bytes(plain)
