"""A process whose ticker has written a run and not committed it: `python -m … URL FOLDER HOURS`.

It says so on standard output and stands there until it is killed.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from ldfleet.domain.actor import Actor
from ldfleet.domain.schedule import Schedule
from ldfleet.engine.ticker import Ticker
from ldfleet.ports import UnitOfWork
from ldfleet.services.batches import Batches
from ldfleet.services.scheduled import ScheduledBatches
from ldfleet.storage.database import Database
from support.clock import START, ManualClock


class Standing(ScheduledBatches):
    """Submits, tells of it, and comes no further."""

    async def submit(self, work: UnitOfWork, schedule: Schedule, *, actor: Actor) -> str:
        batch_id = await super().submit(work, schedule, actor=actor)
        sys.stdout.write(f"{batch_id}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
        return batch_id


async def main(url: str, folder: Path, hours: float) -> None:
    clock = ManualClock(START + timedelta(hours=hours))
    database = Database(url, vault_key_file=folder / "vault.key", clock=clock, chance=os.urandom)
    await database.start()
    batches = Batches(
        storage=database,
        admission=database.admission,
        clock=clock,
        new_id=lambda prefix: f"{prefix}_{os.urandom(8).hex()}",
    )
    runs = Standing(batches=batches, admission=database.admission, clock=clock)
    ticker = Ticker(
        storage=database, reader=database.reader, runs=runs, clock=clock, chance=lambda: 0.0
    )
    await ticker.turn()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))
