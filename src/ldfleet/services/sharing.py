"""The change feed, read once in a process for all who follow it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager

from ldfleet import errors
from ldfleet.domain.event import Event
from ldfleet.ports import Clock, EventQuery, Feed, Page
from ldfleet.telemetry import logger

log = logger("ldfleet.feed")

Numbered = Sequence[tuple[str, Event]]

GATHER = 0.1  # seconds: what happens within them is told together
KEEP = 600  # batches for those who are slow: a minute of them
AGAIN = 1.0  # seconds before a database that did not answer is asked again


class SharedFeed:
    """`ports.Feed` over another. All who follow get the very same batches.

    Who falls behind what is kept is told to read everything anew: nobody's slowness costs
    more than a place in the row.
    """

    def __init__(self, feed: Feed, *, clock: Clock, keep: int = KEEP) -> None:
        self._feed = feed
        self._clock = clock
        self._recent: deque[Numbered] = deque(maxlen=keep)
        self._count = 0
        self._news = asyncio.Event()
        self._closed = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Read while the body runs; then `close`."""
        head = await self._feed.head()
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read_on(head), name="feed")
            try:
                yield
            finally:
                reading.cancel()
                self.close()

    def close(self) -> None:
        """End all who follow, and who begin to."""
        self._closed = True
        self._news.set()

    async def head(self) -> str:
        return await self._feed.head()

    async def read(self, after: str) -> Numbered | None:
        return await self._feed.read(after)

    async def past(
        self, query: EventQuery, *, cursor: str | None = None, limit: int = 50
    ) -> Page[tuple[str, Event]]:
        return await self._feed.past(query, cursor=cursor, limit=limit)

    async def follow(self, after: str | None) -> AsyncGenerator[Numbered, None]:
        place, last = self._count, after
        while last is not None:
            place = self._count
            missed = await self._feed.read(last)
            if missed:
                last = missed[-1][0]
            elif missed is None:
                last = None
            else:
                break
            yield missed or []
        while not self._closed:
            news, oldest = self._news, self._count - len(self._recent)
            if place < oldest:
                place, last = self._count, None
                yield []
            elif place == self._count:
                await news.wait()
            else:
                batch = self._recent[place - oldest]
                place += 1
                fresh = batch if last is None else _behind(batch, last)
                last = None if fresh is batch else last
                if fresh or not batch:
                    yield fresh

    def _publish(self, batch: Numbered) -> None:
        self._recent.append(batch)
        self._count += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _read_on(self, head: str) -> None:
        after: str | None = head
        while True:
            if after is None:
                self._publish([])
            try:
                async with aclosing(self._feed.follow(after)) as stream:
                    async for batch in stream:
                        after = batch[-1][0] if batch else None
                        self._publish(batch)
                        await self._clock.sleep(GATHER)
            except errors.DatabaseError as error:
                log.warning("feed.hindered", code=error.code, reason=str(error))
                await self._clock.sleep(AGAIN)


def _behind(batch: Numbered, last: str) -> Numbered:
    """What of the batch was not told yet by reading up to `last`."""
    if not batch or _number(batch[0][0]) > _number(last):
        return batch
    return [each for each in batch if _number(each[0]) > _number(last)]


def _number(event_id: str) -> int:
    return int(event_id.rpartition(".")[2])
