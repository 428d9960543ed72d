"""What makes a process one of several on PostgreSQL."""

import importlib
import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from ldfleet.engine.engine import Team
from ldfleet.ports import Clock, Duties
from ldfleet.settings import Settings
from ldfleet.storage.connections import postgresql_conninfo, sqlite_path
from ldfleet.storage.database import Database
from ldfleet.storage.duties import StoredDuties

_SILENCE = 3  # of these fit in a lease: how long a process may be silent before its duties pass on
_SHORTEST = 2.0  # seconds of silence, however short the lease is
_LOOKS = 5  # in that time


def make_duties(
    settings: Settings, database: Database, sites: frozenset[str] | None
) -> StoredDuties | None:
    """The duties of a worker for `sites`, of a server for None; none at all on SQLite."""
    if sqlite_path(settings.effective_database_url) is not None:
        return None
    return database.duties(name=process_name(), sites=sites, limit=_silence(settings))


def make_team(
    settings: Settings,
    database: Database,
    duties: Duties,
    *,
    clock: Clock,
    owner: str,
    sites: frozenset[str] | None,
    concurrency: int,
    changed: Callable[[], None],
) -> Team:
    """What ties it to the others: their jobs, and the duties that they share."""
    # Each job is an operation, which our own lines tell of.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    # The extra `postgres` is there on PostgreSQL only.
    jobs: Any = importlib.import_module("ldfleet.engine.jobs")
    deliver = partial(
        jobs.Jobs,
        conninfo=postgresql_conninfo(settings.effective_database_url),
        storage=database,
        admission=database.admission,
        duties=duties,
        clock=clock,
        owner=owner,
        lease=timedelta(seconds=settings.lease),
        sites=None if sites is None else sorted(sites),
        concurrency=concurrency,
    )
    look_every = _silence(settings) / _LOOKS
    return Team(duties=duties, deliver=deliver, changed=changed, look_every=look_every)


def _silence(settings: Settings) -> float:
    return max(settings.lease / _SILENCE, _SHORTEST)


def process_name() -> str:
    """This process among all of them, as people are shown it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"
