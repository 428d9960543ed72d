"""The HTTP application over real services on a real database, in process or on loopback."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from ldfleet.api.app import create_app
from ldfleet.api.rates import RateLimiter
from ldfleet.api.services import Services
from ldfleet.bootstrap.configuration import shown
from ldfleet.bootstrap.people import enter
from ldfleet.bootstrap.scheduling import scheduling
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.engine.engine import Engine
from ldfleet.services.apps import Apps
from ldfleet.services.audit import AuditLog
from ldfleet.services.backups import Backups
from ldfleet.services.batches import Batches
from ldfleet.services.checkups import Checkups
from ldfleet.services.configuration import Configuration
from ldfleet.services.emulators import Emulators
from ldfleet.services.events import Events
from ldfleet.services.history import History
from ldfleet.services.loads import Loads
from ldfleet.services.looks import Looks
from ldfleet.services.metrics import Metrics
from ldfleet.services.operations import Operations
from ldfleet.services.preparations import Preparations
from ldfleet.services.problems import Problems
from ldfleet.services.profiles import Profiles
from ldfleet.services.requests import Requests
from ldfleet.services.sites import Sites
from ldfleet.services.snapshots import Snapshots
from ldfleet.services.status import StatusReport
from ldfleet.services.transfers import Transfers
from ldfleet.services.views import Views
from ldfleet.services.walls import Walls
from ldfleet.services.workstations import Workstations
from ldfleet.settings import Settings
from ldfleet.storage.app_files import StoredAppFiles
from ldfleet.transports.preparation import script_of
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning
from ldfleet.workflows.devices import AskedDevices
from ldfleet.workflows.survey import LDPlayerSurvey
from support.accounts import the_people
from support.engines import Floor, a_floor

_APPS: list[FastAPI] = []
ONLINE = Health(status=WorkstationStatus.ONLINE, desktop_user="farm")
APP_LIMIT = 1 << 16
"""Bytes that an app of the library may have; three times as many all of them."""
CANARY = "hunter2-canary-5f1d"
DRAFT: dict[str, Any] = {
    "name": "pc-01",
    "host": "10.0.0.5",
    "username": "farm",
    "password": CANARY,
}


@dataclass(kw_only=True)
class Edge:
    """What a test of an edge holds in its hands."""

    floor: Floor
    engine: Engine
    services: Services
    app: FastAPI
    token: str
    http: httpx.AsyncClient
    """Signed in, in process; its changes are of whatever is there."""
    alive: dict[str, bool]
    """What the engine and the collector say of themselves."""

    async def added(self, **changes: Any) -> dict[str, Any]:
        """A workstation that came in over HTTP."""
        answer = await self.http.post("/api/workstations", json={**DRAFT, **changes})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def stranger(self) -> httpx.AsyncClient:
        """A client without a token."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://fleet.test"
        )


