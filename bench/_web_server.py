"""The server that bench/web.py opens: the real application with its dashboard, and no engine.

A feeder changes 200 emulators a second through storage and tells the feed of each, as the
collector would.
"""

import asyncio
import itertools
import json
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from bench._api_server import CLOCK, READY, application, farm
from ldfleet import telemetry
from ldfleet.domain.emulator import Android, Emulator, Power
from ldfleet.domain.event import EventType
from ldfleet.domain.telling import of_emulator
from ldfleet.settings import Settings
from ldfleet.storage.database import Database

PER_TURN, TURN = 20, 0.1  # 200 a second
_PIECE = 2_000


def turned(emulator: Emulator) -> Emulator:
    """The same emulator, launched or quit meanwhile."""
    now, running = CLOCK.now(), emulator.observed.power is Power.RUNNING
    seen = replace(
        emulator.observed,
        at=now,
        since=now,
        power=Power.STOPPED if running else Power.RUNNING,
        android=Android.OFF if running else Android.READY,
    )
    return replace(emulator, observed=seen, version=emulator.version + 1, updated_at=now)


async def feed(database: Database, fleet: list[Emulator]) -> None:
    """Change emulators all over the fleet, until it is cancelled."""
    begun = time.monotonic()
    for turn in itertools.count(1):
        await asyncio.sleep(max(0.0, begun + turn * TURN - time.monotonic()))
        places = [(turn * PER_TURN + place) * 7919 % len(fleet) for place in range(PER_TURN)]
        for place in places:
            fleet[place] = turned(fleet[place])
        changed = [fleet[place] for place in places]
        async with database() as work:
            await work.emulators.put(changed)
            for each in changed:
                work.tell(of_emulator(EventType.EMULATOR_CHANGED, each, at=CLOCK.now()))


async def serve(folder: Path, emulators: int) -> None:
    """Print where it listens and how one gets in, and serve until it is terminated."""
    url = f"sqlite:///{folder / 'fleet.db'}"
    settings = Settings(database_url=url, data_dir=folder, jwt_secret=SecretStr("b" * 64))
    async with application(settings) as (app, database, entrance, _):
        pcs, fleet = farm(workstations=emulators // 20, emulators=emulators)
        async with database() as work:
            for pc in pcs:
                await work.workstations.add(pc)
        for start in range(0, emulators, _PIECE):
            async with database() as work:
                await work.emulators.put(fleet[start : start + _PIECE])
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
            )
        )
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            said = {"port": bound.getsockname()[1], "password": entrance.password}
            async with asyncio.TaskGroup() as group:
                feeding = group.create_task(feed(database, fleet))
                serving = group.create_task(server.serve(sockets=[bound]))
                while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
                    await asyncio.sleep(0.01)
                print(f"{READY}{json.dumps(said)}", flush=True)
                await serving
                feeding.cancel()


if __name__ == "__main__":
    telemetry.configure(level="WARNING", pretty=False)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
