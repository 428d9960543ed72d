"""The engine of one process: admits, runs, keeps its leases, takes over what others left."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from ldfleet import errors
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.governor import GlobalLimits, decide
from ldfleet.engine.inprocess import InProcess
from ldfleet.engine.reaper import ATTEMPTS, Reaper
from ldfleet.engine.runner import CLEAN_UP, Run
from ldfleet.ports import Admission, Clock, Storage, Work
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

LEASE = timedelta(seconds=30)
POLL = 1.0  # seconds; the net under the wake-ups
GRACE = 5.0  # seconds that running operations have at the end of the process
_FENCE_AT = 0.8  # of the lease without a renewal
_BEATS = 3  # in a lease
_PAUSES = 15  # the longest pauses of a hindered loop that fit in a lease


class Engine:
    """Loops in a task group; `dispatcher` is what services abort operations with."""

    def __init__(
        self,
        *,
        storage: Storage,
        admission: Admission,
        clock: Clock,
        works: Mapping[Verb, Work],
        owner: str,
        limits: GlobalLimits | None = None,
        sole: bool = False,
        lease: timedelta = LEASE,
        grace: float = GRACE,
        clean_up: float = CLEAN_UP,
        attempts: int = ATTEMPTS,
    ) -> None:
        """`owner` is new for every process; `sole`: no other can serve from this database."""
        self._admission = admission
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._grace = grace
        self._sole = sole
        self._decide = partial(decide, limits=limits or GlobalLimits())
        start: Callable[[Operation], Run] = partial(
            Run, storage=storage, clock=clock, works=works, clean_up=clean_up
        )
        self.dispatcher = InProcess(start, ended=admission.wake, limit=clean_up)
        self._reaper = Reaper(
            storage=storage,
            admission=admission,
            dispatcher=self.dispatcher,
            clock=clock,
            owner=owner,
            lease=lease,
            attempts=attempts,
        )
        self._admitting, self._beating = asyncio.Lock(), asyncio.Lock()
        self._renewed = 0.0
        self._turned: dict[str, float] = {}

    @property
    def alive(self) -> bool:
        """Whether every loop came round within the time of a lease."""
        oldest = min(self._turned.values(), default=None)
        return oldest is not None and self._clock.monotonic() - oldest < self._lease.total_seconds()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Work while the body runs; then as `InProcess.running` ends, leases kept until it has."""
        self._renewed = self._clock.monotonic()
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._loop("beat", self._beat), name="engine-beat")
            try:
                async with self.dispatcher.running(grace=self._grace):
                    admit = group.create_task(self._admit_all(), name="engine-admit")
                    try:
                        yield
                    finally:
                        async with self._admitting:  # what is begun is dispatched
                            admit.cancel()
            finally:
                async with self._beating:
                    beat.cancel()
                self._turned.clear()
                await self._release()

    async def _release(self) -> None:
        """What was not ended is the next process's at once, not after the lease."""
        try:
            await self._admission.renew(owner=self._owner, lease=timedelta(0))
        except errors.DatabaseError as error:
            log.warning("engine.not_released", code=error.code)

    async def _admit_all(self) -> None:
        if self._sole:
            await self._once("reap", self._reap_all)
            self._turned.pop("reap", None)  # it does not come round again
        await self._loop("admit", self._admit)

    async def _reap_all(self) -> None:
        async with self._admitting:
            await self._reaper.reap(all_owners=True)

    async def _admit(self) -> None:
        async with self._admitting:
            admitted = await self._admission.admit(
                self._decide, owner=self._owner, lease=self._lease
            )
            for operation in admitted:
                log.info("operation.admitted", operation_id=operation.id, verb=operation.verb)
                await self.dispatcher.dispatch(operation)
        await self._admission.woken(POLL)

    async def _beat(self) -> None:
        await self._clock.sleep(self._until_beat())
        lease = self._lease.total_seconds()
        left = _FENCE_AT * lease - (self._clock.monotonic() - self._renewed)
        if left <= 0:
            self._fence_all()
        async with self._beating:
            async with asyncio.timeout(max(left, lease / 10)):
                await self._renew()
            await self._reaper.reap()

    def _until_beat(self) -> float:
        """Less than nothing while a renewal is overdue: it is tried again at once."""
        passed = self._clock.monotonic() - self._renewed
        return self._lease.total_seconds() / _BEATS - passed

    def _fence_all(self) -> None:
        for operation_id in self.dispatcher.tokens:
            log.warning("operation.lease_unsure", operation_id=operation_id)
            self.dispatcher.fence(operation_id)

    async def _renew(self) -> None:
        """One that is missing from the answer, or has another token, is not ours any more."""
        before, at = self.dispatcher.tokens, self._clock.monotonic()
        renewed = await self._admission.renew(owner=self._owner, lease=self._lease)
        self._renewed = at
        tokens = {operation.id: operation.token for operation in renewed}
        for operation_id, token in before.items():
            if tokens.get(operation_id) != token:
                self.dispatcher.fence(operation_id)
        for operation in renewed:
            await self.dispatcher.dispatch(operation)
            if operation.status is OperationStatus.CANCELLING:
                await self.dispatcher.abort(operation.id)

    async def _once(self, name: str, turn: Callable[[], Awaitable[None]]) -> None:
        """Until it succeeds. A named boundary: nothing a turn raises may end the engine."""
        failures = 0
        while True:
            self._turned[name] = self._clock.monotonic()
            try:
                await turn()
            except (errors.FleetError, TimeoutError) as error:
                failures += 1
                if failures == 1:
                    log.warning("engine.hindered", loop=name, reason=str(error))
            except Exception:
                failures += 1
                log.exception("engine.broke", loop=name)
            else:
                if failures:
                    log.info("engine.recovered", loop=name, failures=failures)
                return
            longest = self._lease.total_seconds() / _PAUSES
            await self._clock.sleep(min(0.25 * 2 ** min(failures, 10), longest))

    async def _loop(self, name: str, turn: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._once(name, turn)