def _services(
    floor: Floor, engine: Engine, connector: WinRMConnector, alive: dict[str, bool], folder: Path
) -> Services:
    storage, clock, new_id = floor.database, floor.clock, floor.new_id
    files = StoredAppFiles(folder / "apps", clock=clock, chance=os.urandom)
    admission, feed = floor.database.admission, floor.database.feed

    def says(name: str) -> Callable[[], bool]:
        return lambda: alive[name]

    who = the_people(floor)
    devices = AskedDevices(connector=connector, clock=clock)
    return Services(
        workstations=Workstations(
            storage=storage,
            connector=connector,
            survey=LDPlayerSurvey(clock=clock),
            admission=admission,
            poke=lambda _: None,
            clock=clock,
            new_id=new_id,
        ),
        preparations=Preparations(script_of),
        sites=Sites(storage=storage, workers=floor.database.workers, clock=clock),
        emulators=Emulators(
            storage=storage,
            reader=floor.database.reader,
            admission=admission,
            clock=clock,
            new_id=new_id,
        ),
        requests=Requests(storage=storage, admission=admission, clock=clock, new_id=new_id),
        history=History(storage=storage, clock=clock),
        batches=Batches(storage=storage, admission=admission, clock=clock, new_id=new_id),
        operations=Operations(
            storage=storage,
            feed=feed,
            admission=admission,
            dispatcher=engine.dispatcher,
            clock=clock,
        ),
        profiles=Profiles(storage=storage, clock=clock, new_id=new_id),
        transfers=Transfers(
            storage=storage, files=files, clock=clock, chance=os.urandom, url="http://fleet.test"
        ),
        apps=Apps(
            storage=storage,
            files=files,
            clock=clock,
            new_id=new_id,
            size_limit=APP_LIMIT,
            library_limit=3 * APP_LIMIT,
        ),
        views=Views(storage=storage, clock=clock, new_id=new_id),
        schedules=scheduling(floor.database, clock=clock, new_id=new_id).schedules,
        status=StatusReport(
            reader=floor.database.reader,
            has_room=lambda: floor.database.has_room,
            clock=clock,
            engine_alive=says("engine"),
            collector_alive=says("collector"),
            schema=lambda: floor.database.revision,
        ),
        access=who.access,
        logins=who.logins,
        users=who.users,
        tokens=who.tokens,
        events=Events(feed=feed, reader=floor.database.reader),
        audit=AuditLog(storage=storage),
        configuration=Configuration(shown(Settings(jwt_secret=SecretStr(CANARY)))),
        problems=Problems(storage=storage, clock=clock),
        backups=Backups(storage=storage),
        checkups=Checkups(storage=storage),
        looks=Looks(storage=storage, reader=floor.database.reader, devices=devices, clock=clock),
        walls=Walls(storage=storage, devices=devices, clock=clock),
        loads=Loads(storage=storage, clock=clock),
        metrics=Metrics(storage=storage, clock=clock, pool=lambda: floor.database.pool),
        snapshots=Snapshots(reader=floor.database.reader, feed=feed, clock=clock),
        limiter=RateLimiter(clock=clock, rate=10.0, burst=2_000),
        clock=clock,
        new_id=new_id,
    )


def _app_over(services: Services) -> FastAPI:
    # An application makes its routes ready at its first request, which takes 0.1 s: one serves
    # all tests of a process, over the services of each.
    if not _APPS:
        _APPS.append(create_app(services))
    _APPS[0].state.services = services
    return _APPS[0]


@asynccontextmanager
async def an_edge(
    config: pytest.Config, folder: Path, *, kind: str = "sqlite"
) -> AsyncGenerator[Edge]:
    """The application for one test; its engine stands until a test has it run."""
    async with a_floor(config, folder, kind=kind) as floor:
        engine, alive = floor.engine(), {"engine": True, "collector": True}
        connector = WinRMConnector(
            server_id="test",
            clock=floor.clock,
            new_id=floor.new_id,
            tuning=Tuning(connect=1.0, test_connect=1.0, reply=5.0, cleanup=1.0, closing=1.0),
        )
        services = _services(floor, engine, connector, alive, folder)
        token = (await enter(services.users, services.logins, services.tokens)).token
        app = _app_over(services)
        async with (
            services.walls.running(),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://fleet.test",
                headers={"Authorization": f"Bearer {token}", "If-Match": "*"},
                verify=False,  # noqa: S501 - no TLS here, and loading authorities takes long
            ) as http,
        ):
            yield Edge(
                floor=floor,
                engine=engine,
                services=services,
                app=app,
                token=token,
                http=http,
                alive=alive,
            )
        await connector.aclose()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what nobody tells of."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - tasks and servers of libraries set no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(app: Any, *, port: int = 0) -> AsyncGenerator[str]:
    """The application on loopback, on a free port unless one is given; gives its URL."""
    config = uvicorn.Config(
        app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, ws="none"
    )
    server = uvicorn.Server(config)
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        raised: Exception | None = None
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[bound]))
            await until(lambda: server.started)
            try:
                yield f"http://127.0.0.1:{bound.getsockname()[1]}"
            except Exception as error:  # noqa: BLE001 - raised again, outside of the group
                raised = error
            server.should_exit = True
        if raised is not None:
            raise raised
