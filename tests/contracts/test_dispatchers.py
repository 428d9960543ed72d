"""What `ports.Dispatcher` promises, held against both dispatchers."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from ldfleet.bootstrap.clock import SystemClock
from ldfleet.domain.operation import ON_ITS_WAY, Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.inprocess import InProcess
from ldfleet.engine.jobs import Jobs
from ldfleet.engine.runner import Run
from ldfleet.engine.scribe import Scribe
from ldfleet.ports import Dispatcher
from ldfleet.storage.connections import postgresql_conninfo
from ldfleet.storage.database import Database
from ldfleet.storage.duties import StoredDuties
from support.engines import PATIENCE, Bench
from support.keeping import LEASE, add, start_all
from support.stores import Place, a_place, a_workstation, an_emulator, an_operation

SENDER = "leader" + ON_ITS_WAY
SILENCE = 30.0
LONG = 1e7  # seconds: the database's clock stands, the runs' goes


@dataclass
class Post:
    """A dispatcher, and the processes that what it dispatches may run in."""

    place: Place
    database: Database
    dispatcher: Dispatcher
    bench: Bench
    workers: list[InProcess]

    async def send(self, operation: Operation) -> Operation:
        """Admit it and dispatch it."""
        await add(self.database, replace(operation, timeout=LONG))
        (admitted,) = await self.database.admission.admit(start_all, owner=SENDER, lease=LEASE)
        await self.dispatcher.dispatch(admitted)
        return admitted

    async def row(self, operation: Operation) -> Operation:
        async with self.database() as work:
            return await work.operations.get(operation.id)

    async def until_status(self, operation: Operation, status: OperationStatus) -> None:
        async def there() -> bool:
            return (await self.row(operation)).status is status

        await until(there)

    async def until_begun(self, operation: Operation, times: int = 1) -> None:
        async def there() -> bool:
            return [begun for begun, _ in self.bench.begun].count(operation.id) >= times

        await until(there)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - rows of a database tell no event
            await asyncio.sleep(0.01)


@pytest.fixture(params=["in process, sqlite", "in process, postgresql", "jobs, postgresql"])
async def post(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    how, _, kind = request.param.partition(", ")
    async with a_place(kind, request.config, tmp_path) as place, place.opened() as database:
        async with database() as work:
            await work.workstations.add(a_workstation())
            await work.emulators.put([an_emulator(n) for n in range(1, 5)])
        made = in_process(place, database) if how == "in process" else by_jobs(place, database)
        async with made as post:
            yield post


@asynccontextmanager
async def in_process(place: Place, database: Database) -> AsyncGenerator[Post]:
    bench = Bench()
    runs = runs_of(database, bench)
    async with runs.running(grace=0.0):
        yield Post(place, database, runs, bench, [runs])


@asynccontextmanager
async def by_jobs(place: Place, database: Database) -> AsyncGenerator[Post]:
    """A leader that runs nothing itself, and two workers of the site."""
    bench = Bench()
    workers = [runs_of(database, bench) for _ in range(2)]
    async with AsyncExitStack() as stack:
        for number, runs in enumerate(workers):
            duties = a_part(database, frozenset({"default"}))
            await duties.attend()
            stack.push_async_callback(duties.resign)
            await stack.enter_async_context(runs.running(grace=0.0))
            worker = jobs(place, database, duties, runs, f"worker {number}", ["default"])
            await stack.enter_async_context(worker.working())
        duties = a_part(database, None)
        await duties.attend()
        stack.push_async_callback(duties.resign)
        leader = jobs(place, database, duties, runs_of(database, bench), "leader", ["elsewhere"])
        await stack.enter_async_context(leader.working())
        yield Post(place, database, leader, bench, workers)


def runs_of(database: Database, bench: Bench) -> InProcess:
    clock = SystemClock()
    scribe = Scribe(database, clock)
    start = partial(Run, scribe=scribe, clock=clock, works=dict.fromkeys(Verb, bench))
    return InProcess(start, ended=lambda: None, limit=PATIENCE)


def a_part(database: Database, sites: frozenset[str] | None) -> StoredDuties:
    return database.duties(name=f"test {os.getpid()}", sites=sites, limit=SILENCE)


def jobs(
    place: Place,
    database: Database,
    duties: StoredDuties,
    runs: InProcess,
    owner: str,
    sites: list[str] | None,
) -> Jobs:
    return Jobs(
        runs,
        conninfo=postgresql_conninfo(place.url),
        storage=database,
        admission=database.admission,
        duties=duties,
        clock=SystemClock(),
        owner=owner,
        lease=timedelta(seconds=30),
        sites=sites,
        concurrency=10,
    )


async def test_a_dispatched_operation_runs_to_its_end(post: Post) -> None:
    post.bench.let_go.set()

    sent = await post.send(an_operation())

    await post.until_status(sent, OperationStatus.SUCCEEDED)
    assert post.bench.begun == [(sent.id, 1)]


async def test_a_second_delivery_of_the_same_token_does_nothing(post: Post) -> None:
    sent = await post.send(an_operation())
    await post.dispatcher.dispatch(sent)
    await post.until_begun(sent)
    await post.dispatcher.dispatch(sent)

    post.bench.let_go.set()
    await post.until_status(sent, OperationStatus.SUCCEEDED)
    await post.dispatcher.dispatch(sent)
    marker = await post.send(an_operation(2, emulator=2))
    await post.until_status(marker, OperationStatus.SUCCEEDED)

    assert post.bench.begun == [(sent.id, 1), (marker.id, 1)]


async def test_an_older_token_runs_nothing(post: Post) -> None:
    await add(post.database, an_operation(timeout=LONG))
    (old,) = await post.database.admission.admit(start_all, owner=SENDER, lease=LEASE)
    [new] = await post.database.admission.take_over([old], owner=SENDER, lease=LEASE)

    await post.dispatcher.dispatch(old)
    await post.dispatcher.dispatch(new)
    await post.until_begun(new)
    post.bench.let_go.set()
    await post.until_status(new, OperationStatus.SUCCEEDED)

    assert post.bench.begun == [(new.id, 1)]


async def test_an_abort_cancels_it_and_waits_for_its_clean_up(post: Post) -> None:
    post.bench.clean.clear()
    sent = await post.send(an_operation())
    await post.until_begun(sent)
    async with post.database() as work:
        await work.operations.put((await work.operations.get(sent.id)).cancelling())

    await post.dispatcher.abort(sent.id)
    await asyncio.sleep(0.2)
    assert (await post.row(sent)).status is OperationStatus.CANCELLING

    post.bench.clean.set()
    await post.until_status(sent, OperationStatus.CANCELLED)
    assert post.bench.ended == [sent.id]


async def test_an_abort_before_it_has_begun_is_honoured(post: Post) -> None:
    await add(post.database, an_operation(timeout=LONG))
    (held,) = await post.database.admission.admit(start_all, owner=SENDER, lease=LEASE)
    async with post.database() as work:
        await work.operations.put(held.cancelling())

    await post.dispatcher.abort(held.id)
    await post.dispatcher.dispatch(held)

    await post.until_status(held, OperationStatus.CANCELLED)
    assert post.bench.begun == []


async def test_aborting_one_leaves_the_others_alone(post: Post) -> None:
    first = await post.send(an_operation(1, emulator=1))
    second = await post.send(an_operation(2, emulator=2))
    await post.until_begun(first)
    await post.until_begun(second)

    await post.dispatcher.abort(first.id)
    await post.until_status(first, OperationStatus.CANCELLED)
    post.bench.let_go.set()

    await post.until_status(second, OperationStatus.SUCCEEDED)
