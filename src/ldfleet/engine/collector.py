"""Keeps what is known of the workstations fresh: one loop for each, none slows another.

A workstation that refused our login is left alone until a person acts: its credentials are
changed, or `poke` says so. Only changes of state become events; `seen_at` stands on the row.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Protocol

from ldfleet import errors
from ldfleet.domain import problem
from ldfleet.domain.emulator import Emulator, Power
from ldfleet.domain.event import Event, EventType
from ldfleet.domain.facts import SystemFacts
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.load import load_of
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.telling import of_problem, of_workstation
from ldfleet.domain.workstation import Health, Workstation, WorkstationStatus
from ldfleet.engine.collector_health import Poll, Sight, differs, goes_stale, health_after
from ldfleet.engine.collector_pace import FACTS_EVERY, THOROUGH_EVERY, Pace, Scene, pause
from ldfleet.ports import Clock, OperationQuery, Storage, UnitOfWork
from ldfleet.telemetry import logger

log = logger("ldfleet.collector")

AT_ONCE = 50
DEADLINE = 60.0  # seconds for one poll; a host that takes longer counts as lost
RELIST_EVERY = 15.0  # seconds; another process may have added a workstation
AFTER_BUG = 30.0
AFTER_DATABASE = 5.0
WRITE_EVERY = timedelta(seconds=10)
"""`seen_at` alone is written no more often than that."""
_LIVELY = {Power.STARTING, Power.RUNNING, Power.STOPPING}
_LOST = {WorkstationStatus.UNREACHABLE, WorkstationStatus.AUTH_FAILED}
_LIMPING = {WorkstationStatus.DEGRADED, WorkstationStatus.NO_DESKTOP}


class Scan(Protocol):
    """Brings the inventory of one workstation up to date; raises a FleetError."""

    async def __call__(self, workstation: Workstation, *, thorough: bool) -> object:
        """With `thorough` installs are searched anew and every config file is read."""
        ...


Facts = Callable[[Workstation], Awaitable[SystemFacts]]
"""Asks one workstation for its system facts; raises a FleetError."""


@dataclass(slots=True, kw_only=True)
class _Watch:
    """What the loop of one workstation remembers between its turns."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    poked: bool = False
    refused_version: int | None = None
    facts_due: float = 0.0
    thorough_due: float = 0.0
    look: problem.Look | None = None
    """Whose problems were written last."""


