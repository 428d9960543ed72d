"""The change feed, for whoever watches."""

from collections.abc import AsyncGenerator, Sequence

from ldfleet.domain.actor import Actor
from ldfleet.domain.event import Event
from ldfleet.ports import Feed


class Events:
    """Every change of state, in the order of their commits."""

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    def follow(
        self, _actor: Actor, after: str | None
    ) -> AsyncGenerator[Sequence[tuple[str, Event]], None]:
        """As `ports.Feed.follow`: without end; an empty batch means: read everything anew."""
        return self._feed.follow(after)
