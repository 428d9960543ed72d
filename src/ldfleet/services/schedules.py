"""The schedules: described by people, run by the engine's ticker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.batch import ALL_AT_ONCE, Policy
from ldfleet.domain.filter import parse
from ldfleet.domain.ids import ScheduleId
from ldfleet.domain.problem import of_schedule
from ldfleet.domain.schedule import (
    GRACE,
    LastRun,
    Misfire,
    Outcome,
    Overlap,
    Pause,
    Schedule,
    Target,
)
from ldfleet.domain.telling import of_problem
from ldfleet.domain.timing import Timing
from ldfleet.domain.verb import Verb, check_may
from ldfleet.ports import Clock, Listed, NewId, Page, Runs, Storage, UnitOfWork
from ldfleet.services import descriptions, fields, params
from ldfleet.services.noting import note
from ldfleet.services.profiles import resolved
from ldfleet.services.selection import Selection, noun_of, targets

PREVIEWED = 5
_MANY = 10_000  # schedules
PREVIEWED_DRAFT = 10
_LONGEST_GRACE = 86_400.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A schedule as a person describes it."""

    name: str
    verb: Verb
    target: Target
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    timing: Timing
    overlap: Overlap = Overlap.SKIP
    misfire: Misfire = Misfire.SKIP
    grace: float = GRACE
    policy: Policy = ALL_AT_ONCE
    enabled: bool = True
    notes: str = ""


class Schedules:
    """`chance` gives 0 to 1: how much of a jitter is taken."""

    def __init__(
        self,
        *,
        storage: Storage,
        runs: Runs,
        clock: Clock,
        new_id: NewId,
        chance: Callable[[], float],
    ) -> None:
        self._storage = storage
        self._runs = runs
        self._clock = clock
        self._new_id = new_id
        self._chance = chance

    async def list(self, actor: Actor, **how: Unpack[Listed]) -> Page[Schedule]:
        async with self._storage() as work:
            if actor.scope is None:
                return await work.schedules.list(**how)
            page = await _seen(work, actor, how)
            if not how.get("count"):
                return page
            every: Listed = {**how, "cursor": None, "limit": _MANY}
            return replace(page, total=len((await _seen(work, actor, every)).items))

    async def get(self, actor: Actor, schedule_id: str) -> Schedule:
        async with self._storage() as work:
            return await _found(work, actor, schedule_id)

    async def add(self, actor: Actor, draft: Draft) -> Schedule:
        """Keep it. Raises FieldInvalid, ValidationFailed, PermissionDenied, ScheduleNameTaken.

        Also EmulatorNotFound and WorkstationNotFound: one of the ids is not there for the actor.
        """
        now = self._clock.now()
        async with self._storage() as work:
            checked = await _checked(work, actor, draft, now)
            await _check_ids(work, actor, checked)
        blank = Schedule(
            id=ScheduleId(self._new_id("sc")),
            name=checked.name,
            verb=checked.verb,
            target=checked.target,
            timing=checked.timing,
            requested_by=actor.name,
            scope=actor.scope,
            created_at=now,
            updated_at=now,
        )
        described = self._described(blank, checked)
        schedule = replace(described, next_at=self._next(described))
        async with self._storage() as work:
            await work.schedules.add(schedule)
            after = descriptions.of_schedule(schedule)
            note(work, actor, "schedule.add", schedule, at=self._clock.now(), after=after)
        return schedule

    async def change(
        self, actor: Actor, schedule_id: str, draft: Draft, *, expected_version: int
    ) -> Schedule:
        """Replace its description; with other times the next one is found anew."""
        async with self._storage() as work:
            checked = await _checked(work, actor, draft, self._clock.now())
            found = await _found(work, actor, schedule_id)
            if (found.verb, found.target) != (checked.verb, checked.target):
                await _check_ids(work, actor, checked)
            wanted = self._described(found, checked)
            changed = await work.schedules.change(wanted, expected_version=expected_version)
            before, after = descriptions.of_schedule(found), descriptions.of_schedule(changed)
            note(
                work,
                actor,
                "schedule.change",
                changed,
                at=self._clock.now(),
                before=before,
                after=after,
            )
            await self._forgive(work, changed)
            if (found.timing, found.enabled) == (changed.timing, changed.enabled):
                return changed
            next_at = self._next(changed)
            await work.schedules.move(changed.id, due=changed.next_at, next_at=next_at)
            return replace(changed, next_at=next_at)

    async def remove(
        self, actor: Actor, schedule_id: str, *, expected_version: int | None = None
    ) -> None:
        """Forget it; what it submitted goes on. Raises RecordChanged."""
        async with self._storage() as work:
            found = await _found(work, actor, schedule_id)
            if expected_version not in {None, found.version}:
                raise errors.RecordChanged(record=f"The schedule {found.id}")
            await work.schedules.remove(found.id)
            before = descriptions.of_schedule(found)
            note(work, actor, "schedule.remove", found, at=self._clock.now(), before=before)
            await self._forgive(work, found)

    async def run(self, actor: Actor, schedule_id: str) -> Schedule:
        """Submit it now, whatever its times and rules say; its next time stays."""
        async with self._storage() as work:
            found = await _found(work, actor, schedule_id)
            run = await self._runs.submit(work, found, actor=actor)
            last = LastRun(at=self._clock.now(), outcome=Outcome.SUBMITTED, run=run)
            await work.schedules.note(found.id, last)
            note(work, actor, "schedule.run", found, at=self._clock.now(), after={"batch": run})
            await self._forgive(work, found)
        self._runs.wake()
        return replace(found, last=last)

    def next_runs(self, schedule: Schedule) -> Sequence[datetime]:
        """When it is due next, the first with its jitter."""
        if schedule.next_at is None:
            return []
        later = islice(schedule.timing.after(schedule.next_at), PREVIEWED - 1)
        return [schedule.next_at, *later]

    def preview(self, _actor: Actor, timing: Timing) -> Sequence[datetime]:
        """When such times come next, without chance. Raises FieldInvalid."""
        now = self._clock.now()
        timing.check(now)
        return list(islice(timing.after(now), PREVIEWED_DRAFT))

    async def paused(self, _actor: Actor) -> Pause | None:
        """Why none of them runs; None: they do."""
        async with self._storage() as work:
            return await work.schedules.pause_of_all()

    async def pause(self, actor: Actor, *, reason: str) -> Pause:
        """Run none of them until `resume`; what is due meanwhile is passed over for good."""
        _check_whole_farm(actor)
        why = fields.reason_of(reason)
        if why is None:
            raise errors.FieldInvalid(
                field="reason", reason="it must not be blank; say why all of them are paused"
            )
        pause = Pause(reason=why, by=actor.name, since=self._clock.now())
        async with self._storage() as work:
            await work.schedules.pause_all(pause)
            entry = done(actor, "schedule.pause_all", at=pause.since, reason=why)
            work.audit.record(entry)
        return pause

    async def resume(self, actor: Actor) -> None:
        """Run them again from their next times on."""
        _check_whole_farm(actor)
        async with self._storage() as work:
            await work.schedules.resume_all()
            work.audit.record(done(actor, "schedule.resume_all", at=self._clock.now()))

    async def _forgive(self, work: UnitOfWork, schedule: Schedule) -> None:
        """A person acted: what was wrong with it is over until it fails again."""
        now = self._clock.now()
        for turn, problem in await work.problems.settle(of_schedule(schedule, None), at=now):
            work.tell(of_problem(turn, problem, at=now))

    def _next(self, schedule: Schedule) -> datetime | None:
        if not schedule.enabled:
            return None
        return schedule.timing.next(self._clock.now(), chance=self._chance())

    def _described(self, schedule: Schedule, draft: Draft) -> Schedule:
        return replace(
            schedule,
            name=draft.name,
            verb=draft.verb,
            target=draft.target,
            params=draft.params,
            timing=draft.timing,
            overlap=draft.overlap,
            misfire=draft.misfire,
            grace=draft.grace,
            policy=draft.policy,
            enabled=draft.enabled,
            notes=draft.notes,
            updated_at=self._clock.now(),
        )


