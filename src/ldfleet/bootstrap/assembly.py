"""Everything tied together: read `assemble` first."""

import random
import secrets
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from ldfleet.api.app import create_app
from ldfleet.api.services import Services
from ldfleet.bootstrap.clock import SystemClock, new_id
from ldfleet.domain.workstation import TransportKind
from ldfleet.engine.collector import Collector
from ldfleet.engine.collector_pace import Pace
from ldfleet.engine.engine import Engine
from ldfleet.engine.governor import GlobalLimits
from ldfleet.ports import Connector
from ldfleet.services.access import Access
from ldfleet.services.emulators import Emulators
from ldfleet.services.events import Events
from ldfleet.services.operations import Operations
from ldfleet.services.status import StatusReport
from ldfleet.services.workstations import Workstations
from ldfleet.settings import Settings
from ldfleet.storage.connections import sqlite_path
from ldfleet.storage.database import Database
from ldfleet.storage.single_server import single_server
from ldfleet.transports.connector import Connectors
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning
from ldfleet.workflows.facts import collect_facts
from ldfleet.workflows.scan import Scanner
from ldfleet.workflows.survey import LDPlayerSurvey
from ldfleet.workflows.works import works

CLOCK = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A running ldfleet: its services, and the HTTP application over them."""

    services: Services
    http: FastAPI


@asynccontextmanager
async def assemble(settings: Settings) -> AsyncGenerator[Application]:
    """Choose every adapter, start what works by itself, and end it in the reverse order.

    Raises:
        ServerAlreadyRunning: another process serves from this SQLite database.
        DatabaseUnreachable, SchemaOutdated: the database is not fit to use.
    """
    async with AsyncExitStack() as stack:
        sole = stack.enter_context(_alone(settings))
        database = open_database(settings)
        stack.push_async_callback(database.stop)
        if sole:
            await database.migrate()
        await database.start()
        connector = await _connector(settings, database)
        stack.push_async_callback(connector.aclose)
        collector = _collector(settings, database, connector)
        engine = _engine(settings, database, connector, sole=sole)
        services = _services(database, connector, engine, collector)
        await stack.enter_async_context(engine.running())
        await stack.enter_async_context(collector.running())
        yield Application(services=services, http=create_app(services))


def open_database(settings: Settings) -> Database:
    """The database of the settings, not yet started."""
    return Database(
        settings.effective_database_url,
        vault_key_file=settings.effective_vault_key_file,
        clock=CLOCK,
        chance=secrets.token_bytes,
    )


@contextmanager
def _alone(settings: Settings) -> Generator[bool]:
    """Whether no other process can serve from this database, held while the body runs."""
    path = sqlite_path(settings.effective_database_url)
    if path is None:
        yield False
    else:
        with single_server(path):
            yield True


async def _connector(settings: Settings, database: Database) -> Connectors:
    epoch, _, _ = (await database.feed.head()).partition(".")
    winrm = WinRMConnector(
        server_id=epoch,
        clock=CLOCK,
        new_id=new_id,
        tuning=Tuning(in_flight=settings.commands_at_once),
    )
    return Connectors({TransportKind.WINRM: winrm})


def _collector(settings: Settings, database: Database, connector: Connector) -> Collector:
    return Collector(
        storage=database,
        scan=Scanner(storage=database, connector=connector, clock=CLOCK, new_id=new_id),
        facts=partial(collect_facts, storage=database, connector=connector),
        clock=CLOCK,
        chance=random.Random(),  # noqa: S311 - it spreads polls, it guards nothing
        at_once=settings.scans_at_once,
        pace=Pace(
            idle=settings.poll_idle,
            lively=settings.poll_active,
            operating=settings.poll_operation,
        ),
    )


def _engine(settings: Settings, database: Database, connector: Connector, *, sole: bool) -> Engine:
    return Engine(
        storage=database,
        admission=database.admission,
        clock=CLOCK,
        works=works(storage=database, connector=connector, clock=CLOCK, new_id=new_id),
        owner=new_id("run"),
        limits=GlobalLimits(operations=settings.operations_at_once),
        sole=sole,
        lease=timedelta(seconds=settings.lease),
    )


def _services(
    database: Database, connector: Connector, engine: Engine, collector: Collector
) -> Services:
    return Services(
        workstations=Workstations(
            storage=database,
            connector=connector,
            survey=LDPlayerSurvey(clock=CLOCK),
            admission=database.admission,
            poke=collector.poke,
            clock=CLOCK,
            new_id=new_id,
        ),
        emulators=Emulators(
            storage=database, admission=database.admission, clock=CLOCK, new_id=new_id
        ),
        operations=Operations(
            storage=database,
            feed=database.feed,
            admission=database.admission,
            dispatcher=engine.dispatcher,
            clock=CLOCK,
        ),
        status=StatusReport(
            storage=database,
            clock=CLOCK,
            engine_alive=lambda: engine.alive,
            collector_alive=lambda: collector.alive,
        ),
        access=Access(storage=database, clock=CLOCK, chance=secrets.token_bytes),
        events=Events(feed=database.feed),
        clock=CLOCK,
        new_id=new_id,
    )
