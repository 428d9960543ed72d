"""HTTP/1.1 answers out of bytes, no I/O.

By hand because a general parser (h11) took a fifth of the CPU of a command, and WinRM needs
little: one request line, few headers, bodies of a told length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_HEAD = 1 << 16
LARGEST_BODY = 4 << 20
"""Bytes; we ask for envelopes of 150 KiB."""
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: [^\r\n]*)?\Z")
_BEGINNING = b"HTTP/1."
_END_OF_HEAD = b"\r\n\r\n"
_FIRST_FINAL = 200
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\r\n]*)?\r\n")

Headers = Sequence[tuple[bytes, bytes]]


class BadReply(Exception):
    """An HTTP answer that can't be WinRM's, or no HTTP at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer; names of headers in lower case."""

    status: int
    headers: Headers
    body: bytes
    reusable: bool
    """Whether the connection may carry another request."""

    def all(self, name: bytes) -> list[str]:
        """Every value of a header."""
        return [value.decode("latin-1") for key, value in self.headers if key == name]

    @property
    def content_type(self) -> str:
        return next(iter(self.all(b"content-type")), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    status: int
    headers: Headers
    length: int | None
    chunked: bool
    lasting: bool


class Answer:
    """One answer on its way in. Every method raises BadReply."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._head: _Head | None = None

    def feed(self, data: bytes) -> Reply | None:
        """Take more bytes; the answer, once it is complete."""
        self._data += data
        while self._head is None:
            if (head := self._take_head()) is None:
                return None
            if head.status >= _FIRST_FINAL:
                self._head = head
        if len(self._data) > LARGEST_BODY:
            raise BadReply(f"an answer of more than {LARGEST_BODY} bytes")
        return self._complete(self._head)

    def end(self) -> Reply | None:
        """The stream has ended: that may be the end of an answer of untold length."""
        head = self._head
        if head is None and self._data:
            raise BadReply(f"no HTTP: {bytes(self._data[:80])!r}")
        if head is None or head.chunked or head.length is not None:
            return None
        return _reply(head, bytes(self._data), reusable=False)

    def _take_head(self) -> _Head | None:
        data = self._data
        end = data.find(_END_OF_HEAD)
        beginning = bytes(data[: len(_BEGINNING)])
        if not _BEGINNING.startswith(beginning) or max(end, 0) > LARGEST_HEAD:
            raise BadReply(f"no HTTP: {bytes(data[:80])!r}")
        if end < 0:
            if len(data) > LARGEST_HEAD:
                raise BadReply("an answer without an end to its head")
            return None
        head = _parse_head(bytes(data[:end]))
        del data[: end + len(_END_OF_HEAD)]
        return head

    def _complete(self, head: _Head) -> Reply | None:
        if head.chunked:
            body = _dechunked(bytes(self._data))
            return None if body is None else _reply(head, body, reusable=head.lasting)
        if head.length is None or len(self._data) < head.length:
            return None
        exact = len(self._data) == head.length
        body = bytes(self._data[: head.length])
        return _reply(head, body, reusable=head.lasting and exact)


def _reply(head: _Head, body: bytes, *, reusable: bool) -> Reply:
    return Reply(status=head.status, headers=head.headers, body=body, reusable=reusable)


def _parse_head(data: bytes) -> _Head:
    first, *lines = data.split(b"\r\n")
    status = _STATUS_LINE.match(first)
    if status is None:
        raise BadReply(f"no HTTP: {first[:80]!r}")
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise BadReply(f"no HTTP header: {line[:80]!r}")
        headers.append((name.lower(), value.strip()))
    known = dict(headers)
    encoding = known.get(b"transfer-encoding")
    if encoding not in {None, b"chunked"}:
        raise BadReply(f"the transfer encoding {encoding!r}")
    return _Head(
        status=int(status[2]),
        headers=headers,
        length=_length([value for name, value in headers if name == b"content-length"]),
        chunked=encoding is not None,
        lasting=status[1] == b"1" and b"close" not in known.get(b"connection", b"").lower(),
    )


def _length(values: Sequence[bytes]) -> int | None:
    if not values:
        return None
    if len(set(values)) != 1 or not values[0].isdigit():
        raise BadReply(f"the length {values!r}")
    return int(values[0])


def _dechunked(data: bytes) -> bytes | None:
    body = bytearray()
    at = 0
    while (size := _CHUNK_SIZE.match(data, at)) is not None:
        length, start = int(size[1], 16), size.end()
        if length == 0:
            return bytes(body) if data.endswith(_END_OF_HEAD) else None
        if len(data) < start + length + 2:
            return None
        body += data[start : start + length]
        at = start + length + 2
    if b"\r\n" in data[at:]:
        raise BadReply(f"no chunk: {data[at : at + 40]!r}")
    return None
