"""Everything tied together: read `assemble` first."""

import random
import secrets
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from ldfleet import errors
from ldfleet.api.app import create_app
from ldfleet.api.rates import RateLimiter
from ldfleet.api.services import Services
from ldfleet.bootstrap.clock import SystemClock, new_id
from ldfleet.bootstrap.configuration import shown
from ldfleet.bootstrap.library import Library, library
from ldfleet.bootstrap.people import People, people, signing_secret
from ldfleet.bootstrap.scheduling import Scheduling, scheduling
from ldfleet.bootstrap.several import make_duties, make_team
from ldfleet.domain.workstation import TransportKind, Workstation
from ldfleet.engine.batches import Rollout
from ldfleet.engine.collector import Collector
from ldfleet.engine.collector_pace import Pace
from ldfleet.engine.engine import GRACE, Engine
from ldfleet.engine.governor import GlobalLimits
from ldfleet.engine.retention import Retention
from ldfleet.ports import Connector, Duties, Tickets
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
from ldfleet.services.own_metrics import OwnMetrics
from ldfleet.services.passwords import Passwords
from ldfleet.services.preparations import Preparations
from ldfleet.services.problems import Problems
from ldfleet.services.profiles import Profiles
from ldfleet.services.requests import Requests
from ldfleet.services.sharing import SharedFeed
from ldfleet.services.sites import Sites
from ldfleet.services.snapshots import Snapshots
from ldfleet.services.status import StatusReport
from ldfleet.services.views import Views
from ldfleet.services.walls import Walls
from ldfleet.services.workstations import Workstations
from ldfleet.settings import Settings
from ldfleet.storage.connections import sqlite_path
from ldfleet.storage.database import Database
from ldfleet.storage.single_server import single_server
from ldfleet.transports.connector import Connectors, KeptConnector
from ldfleet.transports.local.connector import LocalConnector
from ldfleet.transports.local.programs import OwnPrograms
from ldfleet.transports.preparation import script_of
from ldfleet.transports.ssh.connector import SSHConnector
from ldfleet.transports.ssh.tuning import Tuning as SSHTuning
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning
from ldfleet.workflows.devices import AskedDevices
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
    end_streams: Callable[[], None]
    """To be called before the server ends: no stream and no wait ends by itself."""


