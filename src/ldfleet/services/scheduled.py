"""What a schedule submits: a batch for each run."""

from dataclasses import replace
from datetime import datetime

from ldfleet import errors
from ldfleet.domain.actor import Actor, Role, Scope, common
from ldfleet.domain.filter import parse
from ldfleet.domain.operation import Priority
from ldfleet.domain.schedule import Schedule
from ldfleet.domain.verb import RULES
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
    """What its owner has now, within the scope that it was set up with.

    Raises ScheduleOwnerUnfit.
    """
    found = await work.users.find(schedule.requested_by)
    if found is None:
        raise _unfit(schedule, "there is no such account any more")
    owner, needed = found[0], RULES[schedule.verb].role
    if not owner.enabled:
        raise _unfit(schedule, "the account is disabled")
    if not owner.role.covers(needed):
        raise _unfit(
            schedule, f"{schedule.verb} takes a role of {needed}, this is one of {owner.role}"
        )
    return owner.role, common(schedule.scope, owner.scope)


def _unfit(schedule: Schedule, reason: str) -> errors.ScheduleOwnerUnfit:
    return errors.ScheduleOwnerUnfit(
        schedule=schedule.name, owner=schedule.requested_by, reason=reason
    )


def _selection_of(schedule: Schedule, now: datetime) -> Selection:
    target = schedule.target
    if target.everything:
        return Selection(everything=True)
    if target.filter is None:
        return Selection(ids=target.ids)
    return Selection(filter=parse(target.filter, noun_of(schedule.verb), now=now))
