"""Many operations by one request: planned, accepted, rolled out, stopped, retried."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.batch import (
    ALL_AT_ONCE,
    RETRIED,
    Batch,
    BatchStatus,
    Counts,
    Policy,
    estimate,
    in_all,
)
from ldfleet.domain.ids import BatchId, OperationId, ScheduleId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus, Priority
from ldfleet.domain.telling import of_batch
from ldfleet.domain.verb import Verb, check_may
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Admission, Clock, Listed, NewId, OperationQuery, Page, Storage, UnitOfWork
from ldfleet.services import fields, params, scoping
from ldfleet.services.profiles import resolved
from ldfleet.services.queueing import KEYS_LAST
from ldfleet.services.requests import Requests, Terms, line_up
from ldfleet.services.selection import PIECE, Selection, Target, pieces_of, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of many."""

    verb: Verb
    selection: Selection
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    policy: Policy = ALL_AT_ONCE
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What made the batch, where that was not a person's plain request."""

    priority: Priority = Priority.BATCH
    schedule_id: ScheduleId | None = None
    retry_of: BatchId | None = None
    retried: Mapping[str, OperationId] = field(default_factory=dict[str, OperationId])
    """The operation that each target's new one repeats."""


A_PERSON = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A target with its operation: queued in a wave, or skipped with the failure that says why."""

    target: Target
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done."""

    verb: Verb
    planned: Sequence[Planned]
    sizes: tuple[int, ...]
    estimate: float | None
    """Seconds; None while the verb has no history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A batch, and how its operations are."""

    batch: Batch
    counts: Mapping[OperationStatus, int]


