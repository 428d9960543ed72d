"""The schedules on record, and the pause of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.batch import Policy
from ldfleet.domain.ids import ScheduleId
from ldfleet.domain.nouns import SCHEDULES
from ldfleet.domain.schedule import (
    LastRun,
    Misfire,
    Outcome,
    Overlap,
    Pause,
    Schedule,
    Target,
)
from ldfleet.domain.timing import Blackout, Timing
from ldfleet.domain.verb import Verb
from ldfleet.ports import Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import schedule_pause, schedules
from ldfleet.storage.users import kept_scope, scope_of

_c = schedules.c
_LISTING = Listing(
    noun=SCHEDULES,
    columns={
        "name": _c.name,
        "enabled": _c.enabled,
        "by": _c.requested_by,
        "next": _c.next_at,
        "last": _c.last_at,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
    },
    nullable=frozenset({"next", "last"}),
    own=Order("schedules", (_c.name, _c.id)),
    id=_c.id,
)
_THE_ONE = 1  # the pause's only row


class StoredSchedules:
    """`ports.Schedules` in the tables of schedules and of their pause."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, schedule_id: str) -> Schedule:
        row = await self._transaction.row(sa.select(schedules).where(_c.id == schedule_id))
        if row is None:
            raise errors.ScheduleNotFound(schedule=schedule_id)
        return _schedule_of(row)

    async def list(self, **how: Unpack[Listed]) -> Page[Schedule]:
        return await listed(self._transaction, sa.select(schedules), _LISTING, _schedule_of, how)

    async def add(self, schedule: Schedule) -> None:
        row = {
            "id": schedule.id,
            "next_at": schedule.next_at,
            "requested_by": schedule.requested_by,
            "version": schedule.version,
            "created_at": schedule.created_at,
            **_set_by_people(schedule),
        }
        taken = errors.ScheduleNameTaken(name=schedule.name)
        await self._transaction.execute(sa.insert(schedules), [row], conflict=taken)
        if schedule.last is not None:
            await self.note(schedule.id, schedule.last)

    async def change(self, schedule: Schedule, *, expected_version: int) -> Schedule:
        statement = (
            sa.update(schedules)
            .where(_c.id == schedule.id, _c.version == expected_version)
            .values(**_set_by_people(schedule), version=expected_version + 1)
        )
        taken = errors.ScheduleNameTaken(name=schedule.name)
        result = await self._transaction.execute(statement, conflict=taken)
        stored = await self.get(schedule.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The schedule {schedule.id}")
        return stored

    async def remove(self, schedule_id: ScheduleId) -> None:
        await self._transaction.execute(sa.delete(schedules).where(_c.id == schedule_id))

    async def due(self, now: datetime, *, limit: int) -> Sequence[Schedule]:
        query = sa.select(schedules).where(_c.next_at <= now).order_by(_c.next_at, _c.id)
        return [_schedule_of(row) for row in await self._transaction.rows(query.limit(limit))]

    async def move(
        self, schedule_id: ScheduleId, *, due: datetime | None, next_at: datetime | None
    ) -> bool:
        still = _c.next_at.is_(None) if due is None else _c.next_at == due
        statement = sa.update(schedules).where(_c.id == schedule_id, still).values(next_at=next_at)
        return bool((await self._transaction.execute(statement)).rowcount)

    async def note(self, schedule_id: ScheduleId, last: LastRun) -> None:
        words = last.outcome if last.reason is None else f"{last.outcome}: {last.reason}"
        changed: dict[str, Any] = {"last_at": last.at, "last_outcome": words}
        if last.run is not None:
            changed["last_batch_id"] = last.run
        await self._transaction.execute(
            sa.update(schedules).where(_c.id == schedule_id).values(**changed)
        )

    async def pause_of_all(self) -> Pause | None:
        row = await self._transaction.row(sa.select(schedule_pause))
        if row is None:
            return None
        return Pause(reason=row["reason"], by=row["by"], since=row["since"])

    async def pause_all(self, pause: Pause) -> None:
        row = {"id": _THE_ONE, **asdict(pause)}
        await self._transaction.upsert(schedule_pause, [row], key=["id"])

    async def resume_all(self) -> None:
        await self._transaction.execute(sa.delete(schedule_pause))


def _schedule_of(row: Mapping[str, Any]) -> Schedule:
    content = row["content"]
    return Schedule(
        id=ScheduleId(row["id"]),
        name=row["name"],
        verb=Verb(content["verb"]),
        target=_target(content["ids"], content["filter"]),
        params=content["params"],
        timing=Timing(
            cron=content["cron"],
            zone=content["zone"],
            jitter=content["jitter"],
            blackouts=tuple(_blackout_of(each) for each in content["blackouts"]),
        ),
        overlap=Overlap(content["overlap"]),
        misfire=Misfire(content["misfire"]),
        grace=content["grace"],
        policy=_policy_of(content),
        enabled=row["enabled"],
        notes=content["notes"],
        requested_by=row["requested_by"],
        scope=scope_of(content.get("scope")),
        next_at=row["next_at"],
        last=_last_of(row),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _target(ids: Sequence[str], filter_: str | None) -> Target:
    """A blank filter is kept for all there are."""
    everything = filter_ is not None and not filter_.strip()
    return Target(ids=tuple(ids), filter=None if everything else filter_, everything=everything)


def _policy_of(content: Mapping[str, Any]) -> Policy:
    kept: dict[str, Any] = content.get("policy", {})  # a schedule of an earlier version has none
    fields: dict[str, Any] = {**kept, "waves": tuple(kept.get("waves", ()))}
    return Policy(**fields)


def _last_of(row: Mapping[str, Any]) -> LastRun | None:
    if row["last_at"] is None:
        return None
    outcome, _, reason = row["last_outcome"].partition(": ")
    return LastRun(
        at=row["last_at"],
        outcome=Outcome(outcome),
        reason=reason or None,
        run=row["last_batch_id"],
    )


def _blackout_of(kept: Mapping[str, Any]) -> Blackout:
    return Blackout(
        start=time.fromisoformat(kept["start"]),
        end=time.fromisoformat(kept["end"]),
        days=tuple(kept["days"]),
    )


def _set_by_people(schedule: Schedule) -> dict[str, Any]:
    timing = schedule.timing
    content = {
        "verb": schedule.verb,
        "ids": list(schedule.target.ids),
        "filter": "" if schedule.target.everything else schedule.target.filter,
        "params": schedule.params,
        "cron": timing.cron,
        "zone": timing.zone,
        "jitter": timing.jitter,
        "blackouts": [
            {
                "start": each.start.isoformat(),
                "end": each.end.isoformat(),
                "days": list(each.days),
            }
            for each in timing.blackouts
        ],
        "overlap": schedule.overlap,
        "misfire": schedule.misfire,
        "grace": schedule.grace,
        "scope": kept_scope(schedule.scope),
        # Of what is not given a process of an earlier version must not learn.
        "policy": {k: v for k, v in asdict(schedule.policy).items() if v is not None},
        "notes": schedule.notes,
    }
    return {
        "name": schedule.name,
        "content": content,
        "enabled": schedule.enabled,
        "updated_at": schedule.updated_at,
    }
