"""What is wrong now, and who knows of it."""

from dataclasses import replace
from typing import Unpack

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.domain.problem import Problem, Turn
from ldfleet.domain.telling import of_problem
from ldfleet.ports import Clock, Listed, Page, ProblemQuery, Storage, UnitOfWork
from ldfleet.services import fields
from ldfleet.services.scoping import holds


class Problems:
    """They open and end by themselves; people only say that they know."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def list(self, actor: Actor, query: ProblemQuery, **how: Unpack[Listed]) -> Page[Problem]:
        seen = replace(query, scope=actor.scope)
        async with self._storage() as work:
            return await work.problems.list(seen, **how)

    async def get(self, actor: Actor, problem_id: str) -> Problem:
        async with self._storage() as work:
            return await _problem_of(work, actor, problem_id)

    async def acknowledge(self, actor: Actor, problem_id: str, *, reason: str) -> Problem:
        """Say that somebody takes care; it stays until its cause ends.

        Raises FieldInvalid, ProblemEnded.
        """
        why = fields.reason_of(reason)
        if why is None:
            raise errors.FieldInvalid(
                field="reason", reason="it must not be blank; say who takes care, and how"
            )
        now = self._clock.now()
        async with self._storage() as work:
            found = await _problem_of(work, actor, problem_id)
            known = found.acknowledged(by=actor.name, reason=why, at=now)
            await work.problems.put(known)
            work.tell(of_problem(Turn.CHANGED, known, at=now))
            entry = done(
                actor,
                "problem.acknowledge",
                at=now,
                subject=known.id,
                subject_name=f"{known.kind} of {known.subject_name}",
                reason=why,
            )
            work.audit.record(entry)
            return known


async def _problem_of(work: UnitOfWork, actor: Actor, problem_id: str) -> Problem:
    """One outside of the actor's scope is not there. Raises ProblemNotFound."""
    found = await work.problems.get(problem_id)
    if actor.scope is not None:
        place = found.workstation_id
        if place is None or not holds(actor.scope, await work.workstations.get(place)):
            raise errors.ProblemNotFound(problem=problem_id)
    return found
