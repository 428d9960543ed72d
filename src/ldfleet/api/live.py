"""The change feed as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import format_sse_event
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ldfleet import errors
from ldfleet.api import problems, shapes
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.domain.event import Event
from ldfleet.ports import EventQuery
from ldfleet.telemetry import logger
from ldfleet.wire.server import EventOut, EventsFilter, PastEventsFilter
from ldfleet.wire.shapes import Page

log = logger("ldfleet.api")

router = APIRouter(tags=["events"])

PING_SECONDS = 15.0
SLOW_SECONDS = 20.0  # a reader that takes nothing for so long is dropped, and comes back
_STREAM = {"schema": {"type": "string"}}

Batches = AsyncIterator[Sequence[tuple[str, Event]]]
Sleep = Callable[[float], Awaitable[None]]
Goes = Callable[[], Awaitable[bool]]


class Telling:
    """Makes messages of batches; one that many readers share is made once."""

    def __init__(self) -> None:
        self._batch: Sequence[tuple[str, Event]] = ()
        self._made = b""

    def message(self, batch: Sequence[tuple[str, Event]]) -> bytes:
        """The bytes of it."""
        if self._batch is not batch:
            self._batch, self._made = batch, _message(batch)
        return self._made


_TELLING = Telling()


class LiveStream(Response):
    """Tells batches until the reader leaves or they end; pings through silence."""

    media_type = "text/event-stream"

    def __init__(self, batches: Batches, *, sleep: Sleep, goes_on: Goes) -> None:
        """`goes_on` is asked with each ping whether the reader may still read."""
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["Content-Length"]
        self._batches = batches
        self._sleep = sleep
        self._goes_on = goes_on
        self._slow = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(send))
            leaving = group.create_task(_gone(receive))
            pinging = group.create_task(self._ping(send))
            ends = {telling, leaving, pinging}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in (telling, leaving, pinging):
                task.cancel()
        if not self._slow:  # else the end could not be sent either: the connection is cut
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> None:
        batches = self._batches
        try:
            async for batch in batches:
                async with asyncio.timeout(SLOW_SECONDS):
                    await _put(send, _TELLING.message(batch))
        except TimeoutError:
            self._slow = True
            log.info("events.slow_reader", seconds=SLOW_SECONDS)
        finally:
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()

    async def _ping(self, send: Send) -> None:
        """Until the reader's login is over, or its rights are others: then it comes back anew."""
        while True:
            await _put(send, format_sse_event(event="ping", data_str="{}"))
            await self._sleep(PING_SECONDS)
            try:
                if not await self._goes_on():
                    return
            except errors.DatabaseError:
                continue  # it is asked again with the next ping


@router.get(
    "/events",
    summary="Follow every change of state (server-sent events)",
    description="`changes` carries `ChangesOut`; its id is the last event's, to be sent back as "
    "Last-Event-ID. `reset`: what is known may be old, read it anew. `ping` every 15 s.",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": _STREAM}}, **problems.of()},
)
async def follow_events(
    services: TheServices,
    actor: CurrentActor,
    asked: Annotated[EventsFilter, Query()],
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=100)] = None,
) -> Response:
    batches = services.events.follow(actor, last_event_id or asked.after)
    return LiveStream(
        batches, sleep=services.clock.sleep, goes_on=lambda: services.access.still(actor)
    )


@router.get(
    "/events/history",
    summary="List what is kept of the change feed, newest first",
    responses=problems.of(errors.CursorInvalid),
)
async def list_events(
    services: TheServices, actor: CurrentActor, which: Annotated[PastEventsFilter, Query()]
) -> Page[EventOut]:
    query = EventQuery(type=which.type, subject=which.subject)
    page = await services.events.past(actor, query, cursor=which.cursor, limit=which.limit)
    told = shapes.changes_out(page.items)
    return Page(items=told.events, next_cursor=page.next_cursor)


def _message(batch: Sequence[tuple[str, Event]]) -> bytes:
    if not batch:
        return format_sse_event(event="reset", data_str="{}")
    last_id, _ = batch[-1]
    data = shapes.changes_out(batch).model_dump_json()
    return format_sse_event(event="changes", id=last_id, data_str=data)


async def _put(send: Send, message: bytes) -> None:
    await send({"type": "http.response.body", "body": message, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
