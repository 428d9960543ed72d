"""The outermost layer: every request gets an id, bounds, safe headers, and always an answer."""

import asyncio
import re
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.rates import RATE, headers_of
from ldfleet.ports import NewId
from ldfleet.telemetry import logger

log = logger("ldfleet.api")

CORRELATION_ID = "Correlation-Id"
_SAFE_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_UNLESS_GIVEN: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, new_id: NewId) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(CORRELATION_ID, "")
        correlation_id = given if _SAFE_ID.fullmatch(given) else self._new_id("rq")
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self._answer(scope, receive, send, correlation_id)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, correlation_id: str
    ) -> None:
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_ID] = correlation_id
                for name, value in _UNLESS_GIVEN.items():
                    headers.setdefault(name, value)
                headers.update(_HEADERS)
                headers.update(headers_of(scope["state"].get(RATE)))
            await send(message)

        async def refuse(error: errors.FleetError) -> None:
            response = problems.answer(error, path=scope["path"], correlation_id=correlation_id)
            await response(scope, receive, marked)

        uploads = (scope["method"], scope["path"]) in problems.UPLOADS
        if not uploads and _announced_size(scope) > problems.BODY_LIMIT:
            await refuse(errors.RequestTooLarge(limit=problems.BODY_LIMIT))
            return
        try:
            await self._app(scope, receive if uploads else _bounded(receive), marked)
        except Exception:
            # The process entry of a request: a mistake of ours is logged here, once, and the
            # caller learns nothing but the id to find it by.
            log.exception("request.crashed", method=scope["method"], path=scope["path"])
            if not started:
                await refuse(errors.InternalError())


class LastAnswers:
    """ASGI middleware around all of it in a server that ends, which cancels what is still open.

    Nobody else cancels a request: whoever waits for an answer is told why there is none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            log.warning("request.cut_off", method=scope["method"], path=scope["path"])
            if not started:
                correlation_id = scope["state"]["correlation_id"]
                refusal = problems.answer(
                    errors.ShuttingDown(), path=scope["path"], correlation_id=correlation_id
                )
                await refusal(scope, receive, send)


def _bounded(receive: Receive) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > problems.BODY_LIMIT:
            # The only kind of exception that FastAPI lets through while it reads a body.
            raise HTTPException(status_code=413)
        return message

    return counted


def _announced_size(scope: Scope) -> int:
    announced = Headers(scope=scope).get("Content-Length", "")
    return int(announced) if announced.isdecimal() else 0
