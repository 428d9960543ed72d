"""The client for asyncio."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Self, TypeVar

import httpx

from ldfleet import errors
from ldfleet.client.calls import Call
from ldfleet.client.login import Login
from ldfleet.client.stream import Changes, Listener
from ldfleet.client.talk import (
    LONGEST_WAIT,
    PAUSES,
    Missing,
    Outcome,
    Pause,
    Progress,
    Talk,
    Talker,
    new_key,
    unheard,
)
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page

T = TypeVar("T")


class AsyncClient:
    """Sends calls to one server, many at once."""

    def __init__(
        self,
        url: str,
        token: str | Login | None,
        *,
        timeout: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._talker = Talker(
            url=url,
            token=token,
            timeout=timeout,
            monotonic=monotonic,
            new_key=new_key,
            chance=chance,
        )
        self._http = httpx.AsyncClient(transport=transport, verify=url.startswith("https"))
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def send(self, call: Call[T]) -> T:
        """Send a call and read its answer; raises the server's problem as its error."""
        return await self._run(self._talker.ask(call))

    async def iterate(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        """Everything that a paged call lists, page by page."""
        cursor: str | None = None
        while True:
            page = await self.send(call if cursor is None else call.having(cursor=cursor))
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return

    async def wait(
        self,
        operation_id: str,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - its end is a result, not an exception
        step: float = LONGEST_WAIT,
        tell: Progress = unheard,
        missing: Missing = unheard,
    ) -> OperationOut:
        """Wait until the operation is over, or `timeout` is up: then it is given as it is.

        `tell` and `missing` are called as `Client.wait` calls them.
        """
        return await self._run(
            self._talker.wait(operation_id, timeout=timeout, step=step, tell=tell, missing=missing)
        )

    async def events(self, after: str | None = None) -> AsyncGenerator[Changes]:
        """Follow the change feed without end; a lost connection is resumed where it was lost."""
        listener = Listener(url=self._talker.url, last_id=after)
        failures, renewed = 0, False
        while True:
            try:
                async with aclosing(self._listen(listener)) as heard:
                    async for changes in heard:
                        failures, renewed = 0, False
                        yield changes
            except errors.TokenExpired:
                if renewed or not isinstance(token := self._talker.token, Login):
                    raise
                await self._run(self._talker.renew(token))
                renewed = True
                continue
            except httpx.TransportError as exc:
                failures += 1
                if failures > len(PAUSES):
                    raise self._talker.unreachable(exc) from exc
            listener.again()
            await self._sleep(self._talker.spread(PAUSES[max(0, failures - 1)]))

    async def _listen(self, listener: Listener) -> AsyncGenerator[Changes]:
        response = await self._http.send(self._talker.request(listener.call()), stream=True)
        try:
            if not response.is_success:
                await response.aread()
                raise self._talker.refusal(response)
            async for line in response.aiter_lines():
                if (changes := listener.hear(line)) is not None:
                    yield changes
        finally:
            await response.aclose()

    async def _run(self, talk: Talk[T]) -> T:
        outcome: Outcome = None
        while True:
            try:
                step = talk.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            outcome = await self._do(step)

    async def _do(self, step: httpx.Request | Pause) -> Outcome:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        try:
            return await self._http.send(step)
        except httpx.TransportError as exc:
            return exc
