"""The engine of one process: admits, runs, keeps its leases, takes over what others left."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Protocol

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import ON_ITS_WAY, Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.engine.expiry import QUEUE_TTL, Expiry
from ldfleet.engine.governor import GlobalLimits, decide
from ldfleet.engine.inprocess import InProcess
from ldfleet.engine.pace import Pace
from ldfleet.engine.reaper import ATTEMPTS, Reaper
from ldfleet.engine.runner import CLEAN_UP, Run
from ldfleet.engine.scribe import Scribe
from ldfleet.ports import Admission, Clock, Dispatcher, Duties, Storage, Work
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

LEASE = timedelta(seconds=30)
POLL = 1.0  # seconds; the net under the wake-ups
GRACE = 5.0  # seconds that running operations have at the end of the process
_FENCE_AT = 0.8  # of the lease without a renewal
_BEATS = 3  # in a lease
_PAUSES = 15  # the longest pauses of a hindered loop that fit in a lease


class Sends(Dispatcher, Protocol):
    """A dispatcher that takes many at once."""

    async def send(self, admitted: Sequence[Operation]) -> None:
        """Have those run that were admitted this moment."""
        ...


class Delivery(Sends, Protocol):
    """A dispatcher over several processes."""

    def working(self) -> AbstractAsyncContextManager[None]:
        """Take what is sent to this process while the body runs."""
        ...

    async def sweep(self) -> None:
        """Forget what was sent to the dead."""
        ...


class Team:
    """What an engine needs to be one of several; without it, it is the only one."""

    def __init__(
        self,
        *,
        duties: Duties,
        deliver: Callable[[InProcess], Delivery],
        changed: Callable[[], None],
        look_every: float,
    ) -> None:
        """`deliver` is given where operations run here.

        `changed` is told of other duties; `look_every`: seconds between looks at them.
        """
        self.duties = duties
        self.deliver = deliver
        self.changed = changed
        self.look_every = look_every


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
        queue_ttl: timedelta = QUEUE_TTL,
        chance: Callable[[], float] = lambda: 0.0,
        troubled: Callable[[WorkstationId], None] = lambda _workstation: None,
        team: Team | None = None,
    ) -> None:
        """`owner` is new for every process; `sole`: no other can serve from this database.

        `chance`, from 0 to 1, spreads the pauses before another try. `troubled` is told of a
        workstation that something failed of, not of one of its emulators.
        """
        self._admission = admission
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._grace = grace
        self._sole = sole
        self._decide = partial(decide, limits=limits or GlobalLimits())
        scribe = Scribe(storage, clock)
        start = partial(
            Run,
            scribe=scribe,
            clock=clock,
            works=works,
            clean_up=clean_up,
            chance=chance,
            troubled=troubled,
        )
        self._runs = InProcess(start, ended=admission.wake, limit=clean_up)
        self._team = team
        self._delivery = None if team is None else team.deliver(self._runs)
        self._sends: Sends = self._delivery or self._runs
        self.dispatcher: Dispatcher = self._sends
        self._sender = owner if team is None else owner + ON_ITS_WAY
        self._reaper = Reaper(
            scribe=scribe,
            admission=admission,
            send=self._sends.send,
            clock=clock,
            owner=self._sender,
            lease=lease,
            attempts=attempts,
        )
        self._expiry = Expiry(storage=storage, clock=clock, ttl=queue_ttl)
        self._admitting, self._beating = asyncio.Lock(), asyncio.Lock()
        self._pace = Pace(clock)
        self._renewed = 0.0
        self._turned: dict[str, float] = {}

    @property
    def leads(self) -> bool:
        """Whether this process does what only one of all may do."""
        return self._team is None or self._team.duties.leads

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
                async with self._runs.running(grace=self._grace), self._taking():
                    admit = group.create_task(self._admit_all(), name="engine-admit")
                    lead = group.create_task(self._loop("lead", self._lead), name="engine-lead")
                    try:
                        yield
                    finally:
                        lead.cancel()  # what it has taken over is left to the next, see below
                        await asyncio.wait({lead})
                        async with self._admitting:  # what is begun is dispatched
                            admit.cancel()
            finally:
                async with self._beating:
                    beat.cancel()
                self._turned.clear()
                await self._release()

    @asynccontextmanager
    async def _taking(self) -> AsyncGenerator[None]:
        """Be one of several: hold duties and take what is sent here, while the body runs."""
        if self._team is None or self._delivery is None:
            yield
            return
        async with self._delivery.working(), asyncio.TaskGroup() as group:
            await self._once("duties", self._attend)
            attend = group.create_task(self._keep_duties(), name="engine-duties")
            try:
                yield
            finally:
                attend.cancel()
                await self._team.duties.resign()

    async def _keep_duties(self) -> None:
        while self._team is not None:
            await self._clock.sleep(self._team.look_every)
            await self._once("duties", self._attend)

    async def _attend(self) -> None:
        if self._team is not None and await self._team.duties.attend():
            log.info("engine.duties", owner=self._owner, leads=self.leads)
            self._team.changed()

    async def _release(self) -> None:
        """What was not ended is the next process's at once, not after the lease."""
        try:
            for owner in {self._owner, self._sender}:
                await self._admission.release(owner=owner)
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
        if self.leads:
            async with self._pace.turn():
                await self._admit_some()
        await self._admission.woken(POLL)
        await self._pace.rest()

    async def _admit_some(self) -> None:
        async with self._admitting:
            admitted = await self._admission.admit(
                self._decide, owner=self._sender, lease=self._lease
            )
            for operation in admitted:
                log.info("operation.admitted", operation_id=operation.id, verb=operation.verb)
            await self._sends.send(admitted)

    async def _beat(self) -> None:
        await self._clock.sleep(self._until_beat())
        lease = self._lease.total_seconds()
        left = _FENCE_AT * lease - (self._clock.monotonic() - self._renewed)
        if left <= 0:
            self._fence_all()
        async with self._beating:
            async with asyncio.timeout(max(left, lease / 10)):
                await self._renew()

    async def _lead(self) -> None:
        """Apart from the beat: however much others left, it must not cost this process's leases."""
        await self._clock.sleep(self._lease.total_seconds() / _BEATS)
        if self.leads:
            await self._look_after_all()

    async def _look_after_all(self) -> None:
        """What one of all processes does from time to time."""
        await self._reaper.reap()
        await self._expiry.sweep()
        if self._delivery is not None:
            await self._delivery.sweep()
            on_their_way = await self._admission.renew(owner=self._sender, lease=self._lease)
            await self._delivery.send(on_their_way)

    def _until_beat(self) -> float:
        """Less than nothing while a renewal is overdue: it is tried again at once."""
        passed = self._clock.monotonic() - self._renewed
        return self._lease.total_seconds() / _BEATS - passed

    def _fence_all(self) -> None:
        for operation_id in self._runs.tokens:
            log.warning("operation.lease_unsure", operation_id=operation_id)
            self._runs.fence(operation_id)

    async def _renew(self) -> None:
        """One that is missing from the answer, or has another token, is not ours any more."""
        before, at = self._runs.tokens, self._clock.monotonic()
        renewed = await self._admission.renew(owner=self._owner, lease=self._lease)
        self._renewed = at
        tokens = {operation.id: operation.token for operation in renewed}
        for operation_id, token in before.items():
            if tokens.get(operation_id) != token:
                self._runs.fence(operation_id)
        for operation in renewed:
            await self._runs.dispatch(operation)
            if operation.status is OperationStatus.CANCELLING:
                await self._runs.abort(operation.id)

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