class Collector:
    """Polls every workstation on record, each at its own pace, few at once."""

    def __init__(
        self,
        *,
        storage: Storage,
        scan: Scan,
        facts: Facts,
        clock: Clock,
        chance: Random,
        at_once: int = AT_ONCE,
        deadline: float = DEADLINE,
        pace: Pace | None = None,
        mine: Callable[[Workstation], bool] = lambda _workstation: True,
    ) -> None:
        """`mine`: whether this process looks after the workstation, of several that could."""
        self._storage = storage
        self._scan = scan
        self._facts = facts
        self._clock = clock
        self._chance = chance
        self._slots = asyncio.Semaphore(at_once)
        self._deadline = deadline
        self._pace = pace or Pace()
        self._mine = mine
        self._watches: dict[WorkstationId, _Watch] = {}
        self._relist = asyncio.Event()
        self._alive = False

    @property
    def alive(self) -> bool:
        """Whether its loop runs and could read the list of workstations lately."""
        return self._alive

    def relist(self) -> None:
        """Look now which workstations are there and whose they are."""
        self._relist.set()

    def poke(self, workstation_id: str) -> None:
        """A person wants it looked at now; also how it learns of a new one."""
        watch = self._watches.get(WorkstationId(workstation_id))
        if watch is None:
            self._relist.set()
        else:
            watch.poked = True
            self.look(workstation_id)

    def look(self, workstation_id: str) -> None:
        """Look at this workstation now, with its facts; never at one that refused our login."""
        watch = self._watches.get(WorkstationId(workstation_id))
        if watch is not None:
            watch.facts_due = 0.0
            watch.woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Poll while the body runs; leaving it ends all polls under way."""
        async with asyncio.TaskGroup() as group:
            supervisor = group.create_task(self._supervise(), name="collector")
            try:
                yield
            finally:
                supervisor.cancel()

    async def _supervise(self) -> None:
        try:
            async with asyncio.TaskGroup() as watches:
                while True:
                    await self._watch_all(watches)
                    await self._rest(self._relist, RELIST_EVERY)
        finally:
            self._alive = False

    async def _watch_all(self, group: asyncio.TaskGroup) -> None:
        try:
            async with self._storage() as work:
                workstations = await work.workstations.every()
        except errors.DatabaseError as error:
            self._alive = False
            log.warning("collector.blocked", code=error.code, reason=str(error))
            return
        self._alive = True
        for workstation in workstations:
            if workstation.id not in self._watches and self._mine(workstation):
                self._watches[workstation.id] = _Watch()
                group.create_task(self._watch(workstation.id), name=f"collector {workstation.id}")

    async def _watch(self, workstation_id: WorkstationId) -> None:
        watch = self._watches[workstation_id]
        try:
            while (wait := await self._turn_guarded(workstation_id, watch)) is not None:
                await self._rest(watch.woken, wait)
        finally:
            del self._watches[workstation_id]

    async def _turn_guarded(self, workstation_id: WorkstationId, watch: _Watch) -> float | None:
        try:
            return await self._turn(workstation_id, watch)
        except errors.WorkstationNotFound:
            return None
        except errors.DatabaseError as error:
            log.warning("collector.blocked", workstation=workstation_id, code=error.code)
            return AFTER_DATABASE
        except Exception:  # the loop's boundary: one workstation's bug must not blind all others
            log.exception("collector.bug", workstation=workstation_id)
            return AFTER_BUG

    async def _turn(self, workstation_id: WorkstationId, watch: _Watch) -> float | None:
        async with self._storage() as work:
            workstation = await work.workstations.get(workstation_id)
        if not self._mine(workstation):
            return None
        if _is_shut_out(workstation, watch):
            at_rest = Scene(workstation=workstation, operating=False, lively=False)
            return pause(at_rest, pace=self._pace, chance=self._roll())
        watch.poked = False
        async with self._slots:
            poll = await self._poll(workstation, watch)
        scene = await self._record(workstation, poll, watch)
        refused = scene.workstation.health.status is WorkstationStatus.AUTH_FAILED
        watch.refused_version = workstation.version if refused else None
        if scene.workstation.health.misses:
            watch.thorough_due = 0.0
        return pause(scene, pace=self._pace, chance=self._roll())

    async def _poll(self, workstation: Workstation, watch: _Watch) -> Poll:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._look(workstation, watch)
        except TimeoutError:
            late = errors.WorkstationUnreachable(
                workstation=workstation.name,
                address=f"{workstation.address.host}:{workstation.address.port}",
                reason=f"it was not done answering within {self._deadline:g} s",
            )
            return Poll(at=self._clock.now(), scan_failure=late)

    async def _look(self, workstation: Workstation, watch: _Watch) -> Poll:
        started = self._clock.monotonic()
        thorough = started >= watch.thorough_due
        scanned = await _failure_of(self._scan(workstation, thorough=thorough))
        poll = Poll(at=self._clock.now(), scan_failure=scanned)
        if poll.sight in {None, Sight.REACHED, Sight.BLIND} and started >= watch.facts_due:
            poll = await self._with_facts(poll, workstation)
            watch.facts_due = started + FACTS_EVERY
        if thorough and poll.sight is None:
            watch.thorough_due = started + THOROUGH_EVERY
        return poll

    async def _with_facts(self, poll: Poll, workstation: Workstation) -> Poll:
        try:
            return replace(poll, facts=await self._facts(workstation))
        except errors.FleetError as error:
            return replace(poll, facts_failure=_of_workstation(error))

    async def _record(self, polled: Workstation, poll: Poll, watch: _Watch) -> Scene:
        async with self._storage() as work:
            workstation = await work.workstations.get(polled.id)
            emulators = await work.emulators.of_workstation(polled.id)
            before = workstation.health
            after = health_after(poll, workstation, emulators)
            if _worth_writing(before, after):
                await work.workstations.observe(polled.id, after)
            if goes_stale(before, after):
                await work.emulators.set_current(polled.id, current=False)
            if differs(before, after):
                work.tell(_changed(workstation, after, poll))
            look = problem.of_workstation(workstation.seen(after), emulators)
            if look != watch.look:
                for turn, found in await work.problems.settle(look, at=poll.at):
                    work.tell(of_problem(turn, found, at=poll.at))
            if poll.facts is not None:
                await work.loads.add(load_of(polled.id, poll.facts, at=poll.at, of=emulators))
            operating = await _operates(work, polled.id)
        watch.look = look
        _tell_log(workstation, after)
        return Scene(
            workstation=workstation.seen(after),
            operating=operating,
            lively=any(_is_lively(emulator) for emulator in emulators),
        )

    async def _rest(self, woken: asyncio.Event, seconds: float) -> None:
        """Until somebody wakes it, or the seconds have passed."""

        async def ring() -> None:
            await self._clock.sleep(seconds)
            woken.set()

        async with asyncio.TaskGroup() as group:
            alarm = group.create_task(ring())
            await woken.wait()
            alarm.cancel()
        woken.clear()

    def _roll(self) -> float:
        return self._chance.random()


def _is_shut_out(workstation: Workstation, watch: _Watch) -> bool:
    if workstation.health.status is not WorkstationStatus.AUTH_FAILED or watch.poked:
        return False
    return watch.refused_version in {None, workstation.version}


async def _failure_of(scanning: Awaitable[object]) -> errors.FleetError | None:
    try:
        await scanning
    except errors.FleetError as error:
        return _of_workstation(error)
    return None


def _of_workstation(error: errors.FleetError) -> errors.FleetError:
    """The failure, if it tells of the workstation; our database's own is raised again."""
    if isinstance(error, errors.DatabaseError) and not isinstance(error, errors.SecretUnreadable):
        raise error
    return error


