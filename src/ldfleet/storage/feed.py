"""The change feed: events numbered in the order of their commits, and followed from any place.

A number is taken by updating `feed_head` right before the commit, so its row lock makes the
commits of all writers follow each other; a sequence's numbers would become visible out of
order, and whoever resumes would skip one (architecture.md 6).
"""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ldfleet.domain.event import Event, EventType
from ldfleet.ports import EventQuery, Page
from ldfleet.storage.connections import Connections, Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.signals import Channel
from ldfleet.storage.tables import feed, feed_head

_BATCH = 500
_POLL = 1.0  # seconds: the net under the signals
_PRUNE_EVERY = 1_000
_ORDER = Order("events", (feed.c.seq,), descending=True)
_NUMBER = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class _Position:
    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.seq}"


async def publish(transaction: Transaction, events: Sequence[Event], *, keep: int) -> None:
    """Number the events and write them. To be called right before the commit."""
    number = len(events)
    raised = sa.update(feed_head).values(seq=feed_head.c.seq + number).returning(feed_head.c.seq)
    head: int = await transaction.value(raised)
    rows = [_row(event, head - number + place) for place, event in enumerate(events, start=1)]
    await transaction.execute(sa.insert(feed), rows)
    if head // _PRUNE_EVERY != (head - number) // _PRUNE_EVERY:
        await transaction.execute(sa.delete(feed).where(feed.c.seq <= head - keep))
    transaction.ring(Channel.FEED, str(head))


class StoredFeed:
    """`ports.Feed` on the tables of the feed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def head(self) -> str:
        return str(await self._head())

    async def follow(self, after: str | None) -> AsyncGenerator[Sequence[tuple[str, Event]], None]:
        signals = self._connections.signals
        bell = signals.bells[Channel.FEED]
        head = await self._head()
        last = head.seq if after is None else _seq_of(after, head)
        while True:
            await signals.listen()
            rings = bell.rings
            events = None if last is None else await self._after(head.epoch, last)
            if events is None:
                head = await self._head()
                last = head.seq
                yield []
            elif events:
                last = events[-1].seq
                yield [(f"{head.epoch}.{event.seq}", event) for event in events]
            else:
                await bell.wait(since=rings, at_most=_POLL)

    async def read(self, after: str) -> Sequence[tuple[str, Event]] | None:
        head = await self._head()
        seq = _seq_of(after, head)
        events = None if seq is None else await self._after(head.epoch, seq)
        return None if events is None else [(f"{head.epoch}.{e.seq}", e) for e in events]

    async def past(
        self, query: EventQuery, *, cursor: str | None = None, limit: int = 50
    ) -> Page[tuple[str, Event]]:
        statement = sa.select(feed)
        if query.type is not None:
            statement = statement.where(feed.c.type == query.type)
        if query.subject is not None:
            statement = statement.where(feed.c.subject == query.subject)
        async with self._connections.transaction(writes=False) as transaction:
            head = await _read_head(transaction)
            rows = await transaction.rows(_ORDER.page(statement, cursor, limit))
        items = [(f"{head.epoch}.{row['seq']}", _event_of(row)) for row in rows[:limit]]
        return Page(items=items, next_cursor=_ORDER.next_cursor(rows, limit))

    async def _head(self) -> _Position:
        async with self._connections.transaction(writes=False) as transaction:
            return await _read_head(transaction)

    async def _after(self, epoch: str, seq: int) -> Sequence[Event] | None:
        """The next events; None where they are not to be had any more."""
        async with self._connections.transaction(writes=False) as transaction:
            head = await _read_head(transaction)
            if head.epoch != epoch or head.seq < seq:
                return None
            if head.seq == seq:
                return []
            wanted = sa.select(feed).where(feed.c.seq > seq).order_by(feed.c.seq).limit(_BATCH)
            events = [_event_of(row) for row in await transaction.rows(wanted)]
        # Numbers have no gaps: where the first one is missing, it was pruned.
        return events if events and events[0].seq == seq + 1 else None


async def _read_head(transaction: Transaction) -> _Position:
    row = (await transaction.rows(sa.select(feed_head)))[0]
    return _Position(row["epoch"], row["seq"])


def _seq_of(event_id: str, head: _Position) -> int | None:
    """The number of an id of this epoch; None for any other."""
    epoch, _, number = event_id.partition(".")
    known = epoch == head.epoch and _NUMBER.fullmatch(number)
    return int(number) if known and int(number) <= head.seq else None


def _row(event: Event, seq: int) -> Mapping[str, Any]:
    return {
        "seq": seq,
        "type": event.type,
        "subject": event.subject,
        "at": event.at,
        "data": dict(event.data),
    }


def _event_of(row: Mapping[str, Any]) -> Event:
    return Event(
        seq=row["seq"],
        type=EventType(row["type"]),
        subject=row["subject"],
        at=row["at"],
        data=row["data"],
    )
