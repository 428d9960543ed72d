"""The dispatcher of several processes: a job of Procrastinate brings each operation to a worker.

The job is the message and nothing else. Whoever gets it takes the operation by a compare-and-set
on its row; what became of it, and who holds it until when, stands in that row alone.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import procrastinate
from procrastinate import exceptions
from procrastinate.job_context import AbortReason
from procrastinate.jobs import DeleteJobCondition, Job, Status
from psycopg import AsyncConnection

from ldfleet import errors
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import Operation
from ldfleet.engine.inprocess import InProcess
from ldfleet.engine.together import Together
from ldfleet.ports import Admission, Clock, Duties, Sent, Storage
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

SERVERS = "servers"
"""The queue of the servers: what belongs to a site that no worker is there for."""
_TASK = "ldfleet.run"
_OPTIONS = "-c search_path=procrastinate -c timezone=UTC"
_AGAIN = 1.0  # seconds after the worker's loop has broken
_POLL = 5.0  # seconds; the net under NOTIFY
_CONNECTIONS = 4
_CLAIMS = 50  # in one transaction


class Jobs:
    """`ports.Dispatcher`, and the loop that takes jobs while `working`.

    `runs` is where operations run that come to this process; `sites` are those it works for,
    None for a server.
    """

    def __init__(
        self,
        runs: InProcess,
        *,
        conninfo: str,
        storage: Storage,
        admission: Admission,
        duties: Duties,
        clock: Clock,
        owner: str,
        lease: timedelta,
        sites: Sequence[str] | None,
        concurrency: int,
    ) -> None:
        self._runs = runs
        self._storage = storage
        self._admission = admission
        self._duties = duties
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._serves = sites is None
        self._queues = [SERVERS] if sites is None else [_queue(site) for site in sites]
        self._concurrency = concurrency
        connector = procrastinate.PsycopgConnector(
            conninfo=conninfo,
            kwargs={"options": _OPTIONS},
            min_size=1,
            max_size=_CONNECTIONS,
            configure=_one_by_one,
        )
        self._claim = Together(self._claim_all, at_most=_CLAIMS, clock=clock)
        self._app = procrastinate.App(connector=connector)
        self._task = self._app.task(name=_TASK, pass_context=True)(self._delivered)

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Take jobs while the body runs. What runs then goes on in `runs`."""
        with _translated():
            await self._app.open_async()
        try:
            async with asyncio.TaskGroup() as group:
                taking = group.create_task(self._take_jobs(), name="engine-jobs")
                try:
                    yield
                finally:
                    taking.cancel()
        finally:
            await self._app.close_async()

    async def dispatch(self, operation: Operation) -> None:
        """To a worker of its site; where there is none, a server runs it."""
        await self.send([operation])

    async def send(self, admitted: Sequence[Operation]) -> None:
        """Each to a worker of its site; where there is none, a server runs it."""
        if not admitted:
            return
        async with self._storage() as work:
            sites = await work.workstations.sites({one.workstation_id for one in admitted})
        queues: dict[str, list[Operation]] = {}
        for operation in admitted:
            site = sites.get(operation.workstation_id)
            if site is None:
                continue  # the workstation was removed, and its operations with it
            queue = _queue(site) if self._duties.worked(site) else SERVERS
            queues.setdefault(queue, []).append(operation)
        if self._serves:
            own = queues.pop(SERVERS, [])
            await asyncio.gather(*(self._take(o.id, o.token, o.owner or "") for o in own))
        for queue, operations in queues.items():
            await self._defer(queue, operations)

    async def _defer(self, queue: str, operations: Sequence[Operation]) -> None:
        """In one go; where one of them is in the queue already, by halves."""
        jobs = [
            Job(
                queue=queue,
                lock=None,
                queueing_lock=_lock(operation.id, operation.token),
                task_name=_TASK,
                task_kwargs={
                    "operation_id": operation.id,
                    "token": operation.token,
                    "sender": operation.owner,
                },
            )
            for operation in operations
        ]
        with _translated():
            try:
                await self._app.job_manager.batch_defer_jobs_async(jobs)
            except exceptions.AlreadyEnqueued:
                half = len(operations) // 2
                if not half:
                    log.debug("job.waits", operation_id=operations[0].id)
                    return
                await self._defer(queue, operations[:half])
                await self._defer(queue, operations[half:])

    async def abort(self, operation_id: OperationId) -> None:
        """Wherever it runs; a worker that does not hear of it sees it when it renews."""
        await self._runs.abort(operation_id)
        async with self._storage() as work:
            token = (await work.operations.get(operation_id)).token
        jobs = self._app.job_manager
        with _translated():
            for job in await jobs.list_jobs_async(queueing_lock=_lock(operation_id, token)):
                if job.id is not None and job.status == Status.DOING.value:
                    await jobs.cancel_job_by_id_async(job.id, abort=True)

    async def sweep(self) -> None:
        """Forget the jobs of dead workers: their operations are the reaper's."""
        jobs = self._app.job_manager
        with _translated():
            stalled = await jobs.get_stalled_jobs(
                seconds_since_heartbeat=self._lease.total_seconds()
            )
            for job in stalled:
                await jobs.finish_job(job, status=Status.FAILED, delete_job=True)

    async def _take(self, operation_id: str, token: int, sender: str) -> bool:
        sent = Sent(operation_id=OperationId(operation_id), token=token, sender=sender)
        taken = await self._claim(sent)
        if taken is not None:
            await self._runs.send([taken])
        return taken is not None

    async def _claim_all(self, sent: Sequence[Sent]) -> Sequence[Operation | None]:
        claimed = await self._admission.claim(sent, owner=self._owner, lease=self._lease)
        return [claimed.get(one.operation_id) for one in sent]

    async def _delivered(
        self, context: procrastinate.JobContext, *, operation_id: str, token: int, sender: str
    ) -> None:
        """The task: ends with the run, so that Procrastinate's count of running jobs is true."""
        if not await self._take(operation_id, token, sender):
            return
        wanted = OperationId(operation_id)
        try:
            await self._runs.ended(wanted)
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.USER_REQUEST:
                await self._runs.abort(wanted)
                await self._runs.ended(wanted)

    async def _take_jobs(self) -> None:
        """Again and again: Procrastinate's loop ends when one of its connections is lost."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=self._queues,
                    name=self._owner,
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=_POLL,
                    abort_job_polling_interval=_POLL,
                    shutdown_graceful_timeout=0,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._lease.total_seconds() / 3,
                    stalled_worker_timeout=self._lease.total_seconds(),
                )
            except exceptions.ProcrastinateException as error:
                log.warning("jobs.hindered", reason=str(error))
            await self._clock.sleep(_AGAIN)


async def _one_by_one(connection: AsyncConnection[Any]) -> None:
    """Each statement of Procrastinate's stands for itself: BEGIN and COMMIT only cost time."""
    await connection.set_autocommit(True)


def _queue(site: str) -> str:
    return f"site/{site}"


def _lock(operation_id: str, token: int) -> str:
    return f"{operation_id}/{token}"


@contextmanager
def _translated() -> Generator[None]:
    """Procrastinate's failure to reach the database, as ours."""
    try:
        yield
    except exceptions.ConnectorException as error:
        raise errors.DatabaseUnreachable(reason=str(error.__cause__ or error)) from error
