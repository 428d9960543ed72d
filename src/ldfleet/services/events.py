"""The change feed, for whoever watches; who has a scope is told of what lies in it."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from ldfleet.domain.actor import Actor, Scope
from ldfleet.domain.event import Event
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.ports import EventQuery, Feed, Page, Storage
from ldfleet.services.scoping import holds

Numbered = Sequence[tuple[str, Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What an event happened to."""

    workstation: str | None
    emulator: str | None
    batch: str | None


class Events:
    """Every change of state, in the order of their commits. `reader` only reads."""

    def __init__(self, *, feed: Feed, reader: Storage) -> None:
        self._feed = feed
        self._reader = reader

    async def follow(self, actor: Actor, after: str | None) -> AsyncGenerator[Numbered, None]:
        """As `ports.Feed.follow`: without end; an empty batch means: read everything anew."""
        async with aclosing(self._feed.follow(after)) as stream:
            async for batch in stream:
                if actor.scope is None or not batch:
                    yield batch
                elif seen := await self._seen(actor.scope, batch):
                    yield seen

    async def past(
        self, actor: Actor, query: EventQuery, *, cursor: str | None = None, limit: int = 50
    ) -> Page[tuple[str, Event]]:
        """What is kept of it, newest first. A page of who has a scope may be short."""
        page = await self._feed.past(query, cursor=cursor, limit=limit)
        if actor.scope is None or not page.items:
            return page
        return replace(page, items=await self._seen(actor.scope, page.items))

    async def _seen(self, scope: Scope, batch: Numbered) -> Numbered:
        places = [_place_of(event) for _, event in batch]
        async with self._reader() as work:
            emulators = await work.emulators.some(
                [EmulatorId(each) for each in _once(place.emulator for place in places)]
            )
            theirs = [each.workstation_id for each in emulators.values()]
            named = [place.workstation for place in places]
            workstations = await work.workstations.some(
                [WorkstationId(each) for each in _once([*named, *theirs])]
            )
            batches = await work.batches.among(_once(place.batch for place in places), scope)

        def is_seen(place: _Place, event: Event) -> bool:
            if place.batch is not None:
                return place.batch in batches
            if place.emulator is not None:
                emulator = emulators.get(EmulatorId(place.emulator))
                home = None if emulator is None else workstations.get(emulator.workstation_id)
                return home is not None and holds(scope, home, emulator)
            workstation = workstations.get(WorkstationId(place.workstation or ""))
            if workstation is not None:
                return holds(scope, workstation)
            return _was_in(scope, event)

        return [
            numbered
            for numbered, place in zip(batch, places, strict=True)
            if is_seen(place, numbered[1])
        ]


def _place_of(event: Event) -> _Place:
    """By the ids that it names; what names none of these is told to nobody with a scope."""

    def named(prefix: str, field: str) -> str | None:
        if event.subject.startswith(prefix):
            return event.subject
        found = event.data.get(field)
        return found if isinstance(found, str) else None

    batch = event.subject if event.subject.startswith("ba_") else None
    return _Place(
        workstation=named("ws_", "workstation_id"),
        emulator=named("em_", "emulator_id"),
        batch=batch,
    )


def _was_in(scope: Scope, event: Event) -> bool:
    """Of a workstation that is gone the event itself tells where it was."""
    site, tags = event.data.get("site"), event.data.get("tags", ())
    return isinstance(site, str) and scope.holds(site=site, tags=tags)


def _once(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(each for each in ids if each is not None))
