"""What `ports.Problems` promises, held against SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.problem import Problem, ProblemKind, of_workstation
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.ports import ProblemQuery
from ldfleet.storage.database import Database
from support.stores import START, a_workstation

LOST = Health(status=WorkstationStatus.UNREACHABLE, failure="x", reason="no answer")
FINE = Health(status=WorkstationStatus.ONLINE)
HOUR = timedelta(hours=1)


async def settle(database: Database, number: int, health: Health, hours: int = 0) -> Sequence[str]:
    look = of_workstation(a_workstation(number, health=health), [])
    async with database() as work:
        return [turn.value for turn, _ in await work.problems.settle(look, at=START + hours * HOUR)]


async def listed(database: Database, **conditions: Any) -> list[Problem]:
    async with database() as work:
        return list((await work.problems.list(ProblemQuery(**conditions))).items)


async def test_a_problem_opens_once_and_ends_with_its_cause(farm: Database) -> None:
    assert await settle(farm, 1, LOST) == ["opened"]
    assert await settle(farm, 1, LOST, hours=1) == []
    assert await settle(farm, 1, replace(LOST, reason="refused"), hours=2) == ["changed"]

    [problem] = await listed(farm)
    assert (problem.kind, problem.subject_name) == ("workstation_unreachable", "farm-0001")
    assert (problem.since, problem.seen_at) == (START, START + 2 * HOUR)

    assert await settle(farm, 1, FINE, hours=3) == ["ended"]
    assert await listed(farm) == []
    [over] = await listed(farm, ended=True)
    assert (over.id, over.ended_at) == (problem.id, START + 3 * HOUR)
    assert await settle(farm, 1, LOST, hours=4) == ["opened"]
    assert len(await listed(farm, ended=True)) == 2


async def test_problems_are_found_by_what_is_known_of_them(farm: Database) -> None:
    await settle(farm, 1, LOST)
    await settle(farm, 2, replace(LOST, status=WorkstationStatus.AUTH_FAILED), hours=1)
    [second, first] = await listed(farm)
    async with farm() as work:
        await work.problems.put(first.acknowledged(by="anna", reason="mine", at=START))
        assert (await work.problems.get(first.id)).acknowledged_reason == "mine"
        counts = await work.problems.counts()

    assert [each.id for each in await listed(farm, acknowledged=False)] == [second.id]
    assert [each.id for each in await listed(farm, acknowledged=True)] == [first.id]
    assert [each.id for each in await listed(farm, kind=ProblemKind.LOGIN_REFUSED)] == [second.id]
    assert [each.id for each in await listed(farm, subject="ws_0001")] == [first.id]
    assert counts[ProblemKind.LOGIN_REFUSED] == 1 and counts[ProblemKind.LOW_DISK] == 0


async def test_a_scope_shows_the_problems_of_its_workstations_only(database: Database) -> None:
    async with database() as work:
        await work.workstations.add(a_workstation(1, tags=("qa",)))
        await work.workstations.add(a_workstation(2))
    await settle(database, 1, LOST)
    await settle(database, 2, LOST)

    seen = await listed(database, scope=Scope(tags=frozenset({"qa"})))

    assert [problem.subject for problem in seen] == ["ws_0001"]


async def test_they_go_with_their_workstation(farm: Database) -> None:
    await settle(farm, 1, LOST)
    async with farm() as work:
        await work.workstations.remove(a_workstation(1).id)

    assert await listed(farm, ended=True) == []
    with pytest.raises(errors.WorkstationNotFound):
        await settle(farm, 1, LOST)


async def test_what_ended_long_ago_is_forgotten(farm: Database) -> None:
    await settle(farm, 1, LOST)
    await settle(farm, 1, FINE, hours=1)
    await settle(farm, 2, LOST)

    async with farm() as work:
        early = await work.problems.forget(before=START + HOUR, limit=10)
        late = await work.problems.forget(before=START + 2 * HOUR, limit=10)

    assert (early, late) == (0, 1)
    assert [each.subject for each in await listed(farm, ended=True)] == ["ws_0002"]
