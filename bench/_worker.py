"""One worker process of the measurement: `engine` runs no-ops for us, `bare` for Procrastinate.

It ends when its standard input does, and prints how late its event loop was.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import procrastinate
from procrastinate.jobs import DeleteJobCondition

from ldfleet import telemetry
from ldfleet.bootstrap.several import make_duties, make_team, process_name
from ldfleet.domain.verb import Verb
from ldfleet.engine.engine import Engine
from ldfleet.settings import Settings
from ldfleet.storage.connections import postgresql_conninfo
from ldfleet.storage.database import Database

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench._stand import CLOCK, Figures, Nothing, Stall

SITE = "default"
CONCURRENCY = 100  # what `ldfleet worker` has
BARE, BARE_QUEUE = "bench.nothing", "bench"


def bare_app(url: str) -> procrastinate.App:
    """Procrastinate in its schema of our database, with a task that does nothing."""
    connector = procrastinate.PsycopgConnector(
        conninfo=postgresql_conninfo(url),
        kwargs={"options": "-c search_path=procrastinate -c timezone=UTC"},
        min_size=1,
        max_size=4,
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=BARE, queue=BARE_QUEUE)
    async def nothing(number: int) -> None:
        del number

    return app


@asynccontextmanager
async def engine(url: str, folder: Path) -> AsyncGenerator[None]:
    settings = Settings(data_dir=folder, database_url=url)
    database = Database(url, vault_key_file=folder / "key", clock=CLOCK, chance=os.urandom)
    await database.start()
    duties = make_duties(settings, database, frozenset({SITE}))
    assert duties is not None
    team = make_team(
        settings,
        database,
        duties,
        clock=CLOCK,
        owner=process_name(),
        sites=frozenset({SITE}),
        concurrency=CONCURRENCY,
        changed=lambda: None,
    )
    runs = Engine(
        storage=database,
        admission=database.admission,
        clock=CLOCK,
        works=dict.fromkeys(Verb, Nothing()),
        owner=process_name(),
        team=team,
    )
    try:
        async with runs.running():
            yield
    finally:
        await database.stop()


@asynccontextmanager
async def bare(url: str, _folder: Path) -> AsyncGenerator[None]:
    app = bare_app(url)
    async with app.open_async(), asyncio.TaskGroup() as group:
        worker = group.create_task(
            app.run_worker_async(
                queues=[BARE_QUEUE],
                concurrency=CONCURRENCY,
                delete_jobs=DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
            )
        )
        yield
        worker.cancel()


async def main(kind: str, url: str) -> None:
    telemetry.configure(level="WARNING", pretty=False)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    stall = Stall()

    async def wait() -> Figures:
        await asyncio.to_thread(sys.stdin.read)
        return {}

    with tempfile.TemporaryDirectory() as folder:
        async with {"engine": engine, "bare": bare}[kind](url, Path(folder)):
            print("ready", flush=True)
            await stall.beside(wait())
    print(json.dumps({"p99_ms": stall.p99_ms(), "max_ms": max(stall.late) * 1000}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
