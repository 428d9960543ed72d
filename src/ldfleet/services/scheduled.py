"""What a schedule submits: a batch for each run."""

from dataclasses import replace
from datetime import datetime

from ldfleet import errors
from ldfleet.domain.actor import Actor, Role, Scope, common
from ldfleet.domain.filter import parse
from ldfleet.domain.operation import Priority
from ldfleet.domain.schedule import Schedule
from ldfleet.ports import Admission, Clock, UnitOfWork
from ldfleet.services.batches import Batches, Origin, Wish
from ldfleet.services.selection import Selection, noun_of


class ScheduledBatches:
    """`ports.Runs` by batches; goes before other batches, after people."""

    def __init__(self, *, batches: Batches, admission: Admission, clock: Clock) -> None:
        self._batches = batches
        self._admission = admission
        self._clock = clock

    async def submit(self, work: UnitOfWork, schedule: Schedule, *, actor: Actor) -> str:
        wish = Wish(
            verb=schedule.verb,
            selection=_selection_of(schedule, self._clock.now()),
            params=schedule.params,
            policy=schedule.policy,
            reason=f"schedule {schedule.name}",
        )
        origin = Origin(priority=Priority.SCHEDULE, schedule_id=schedule.id)
        role, scope = await _rights_of(work, schedule)
        bounded = replace(actor, role=actor.role.at_most(role), scope=scope)
        report = await self._batches.place(work, bounded, wish, origin=origin)
        return report.batch.id

    async def unfinished(self, work: UnitOfWork, run: str) -> bool:
        try:
            batch = await work.batches.get(run)
        except errors.BatchNotFound:
            return False
        return not batch.status.over

    def wake(self) -> None:
        self._admission.wake()


async def _rights_of(work: UnitOfWork, schedule: Schedule) -> tuple[Role, Scope | None]:
    """The scope that it was set up with, and no more than its owner has now.

    What takes an administrator is done only while its owner is one.
    """
    found = await work.users.find(schedule.requested_by)
    if found is None:
        return Role.OPERATOR, schedule.scope
    owner = found[0]
    admin = owner.enabled and owner.role is Role.ADMIN
    return Role.ADMIN if admin else Role.OPERATOR, common(schedule.scope, owner.scope)


def _selection_of(schedule: Schedule, now: datetime) -> Selection:
    target = schedule.target
    if target.everything:
        return Selection(everything=True)
    if target.filter is None:
        return Selection(ids=target.ids)
    return Selection(filter=parse(target.filter, noun_of(schedule.verb), now=now))
