"""What operations have come to: counted, timed, and forgotten in the end."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.ports import Clock, Storage
from ldfleet.services.queueing import KEYS_LAST

STEP = 500
"""Rows that one transaction removes at most."""
KEEP_SESSIONS = timedelta(days=30)
"""How long it can be seen of a session why it ended."""
KEEP_FAILURES = timedelta(days=1)
KEEP_LOADS = timedelta(days=14)
KEEP_PROBLEMS = timedelta(days=90)
LONGEST = 87_600.0  # hours: ten years


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbStats:
    """How a verb goes."""

    verb: Verb
    counts: Mapping[OperationStatus, int]
    usual_seconds: float | None
    """The median of the last successes."""


class History:
    """The past of all operations."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def stats(self, actor: Actor) -> Sequence[VerbStats]:
        """Of every verb that was ever asked for and is still on record."""
        async with self._storage() as work:
            tally = await work.operations.tally(actor.scope)
            return [
                VerbStats(
                    verb=verb,
                    counts=tally[verb],
                    usual_seconds=await work.operations.usual_seconds(verb),
                )
                for verb in Verb
                if verb in tally
            ]

    async def clean_up(self, actor: Actor, *, keep_hours: float, dry_run: bool = False) -> int:
        """Forget operations that ended longer ago; gives how many. Raises FieldInvalid."""
        if not (math.isfinite(keep_hours) and 0 <= keep_hours <= LONGEST):
            raise errors.FieldInvalid(
                field="keep_hours", reason=f"it must be from 0 to {LONGEST:g} hours"
            )
        keep = timedelta(hours=keep_hours)
        if not dry_run:
            removed = await self._forget_before(self._clock.now() - keep)
            await self._note(actor, keep_hours, removed)
            return removed
        async with self._storage() as work:
            return await work.operations.count_old(self._clock.now() - keep)

    async def _note(self, actor: Actor, keep_hours: float, removed: int) -> None:
        what = {"keep_hours": keep_hours, "removed": removed}
        async with self._storage() as work:
            work.audit.record(done(actor, "operation.clean_up", at=self._clock.now(), after=what))

    async def forget(self, keep: timedelta) -> int:
        """Forget operations that ended longer ago than that, and keys of a day ago.

        Failed logins of a day ago and sessions that are long over go too.
        """
        now = self._clock.now()
        forgotten = STEP
        while forgotten == STEP:
            async with self._storage() as work:
                forgotten = await work.keys.forget(before=now - KEYS_LAST, limit=STEP)
        forgotten = STEP
        while forgotten == STEP:
            async with self._storage() as work:
                await work.attempts.forget(before=now - KEEP_FAILURES)
                forgotten = await work.sessions.forget(before=now - KEEP_SESSIONS, limit=STEP)
        await self._forget_samples(now)
        return await self._forget_before(now - keep)

    async def _forget_samples(self, now: datetime) -> None:
        forgotten = STEP
        while forgotten == STEP:
            async with self._storage() as work:
                forgotten = await work.loads.forget(before=now - KEEP_LOADS, limit=STEP)
        forgotten = STEP
        while forgotten == STEP:
            async with self._storage() as work:
                forgotten = await work.problems.forget(before=now - KEEP_PROBLEMS, limit=STEP)

    async def _forget_before(self, before: datetime) -> int:
        total = 0
        while True:
            async with self._storage() as work:
                pruned = await work.operations.prune(before, limit=STEP)
            total += pruned.operations
            if not pruned.rows:
                break
        emptied = STEP
        while emptied == STEP:
            async with self._storage() as work:
                emptied = await work.batches.prune(before, limit=STEP)
        return total
