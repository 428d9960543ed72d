"""The server that bench/api.py asks: the real application over a filled database, and no engine.

Beside it `/bench/bare` runs the list's SQL and dumps the rows, and `/bench/changes` has the
feed told 200 changes a second. Ten emulators change twice a second all the while.
"""

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from ldfleet import telemetry
from ldfleet.api.app import create_app
from ldfleet.api.rates import RateLimiter
from ldfleet.bootstrap import assembly
from ldfleet.bootstrap.clock import new_id
from ldfleet.bootstrap.configuration import shown
from ldfleet.bootstrap.library import library
from ldfleet.bootstrap.memory import keep_what_is_there
from ldfleet.bootstrap.people import Entrance, enter, people, signing_secret
from ldfleet.domain.actor import Actor, Role, Scope
from ldfleet.domain.emulator import Android, Emulator, Observation, Power
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.workstation import Address, Health, Workstation, WorkstationStatus
from ldfleet.services.configuration import Configuration
from ldfleet.services.metrics import Metrics
from ldfleet.services.passwords import Passwords
from ldfleet.services.sharing import SharedFeed
from ldfleet.services.tokens import Draft
from ldfleet.settings import Settings
from ldfleet.storage.database import Database
from ldfleet.storage.tables import emulators, workstations

READY = "ready "
WORKSTATIONS, EMULATORS = 300, 30_000
CLOCK = assembly.CLOCK
_CHANGES = 20  # ten times a second


def farm(
    workstations: int = WORKSTATIONS, emulators: int = EMULATORS
) -> tuple[list[Workstation], list[Emulator]]:
    now = CLOCK.now()
    seen = Health(status=WorkstationStatus.ONLINE, seen_at=now, changed_at=now)
    pcs = [
        Workstation(
            id=WorkstationId(new_id("ws")),
            name=f"pc-{number:03}",
            address=Address(host="127.0.0.1", port=1, username="farm"),
            site="berlin" if number % 3 == 0 else "default",
            health=seen,
            created_at=now,
            updated_at=now,
        )
        for number in range(workstations)
    ]
    return pcs, [_emulator(number, pcs) for number in range(emulators)]


def _emulator(number: int, pcs: list[Workstation]) -> Emulator:
    now = CLOCK.now()
    running = number % 3 != 0
    return Emulator(
        id=EmulatorId(new_id("em")),
        workstation_id=pcs[number % len(pcs)].id,
        install=r"C:\LDPlayer\LDPlayer9",
        index=number // len(pcs),
        name=f"farm-{number:05}",
        cpu=(None, 2, 4)[number % 3],
        memory_mib=4096,
        tags=(("qa", "spare"), ("prod",), ())[number % 3],
        observed=Observation(
            at=now,
            power=Power.RUNNING if running else Power.STOPPED,
            android=Android.READY if running else Android.OFF,
            since=now - timedelta(seconds=number),
        ),
        created_at=now - timedelta(seconds=number * 7 % 100_000),
        updated_at=now,
    )