def _sees(actor: Actor, schedule: Schedule) -> bool:
    """Who has a scope sees what acts on nothing outside of it."""
    if actor.scope is None:
        return True
    return schedule.scope is not None and schedule.scope.within(actor.scope)


async def _found(work: UnitOfWork, actor: Actor, schedule_id: str) -> Schedule:
    found = await work.schedules.get(schedule_id)
    if not _sees(actor, found):
        raise errors.ScheduleNotFound(schedule=schedule_id)
    return found


async def _seen(work: UnitOfWork, actor: Actor, how: Listed) -> Page[Schedule]:
    items: list[Schedule] = []
    cursor, limit = how.get("cursor"), how.get("limit", 50)
    while True:
        piece: Listed = {**how, "cursor": cursor, "limit": limit - len(items), "count": False}
        page = await work.schedules.list(**piece)
        items += [each for each in page.items if _sees(actor, each)]
        cursor = page.next_cursor
        if cursor is None or len(items) >= limit:
            return Page(items=items, next_cursor=cursor)


def _check_whole_farm(actor: Actor) -> None:
    if actor.scope is not None:
        raise errors.ScopeTooNarrow(actor=actor.name)


async def _checked(work: UnitOfWork, actor: Actor, draft: Draft, now: datetime) -> Draft:
    check_may(actor, draft.verb)
    draft.timing.check(now)
    if not 0 <= draft.grace <= _LONGEST_GRACE:
        raise errors.FieldInvalid(
            field="grace_s", reason=f"it must be from 0 to {_LONGEST_GRACE:g} seconds"
        )
    # Kept as they are: a profile is looked at anew each time.
    params.check(draft.verb, await resolved(work, draft.verb, draft.params))
    parse(draft.target.filter or "", noun_of(draft.verb), now=now)
    return replace(
        draft,
        name=fields.name_of(draft.name),
        target=draft.target.checked(),
        policy=draft.policy.checked(),
        notes=fields.notes_of(draft.notes),
    )


async def _check_ids(work: UnitOfWork, actor: Actor, draft: Draft) -> None:
    """Whether all that it names is there, and is the actor's."""
    if draft.target.ids:
        farm = {each.id: each for each in await work.workstations.every()}
        named = targets(work, draft.verb, Selection(ids=draft.target.ids), farm, scope=actor.scope)
        async for _ in named:
            pass