def _is_lively(emulator: Emulator) -> bool:
    return emulator.current and emulator.observed.power in _LIVELY


async def _operates(work: UnitOfWork, workstation_id: WorkstationId) -> bool:
    for status in (OperationStatus.RUNNING, OperationStatus.CANCELLING):
        query = OperationQuery(workstation_id=workstation_id, status=status)
        if (await work.operations.list(query, limit=1)).items:
            return True
    return False


def _worth_writing(before: Health, after: Health) -> bool:
    if replace(before, seen_at=after.seen_at) != after or before.seen_at is None:
        return True
    return after.seen_at is not None and after.seen_at - before.seen_at >= WRITE_EVERY


def _changed(workstation: Workstation, after: Health, poll: Poll) -> Event:
    event = of_workstation(EventType.WORKSTATION_CHANGED, workstation.seen(after), at=poll.at)
    more = {
        "reason": after.reason,
        "failure": after.failure,
        "before": workstation.status.value,
    }
    return replace(event, data={**event.data, **more})


def _tell_log(workstation: Workstation, after: Health) -> None:
    """One line when a PC is lost, one when it is back, one when something else goes wrong."""
    was_lost = workstation.health.status in _LOST
    is_lost = after.status in _LOST
    if is_lost and after.status is not workstation.health.status:
        log.warning(
            "workstation.lost",
            workstation_id=workstation.id,
            name=workstation.name,
            status=after.status.value,
            code=after.failure,
            reason=after.reason,
        )
    elif was_lost and not is_lost:
        log.info("workstation.back", workstation_id=workstation.id, name=workstation.name)
    if after.status in _LIMPING and after.failure != workstation.health.failure:
        log.warning(
            "workstation.degraded",
            workstation_id=workstation.id,
            name=workstation.name,
            status=after.status.value,
            code=after.failure,
            reason=after.reason,
        )