class Bench:
    """What goes on beside the application."""

    def __init__(self, database: Database, url: str, changing: list[Emulator]) -> None:
        self._database = database
        self._changing = changing
        self._telling = False
        drivers = {"sqlite:": "sqlite+aiosqlite:", "postgresql:": "postgresql+psycopg:"}
        for plain, driver in drivers.items():
            url = url.replace(plain, driver, 1)
        self._engine = create_async_engine(url)

    async def bare(self, _request: Request) -> Response:
        """The same rows by the same SQL, with nothing around it."""
        e, w = emulators.c, workstations.c
        statement = (
            sa.select(
                emulators, w.name.label("workstation_name"), w.site, w.seen_at.label("ws_seen")
            )
            .join(workstations)
            .where(e.removed_at.is_(None))
            .order_by(w.name, e.install, e["index"], e.id)
            .limit(101)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        text = json.dumps([dict(row) for row in rows[:100]], default=str, ensure_ascii=False)
        return Response(text, media_type="application/json")

    async def changes(self, request: Request) -> Response:
        """Tell the feed of changes, or no longer."""
        self._telling = request.query_params["on"] == "1"
        return Response("ok")

    async def analyse(self) -> None:
        """As autovacuum would have, by the time there are so many rows."""
        async with self._engine.begin() as connection:
            await connection.execute(sa.text("ANALYZE"))

    async def going_on(self) -> None:
        """Rows change, and what changed is told."""
        begun = time.monotonic()
        for turn in count(1):
            await asyncio.sleep(max(0.0, begun + turn * 0.1 - time.monotonic()))
            if turn % 5 == 0:
                await self._change()
            if self._telling:
                await self._tell()

    async def _change(self) -> None:
        now = CLOCK.now()
        some = [replace(each, updated_at=now) for each in self._changing[:10]]
        async with self._database() as work:
            await work.emulators.put(some)

    async def _tell(self) -> None:
        async with self._database() as work:
            for each in self._changing:
                data = {
                    "emulator_id": each.id,
                    "workstation_id": each.workstation_id,
                    "status": each.status.value,
                    "told_at": time.monotonic(),
                }
                work.tell(
                    Event(
                        type=EventType.EMULATOR_CHANGED,
                        subject=each.id,
                        at=CLOCK.now(),
                        data=data,
                    )
                )


@asynccontextmanager
async def application(settings: Settings) -> AsyncGenerator[tuple[Any, Database, Entrance, str]]:
    """The real services, with an engine and a collector that never start."""
    database = assembly.open_database(settings)
    await database.migrate()
    await database.start()
    connector = await assembly._connector(settings, database)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # the parts without what works by itself
    shelf = library(settings, database, clock=CLOCK, new_id=new_id, url="")
    tickets = shelf.transfers
    engine, collector = assembly._machinery(settings, database, connector, tickets, sole=True)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # as above
    who = people(
        database,
        secret=signing_secret(settings),
        passwords=Passwords(),
        clock=CLOCK,
        new_id=new_id,
    )
    feed, metrics = (
        SharedFeed(database.feed, clock=CLOCK),
        Metrics(storage=database, clock=CLOCK, pool=lambda: database.pool),
    )
    looks, walls = assembly._seeing(database, connector)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # as above
    services = assembly._services(  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # as above
        database,
        connector,
        engine,
        collector,
        assembly._scheduling(database, engine),  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # as above
        feed=feed,
        metrics=metrics,
        looks=looks,
        walls=walls,
        apps=shelf,
        who=who,
        configuration=Configuration(shown(settings)),
        limiter=RateLimiter(clock=CLOCK, rate=100_000.0, burst=1_000_000),
    )
    entrance = await enter(who.users, who.logins, who.tokens)
    berlin = Scope(sites=frozenset({"berlin"}))
    begun = await who.logins.login(entrance.name, entrance.password)
    me = Actor(
        name=entrance.name, role=Role.ADMIN, user_id=begun.user.id, session_id=begun.session.id
    )
    draft = Draft(name="berlin", role=Role.VIEWER, scope=berlin, expires_in_days=1)
    _, scoped = await who.tokens.create(me, draft)
    async with feed.running(), metrics.watching(feed):
        yield create_app(services), database, entrance, scoped
    await connector.aclose()
    await database.stop()


async def serve(url: str, folder: Path) -> None:
    settings = Settings(database_url=url, data_dir=folder, jwt_secret=SecretStr("b" * 64))
    async with application(settings) as (app, database, entrance, scoped):
        pcs, many = farm()
        async with database() as work:
            for pc in pcs:
                await work.workstations.add(pc)
        for start in range(0, EMULATORS, 2_000):
            async with database() as work:
                await work.emulators.put(many[start : start + 2_000])
        bench = Bench(database, url, many[:_CHANGES])
        del pcs, many  # no server holds its emulators in memory
        await bench.analyse()
        routes = [
            Route("/bench/bare", bench.bare),
            Route("/bench/changes", bench.changes),
            Mount("/", app),
        ]
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                log_config=None,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            said = {"port": bound.getsockname()[1], "token": entrance.token, "scoped": scoped}
            async with asyncio.TaskGroup() as group:
                going_on = group.create_task(bench.going_on())
                serving = group.create_task(server.serve(sockets=[bound]))
                while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
                    await asyncio.sleep(0.01)
                keep_what_is_there()
                print(f"{READY}{json.dumps(said)}", flush=True)
                await serving
                going_on.cancel()


if __name__ == "__main__":
    telemetry.configure(level="WARNING", pretty=False)
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
