"""How loaded a workstation was, in as many points as a chart can show."""

from collections.abc import Sequence
from datetime import timedelta

from ldfleet.domain.actor import Actor
from ldfleet.domain.load import Load, first_step, thinned
from ldfleet.ports import Clock, Storage
from ldfleet.services.scoping import workstation_of

SHORTEST = 60.0  # seconds of a step: samples don't come more often


class Loads:
    """The collector writes the samples, at the pace of the facts."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def of(
        self, actor: Actor, workstation_id: str, *, hours: float, points: int
    ) -> Sequence[Load]:
        """The last `hours`, oldest first, in at most so many points."""
        until = self._clock.now()
        back = timedelta(hours=hours)
        step = max(back / points, timedelta(seconds=SHORTEST))
        async with self._storage() as work:
            found = await workstation_of(work, actor, workstation_id)
            since = first_step(until - back, step)
            samples = await work.loads.between(found.id, since=since, until=until)
        return thinned(samples, step=step)
