"""Schedules, and the ticker that runs them."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from ldfleet.engine.ticker import Ticker
from ldfleet.ports import Clock, NewId
from ldfleet.services.batches import Batches
from ldfleet.services.scheduled import ScheduledBatches
from ldfleet.services.schedules import Schedules
from ldfleet.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """Both halves: what people see, and what goes by itself."""

    schedules: Schedules
    ticker: Ticker


def scheduling(
    database: Database, *, clock: Clock, new_id: NewId, leads: Callable[[], bool] = lambda: True
) -> Scheduling:
    """Schedules whose runs are batches; they are started in the process that leads."""
    batches = Batches(storage=database, admission=database.admission, clock=clock, new_id=new_id)
    runs = ScheduledBatches(batches=batches, admission=database.admission, clock=clock)
    chance = random.Random()  # noqa: S311 - it spreads runs, it guards nothing
    return Scheduling(
        schedules=Schedules(
            storage=database, runs=runs, clock=clock, new_id=new_id, chance=chance.random
        ),
        ticker=Ticker(
            storage=database,
            reader=database.reader,
            runs=runs,
            clock=clock,
            chance=chance.random,
            leads=leads,
        ),
    )
