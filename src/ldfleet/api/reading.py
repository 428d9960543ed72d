"""Middleware for what only reads: ETags of what is answered, 304, HEAD, and the rate headers."""

import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OK, _UNCHANGED = 200, 304
# They tell how old an answer is, not what is known: with them nothing would ever be unchanged.
# Each begins with what is looked for letter by letter, which is three times as fast.
_AGES = (
    re.compile(rb'age_s":[0-9.e+-]+'),
    re.compile(rb'uptime(?:_s":[0-9.e+-]+|":"[0-9:]+")'),
)
_NAME = re.compile(r'(?:W/)?("[^"]*")')


class Reading:
    """ASGI middleware just inside of the edge. Streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        answer = _Answer(send, known=Headers(scope=scope).get("If-None-Match", ""), head=head)
        read = answer.then_gone(receive) if head else receive
        await self._app({**scope, "method": "GET"}, read, answer.take)


class _Answer:
    """Keeps a JSON answer back until it is whole, to name it by its content."""

    def __init__(self, send: Send, *, known: str, head: bool) -> None:
        self._send = send
        self._known = known
        self._head = head
        self._start: Message | None = None
        self._body = b""
        self._begun = False

    def then_gone(self, receive: Receive) -> Receive:
        """Who asks by HEAD has heard all once the answer begins: a stream ends there."""

        async def read() -> Message:
            return {"type": "http.disconnect"} if self._begun else await receive()

        return read

    async def take(self, message: Message) -> None:
        """Of the application, in its order."""
        if message["type"] == "http.response.start":
            self._begun = True
            if _is_named(message):
                self._start = message
            else:
                await self._send(message)
        elif self._start is None:
            await self._send({**message, "body": b""} if self._head else message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._tell(self._start)

    async def _tell(self, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        version = headers.get("ETag", "").strip('"')
        said = _digest(self._body)
        # With a version it names the object for If-Match, too; a list only means the same.
        etag = f'"{version}-{said}"' if version else f'W/"{said}"'
        headers["ETag"] = etag
        if self._knows(etag):
            del headers["Content-Length"]
            start = {**start, "status": _UNCHANGED, "headers": headers.raw}
            self._body = b""
        await self._send(start)
        body = b"" if self._head else self._body
        await self._send({"type": "http.response.body", "body": body})

    def _knows(self, etag: str) -> bool:
        if self._known.strip() == "*":
            return True
        return etag.removeprefix("W/") in _NAME.findall(self._known)


def _digest(body: bytes) -> str:
    for ages in _AGES:
        body = ages.sub(b"", body)
    return hashlib.blake2b(body, digest_size=8).hexdigest()


def _is_named(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("Content-Type", "")
    return start["status"] == _OK and kind.startswith("application/json")