@asynccontextmanager
async def assemble(settings: Settings, *, url: str = "") -> AsyncGenerator[Application]:
    """Choose every adapter, start what works by itself, and end it in the reverse order.

    `url` is where the server listens, which workstations are told where no setting says better.

    Raises:
        ServerAlreadyRunning: another process serves from this SQLite database.
        DatabaseUnreachable, SchemaOutdated, SchemaTooNew: the database is not fit to use.
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
        shelf = library(settings, database, clock=CLOCK, new_id=new_id, url=url)
        await shelf.apps.sweep()
        tickets = shelf.transfers
        engine, collector = _machinery(settings, database, connector, tickets, sole=sole)
        timed = _scheduling(database, engine)
        who = people(
            database,
            secret=signing_secret(settings),
            passwords=Passwords(),
            clock=CLOCK,
            new_id=new_id,
        )
        feed = SharedFeed(database.feed, clock=CLOCK)
        await stack.enter_async_context(feed.running())
        metrics = Metrics(storage=database, clock=CLOCK, pool=lambda: database.pool)
        await stack.enter_async_context(metrics.watching(feed))
        looks, walls = _seeing(database, connector)
        await stack.enter_async_context(walls.running())
        services = _services(
            database,
            connector,
            engine,
            collector,
            timed,
            feed=feed,
            metrics=metrics,
            looks=looks,
            walls=walls,
            apps=shelf,
            who=who,
            configuration=Configuration(shown(settings)),
            limiter=RateLimiter(clock=CLOCK, rate=settings.rate_limit, burst=settings.rate_burst),
        )
        await stack.enter_async_context(_working(settings, database, engine, collector, timed))
        yield Application(services=services, http=create_app(services), end_streams=feed.close)


@asynccontextmanager
async def assemble_worker(
    settings: Settings, *, sites: frozenset[str], concurrency: int, grace: float
) -> AsyncGenerator[OwnMetrics]:
    """What a worker is: an engine and a collector for some sites, without any edge.

    Gives what it is measured by.

    Raises:
        WorkersNeedPostgres, DatabaseUnreachable, SchemaOutdated, SchemaTooNew.
        SiteNotFound: a site is not on record; it may be misspelt.
    """
    async with AsyncExitStack() as stack:
        if sqlite_path(settings.effective_database_url) is not None:
            raise errors.WorkersNeedPostgres
        database = open_database(settings)
        stack.push_async_callback(database.stop)
        await database.start()
        async with database() as work:
            for site in sorted(sites):
                await work.sites.get(site)
        connector = await _connector(settings, database)
        stack.push_async_callback(connector.aclose)
        shelf = library(settings, database, clock=CLOCK, new_id=new_id, url="")
        engine, collector = _machinery(
            settings,
            database,
            connector,
            shelf.transfers,
            sites=sites,
            concurrency=concurrency,
            grace=grace,
        )
        timed = _scheduling(database, engine)
        metrics = OwnMetrics(clock=CLOCK, pool=lambda: database.pool)
        stack.enter_context(metrics.gathering())
        await stack.enter_async_context(_working(settings, database, engine, collector, timed))
        yield metrics


@asynccontextmanager
async def _working(
    settings: Settings,
    database: Database,
    engine: Engine,
    collector: Collector,
    timed: Scheduling,
) -> AsyncGenerator[None]:
    """All that goes on by itself, in a server and in a worker; some of it where the engine leads.

    Nothing may stop because every server is down.
    """
    rollout = Rollout(
        storage=database, reader=database.reader, clock=CLOCK, leads=lambda: engine.leads
    )
    retention = Retention(
        forget=History(storage=database, clock=CLOCK).forget,
        keep=timedelta(hours=settings.keep_operations_hours),
        clock=CLOCK,
        leads=lambda: engine.leads,
    )
    async with (
        engine.running(),
        collector.running(),
        timed.ticker.running(),
        rollout.running(),
        retention.running(),
    ):
        yield


def _scheduling(database: Database, engine: Engine) -> Scheduling:
    return scheduling(database, clock=CLOCK, new_id=new_id, leads=lambda: engine.leads)


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
        with single_server(path, setting=settings.database_setting):
            yield True


async def _connector(settings: Settings, database: Database) -> Connectors:
    epoch, _, _ = (await database.feed.head()).partition(".")
    # What one of several processes left behind must not be taken for another's.
    alone = sqlite_path(settings.effective_database_url) is not None
    winrm = WinRMConnector(
        server_id=epoch if alone else new_id(epoch),
        clock=CLOCK,
        new_id=new_id,
        tuning=Tuning(in_flight=settings.commands_at_once),
    )
    ssh = SSHConnector(
        clock=CLOCK, new_id=new_id, tuning=SSHTuning(in_flight=settings.commands_at_once)
    )
    by_kind: dict[TransportKind, KeptConnector] = {
        TransportKind.WINRM: winrm,
        TransportKind.SSH: ssh,
    }
    if sys.platform == "win32":
        by_kind[TransportKind.LOCAL] = LocalConnector(OwnPrograms(), clock=CLOCK, new_id=new_id)
    return Connectors(by_kind)


def _machinery(
    settings: Settings,
    database: Database,
    connector: Connector,
    tickets: Tickets,
    *,
    sole: bool = False,
    sites: frozenset[str] | None = None,
    concurrency: int | None = None,
    grace: float = GRACE,
) -> tuple[Engine, Collector]:
    """What works by itself; for `sites` only, if given."""
    owner = new_id("run")
    duties = make_duties(settings, database, sites)
    collector = _collector(settings, database, connector, duties)
    team = (
        None
        if duties is None
        else make_team(
            settings,
            database,
            duties,
            clock=CLOCK,
            owner=owner,
            sites=sites,
            concurrency=concurrency or settings.operations_at_once,
            changed=collector.relist,
        )
    )
    engine = Engine(
        storage=database,
        admission=database.admission,
        clock=CLOCK,
        works=works(
            storage=database,
            connector=connector,
            clock=CLOCK,
            new_id=new_id,
            tickets=tickets,
        ),
        owner=owner,
        limits=GlobalLimits(operations=settings.operations_at_once),
        sole=sole,
        lease=timedelta(seconds=settings.lease),
        grace=grace,
        team=team,
        queue_ttl=timedelta(seconds=settings.queue_ttl),
        chance=random.Random().random,  # noqa: S311 - it spreads retries, it guards nothing
        troubled=collector.look,
    )
    return engine, collector


def _collector(
    settings: Settings, database: Database, connector: Connector, duties: Duties | None
) -> Collector:
    def is_ours(workstation: Workstation) -> bool:
        return duties is None or duties.polls(workstation.site)

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
        mine=is_ours,
    )


def _workstations(database: Database, connector: Connector, collector: Collector) -> Workstations:
    return Workstations(
        storage=database,
        connector=connector,
        survey=LDPlayerSurvey(clock=CLOCK),
        admission=database.admission,
        poke=collector.poke,
        clock=CLOCK,
        new_id=new_id,
    )


def _seeing(database: Database, connector: Connector) -> tuple[Looks, Walls]:
    devices = AskedDevices(connector=connector, clock=CLOCK)
    looks = Looks(storage=database, reader=database.reader, devices=devices, clock=CLOCK)
    return looks, Walls(storage=database.reader, devices=devices, clock=CLOCK)


def _emulators(database: Database) -> Emulators:
    return Emulators(
        storage=database,
        reader=database.reader,
        admission=database.admission,
        clock=CLOCK,
        new_id=new_id,
    )


def _status(database: Database, engine: Engine, collector: Collector) -> StatusReport:
    return StatusReport(
        reader=database.reader,
        has_room=lambda: database.has_room,
        clock=CLOCK,
        engine_alive=lambda: engine.alive,
        collector_alive=lambda: collector.alive,
        schema=lambda: database.revision,
    )


def _operations(database: Database, feed: SharedFeed, engine: Engine) -> Operations:
    return Operations(
        storage=database,
        feed=feed,
        admission=database.admission,
        dispatcher=engine.dispatcher,
        clock=CLOCK,
    )


def _services(
    database: Database,
    connector: Connector,
    engine: Engine,
    collector: Collector,
    timed: Scheduling,
    *,
    feed: SharedFeed,
    metrics: Metrics,
    looks: Looks,
    walls: Walls,
    apps: Library,
    who: People,
    configuration: Configuration,
    limiter: RateLimiter,
) -> Services:
    return Services(
        workstations=_workstations(database, connector, collector),
        preparations=Preparations(script_of),
        sites=Sites(storage=database, workers=database.workers, clock=CLOCK),
        emulators=_emulators(database),
        looks=looks,
        walls=walls,
        requests=Requests(
            storage=database, admission=database.admission, clock=CLOCK, new_id=new_id
        ),
        batches=Batches(storage=database, admission=database.admission, clock=CLOCK, new_id=new_id),
        operations=_operations(database, feed, engine),
        history=History(storage=database, clock=CLOCK),
        profiles=Profiles(storage=database, clock=CLOCK, new_id=new_id),
        apps=apps.apps,
        transfers=apps.transfers,
        views=Views(storage=database, clock=CLOCK, new_id=new_id),
        schedules=timed.schedules,
        status=_status(database, engine, collector),
        access=who.access,
        logins=who.logins,
        users=who.users,
        tokens=who.tokens,
        events=Events(feed=feed, reader=database.reader),
        audit=AuditLog(storage=database),
        metrics=metrics,
        configuration=configuration,
        problems=Problems(storage=database, clock=CLOCK),
        backups=Backups(storage=database),
        checkups=Checkups(storage=database),
        loads=Loads(storage=database, clock=CLOCK),
        snapshots=Snapshots(reader=database.reader, feed=database.feed, clock=CLOCK),
        limiter=limiter,
        clock=CLOCK,
        new_id=new_id,
    )