class Batches:
    """Refused targets are recorded as skipped operations beside the others.

    A retry is a new batch: the old one stays what it was, and waves and limits count anew.
    """

    def __init__(
        self, *, storage: Storage, admission: Admission, clock: Clock, new_id: NewId
    ) -> None:
        self._storage = storage
        self._admission = admission
        self._clock = clock
        self._new_id = new_id
        self._requests = Requests(storage=storage, admission=admission, clock=clock, new_id=new_id)

    async def plan(self, actor: Actor, wish: Wish) -> Plan:
        """Exactly what `submit` would do now, without doing it. Raises as that does."""
        async with self._storage() as work:
            wish = await _checked(work, actor, wish)
            farm = await _farm(work)
            usual = await work.operations.usual_seconds(wish.verb)
            planned = await self._judge(work, actor, wish, farm, Terms(priority=Priority.BATCH))
        sizes = wish.policy.sizes(_accepted(planned))
        waved = _in_waves(planned, sizes)
        seconds = None
        if usual is not None:
            seconds = estimate(wish.verb, _loads(waved, sizes), wish.policy, usual, farm)
        return Plan(verb=wish.verb, planned=waved, sizes=sizes, estimate=seconds)

    async def submit(
        self,
        actor: Actor,
        wish: Wish,
        *,
        idempotency_key: str | None = None,
        origin: Origin = A_PERSON,
    ) -> Report:
        """Freeze the selection, and queue an operation for each target that is not refused.

        Raises:
            FieldInvalid, ValidationFailed: the verb, its params or the policy are not right.
            PermissionDenied: the verb needs a greater role.
            EmulatorNotFound, WorkstationNotFound: one of the ids is not known.
            SelectionEmpty, SelectionTooLarge: nothing, or too much is selected.
            IdempotencyKeyReused: the key was used for another batch.
        """
        key = None if idempotency_key is None else _scoped(actor, idempotency_key)
        async with self._storage() as work:
            wish = await _checked(work, actor, wish)
            report = None if key is None else await self._repeated(work, wish, key)
            if report is None:
                report = await self._accept(work, actor, wish, origin)
                if key is not None:
                    await self._remember(work, wish, key, report.batch)
        self._admission.wake()
        return report

    async def answered(self, actor: Actor, key: str) -> bool:
        """Whether the same request under this key gives the batch that it gave before."""
        async with self._storage() as work:
            since = self._clock.now() - KEYS_LAST
            return await work.keys.find(_scoped(actor, key), since=since) is not None

    async def place(
        self, work: UnitOfWork, actor: Actor, wish: Wish, *, origin: Origin = A_PERSON
    ) -> Report:
        """As `submit`, inside of the caller's transaction; the caller wakes the engine after it."""
        return await self._accept(work, actor, await _checked(work, actor, wish), origin)

    async def list(
        self,
        actor: Actor,
        *,
        status: BatchStatus | None = None,
        **how: Unpack[Listed],
    ) -> Page[Report]:
        async with self._storage() as work:
            page = await work.batches.list(status=status, scope=actor.scope, **how)
            counts = await work.batches.counts([batch.id for batch in page.items])
        items = [_report(batch, counts[batch.id]) for batch in page.items]
        return Page(items=items, next_cursor=page.next_cursor, total=page.total)

    async def get(self, actor: Actor, batch_id: str) -> Report:
        async with self._storage() as work:
            return await _read(work, await scoping.batch_of(work, actor, batch_id))

    async def pause(self, actor: Actor, batch_id: str) -> Report:
        """Nothing of it starts any more until it is continued. Raises BatchFinished."""
        async with self._storage() as work:
            batch = await scoping.batch_of(work, actor, batch_id, lock=True)
            moved = batch.paused()
            await work.batches.hold(batch.id, f"its batch was paused by {actor.name}")
            self._note(work, actor, "batch.pause", batch, moved)
            return await self._moved(work, batch, moved)

    async def resume(self, actor: Actor, batch_id: str) -> Report:
        """On again, also where it halted: what failed so far counts no more.

        Raises BatchFinished.
        """
        async with self._storage() as work:
            batch = await scoping.batch_of(work, actor, batch_id, lock=True)
            counts = (await work.batches.counts([batch.id]))[batch.id]
            moved = batch.continued(counts)
            await work.batches.release(batch.id, upto=moved.released)
            self._note(work, actor, "batch.continue", batch, moved)
            return await self._moved(work, batch, moved)

    async def cancel(self, actor: Actor, batch_id: str) -> Report:
        """Cancel the rest: what has not started. What runs goes on. Raises BatchFinished."""
        async with self._storage() as work:
            batch = await scoping.batch_of(work, actor, batch_id, lock=True)
            asked = batch.cancelling()
            now = self._clock.now()
            await work.batches.cancel_queued(batch.id, at=now)
            counts = (await work.batches.counts([batch.id]))[batch.id]
            self._note(work, actor, "batch.cancel", batch, asked)
            return await self._moved(work, batch, asked.advanced(counts, now=now))

    async def retry(
        self,
        actor: Actor,
        batch_id: str,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Report:
        """A new batch of what failed, was lost, expired or was skipped, by the same policy.

        Raises BatchUnfinished, SelectionEmpty.
        """
        async with self._storage() as work:
            batch = await scoping.batch_of(work, actor, batch_id)
            if not batch.status.over:
                raise errors.BatchUnfinished(batch=batch.id, state=batch.status)
            again = await _to_repeat(work, batch.id)
        if not again:
            raise errors.SelectionEmpty(reason=f"nothing of {batch.id} failed or was skipped")
        retried = {str(each.emulator_id or each.workstation_id): each.id for each in again}
        wish = Wish(
            verb=batch.verb,
            selection=Selection(ids=tuple(retried)),
            params=batch.params,
            policy=batch.policy,
            reason=reason or batch.reason,
        )
        origin = Origin(retry_of=batch.id, retried=retried)
        return await self.submit(actor, wish, idempotency_key=idempotency_key, origin=origin)

    async def _repeated(self, work: UnitOfWork, wish: Wish, key: str) -> Report | None:
        """The batch that the same request made before."""
        kept = await work.keys.find(key, since=self._clock.now() - KEYS_LAST)
        if kept is None:
            return None
        if kept.request != _request(wish):
            raise errors.IdempotencyKeyReused(key=key.split(":", 2)[2])
        return await _read(work, await work.batches.get(kept.subject))

    async def _remember(self, work: UnitOfWork, wish: Wish, key: str, batch: Batch) -> None:
        now = self._clock.now()
        await work.keys.keep(
            key, request=_request(wish), subject=batch.id, at=now, since=now - KEYS_LAST
        )

    async def _accept(self, work: UnitOfWork, actor: Actor, wish: Wish, origin: Origin) -> Report:
        batch_id, now = BatchId(self._new_id("ba")), self._clock.now()
        terms = Terms(priority=origin.priority, batch_id=batch_id)
        judged = await self._judge(work, actor, wish, await _farm(work), terms)
        accepted = _accepted(judged)
        sizes = wish.policy.sizes(accepted)
        batch = Batch(
            id=batch_id,
            verb=wish.verb,
            params=wish.params,
            status=BatchStatus.RUNNING if accepted else BatchStatus.FAILED,
            policy=wish.policy,
            total=len(judged),
            sizes=sizes,
            retry_of=origin.retry_of,
            schedule_id=origin.schedule_id,
            requested_by=actor.name,
            source=actor.source,
            reason=wish.reason,
            created_at=now,
            finished_at=None if accepted else now,
        )
        await work.batches.add(batch)
        for piece in pieces_of(_in_waves(judged, sizes)):
            again = origin.retried
            await work.operations.add_many(
                [replace(each.operation, retry_of=again.get(each.target.id)) for each in piece]
            )
        report = await _read(work, batch)
        work.tell(of_batch(batch, {0: report.counts}, at=now))
        entry = done(
            actor,
            "batch.submit" if origin.retry_of is None else "batch.retry",
            at=now,
            subject=batch.id,
            subject_name=batch.verb,
            after=_told(batch, wish),
            reason=batch.reason,
        )
        work.audit.record(entry)
        return report

    async def _judge(
        self,
        work: UnitOfWork,
        actor: Actor,
        wish: Wish,
        farm: Mapping[WorkstationId, Workstation],
        terms: Terms,
    ) -> Sequence[Planned]:
        """An operation for each target, queued or skipped; in their order, by creation too."""
        planned: list[Planned] = []
        now = self._clock.now()
        async for piece in targets(work, wish.verb, wish.selection, farm, scope=actor.scope):
            ids = [target.emulator.id for target in piece if target.emulator is not None]
            before = await work.operations.unfinished_of_some(ids)
            for target in piece:
                at = now + timedelta(microseconds=len(planned))
                drafted = self._drafted(actor, wish, target, terms, at)
                earlier = before.get(target.emulator.id, ()) if target.emulator else ()
                placed = _placed(drafted, target, earlier, now)
                planned.append(Planned(target=target, operation=placed))
        if wish.verb is Verb.BACKUP and "file" in wish.params:
            _check_one_file_each(planned)
        return planned

    def _drafted(
        self, actor: Actor, wish: Wish, target: Target, terms: Terms, at: datetime
    ) -> Operation:
        drafted = self._requests.draft(
            actor,
            wish.verb,
            target.workstation,
            target.emulator,
            params=wish.params,
            reason=wish.reason,
            terms=terms,
        )
        return replace(drafted, created_at=at)

    def _note(
        self, work: UnitOfWork, actor: Actor, action: str, found: Batch, moved: Batch
    ) -> None:
        entry = done(
            actor,
            action,
            at=self._clock.now(),
            subject=found.id,
            subject_name=found.verb,
            before={"status": found.status.value},
            after={"status": moved.status.value},
        )
        work.audit.record(entry)

    async def _moved(self, work: UnitOfWork, found: Batch, moved: Batch) -> Report:
        report = await _read(work, moved)
        if moved != found:
            await work.batches.put(moved)
            work.tell(of_batch(moved, {0: report.counts}, at=self._clock.now()))
        return report


def _scoped(actor: Actor, key: str) -> str:
    return f"batch:{actor.name}:{key}"


async def _checked(work: UnitOfWork, actor: Actor, wish: Wish) -> Wish:
    check_may(actor, wish.verb)
    return replace(
        wish,
        selection=wish.selection.checked(),
        params=params.check(wish.verb, await resolved(work, wish.verb, wish.params)),
        policy=wish.policy.checked(),
        reason=fields.reason_of(wish.reason),
    )


def _request(wish: Wish) -> Mapping[str, Any]:
    """What tells two requests apart, as JSON has it."""
    selection, policy = wish.selection, wish.policy
    return {
        "verb": wish.verb.value,
        "params": dict(wish.params),
        "ids": None if selection.ids is None else list(selection.ids),
        "filter": _filter_text(selection),
        "policy": {**asdict(policy), "waves": list(policy.waves)},
        "reason": wish.reason,
    }


def _filter_text(selection: Selection) -> str | None:
    """Blank: all there are."""
    if selection.everything:
        return ""
    return None if selection.filter is None else selection.filter.text


def _told(batch: Batch, wish: Wish) -> Mapping[str, Any]:
    """What was asked for, in a few words: a batch is one entry, however many its targets are."""
    request = {name: value for name, value in _request(wish).items() if name != "ids"}
    return {**request, "targets": batch.total, "retry_of": batch.retry_of}


async def _farm(work: UnitOfWork) -> Mapping[WorkstationId, Workstation]:
    return {workstation.id: workstation for workstation in await work.workstations.every()}


def _placed(
    drafted: Operation, target: Target, before: Sequence[Operation], now: datetime
) -> Operation:
    """Lined up; or skipped, with what stands against it."""
    if target.emulator is None:
        return drafted
    try:
        return line_up(drafted, target.workstation, target.emulator, before)
    except errors.FleetError as refusal:
        return replace(
            drafted,
            status=OperationStatus.SKIPPED,
            failure=refusal.dump(),
            waiting_for=None,
            finished_at=now,
        )


def _check_one_file_each(planned: Sequence[Planned]) -> None:
    """Two backups in one place would be one file. Raises FieldInvalid."""
    at: dict[WorkstationId, Target] = {}
    for target in (each.target for each in planned):
        other = at.setdefault(target.workstation.id, target)
        if other is not target:
            both = f"{other.name} and {target.name} are both on {target.workstation.name}"
            raise errors.FieldInvalid(
                field="file", reason=f"{both}; leave it out: then each gets a file of its own"
            )


def _accepted(planned: Sequence[Planned]) -> int:
    return sum(each.operation.status is OperationStatus.QUEUED for each in planned)


def _in_waves(planned: Sequence[Planned], sizes: Sequence[int]) -> list[Planned]:
    """Those accepted get their wave; all but the first wave are held."""
    waves = (number for number, size in enumerate(sizes, start=1) for _ in range(size))
    return [
        replace(each, operation=_of_wave(each.operation, next(waves), len(sizes)))
        if each.operation.status is OperationStatus.QUEUED
        else each
        for each in planned
    ]


def _of_wave(operation: Operation, wave: int, waves: int) -> Operation:
    if wave == 1:
        return replace(operation, wave=wave)
    waiting = f"wave {wave} of {waves} of its batch"
    return replace(operation, wave=wave, held=True, waiting_for=waiting)


def _loads(planned: Sequence[Planned], sizes: Sequence[int]) -> Sequence[Counter[WorkstationId]]:
    loads: list[Counter[WorkstationId]] = [Counter() for _ in sizes]
    for each in planned:
        if each.operation.wave is not None:
            loads[each.operation.wave - 1][each.target.workstation.id] += 1
    return loads


async def _to_repeat(work: UnitOfWork, batch_id: BatchId) -> Sequence[Operation]:
    found: list[Operation] = []
    for status in sorted(RETRIED):
        query = OperationQuery(batch_id=batch_id, status=status)
        cursor: str | None = None
        while True:
            page = await work.operations.list(query, cursor=cursor, limit=PIECE)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
    return sorted(found, key=lambda operation: operation.created_at)


async def _read(work: UnitOfWork, batch: Batch) -> Report:
    return _report(batch, (await work.batches.counts([batch.id]))[batch.id])


def _report(batch: Batch, counts: Counts) -> Report:
    summed = in_all(counts)
    return Report(batch=batch, counts={status: summed[status] for status in OperationStatus})
