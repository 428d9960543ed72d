"""The problems on record, open and ended ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.nouns import PROBLEMS
from ldfleet.domain.problem import Look, Problem, ProblemId, ProblemKind, Turn, fold
from ldfleet.ports import Listed, Page, ProblemQuery
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing, within
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import problems, workstations

_c, _w = problems.c, workstations.c
_LISTING = Listing(
    noun=PROBLEMS,
    columns={
        "name": _c.subject_name,
        "kind": _c.kind,
        "workstation": _w.name,
        "site": _w.site,
        "acknowledged": _c.acknowledged_at.is_not(None),
        "over": _c.ended_at.is_not(None),
        "since": _c.since,
        "seen": _c.seen_at,
        "ended": _c.ended_at,
        "id": _c.id,
        "subject": _c.subject,
        "workstation_id": _c.workstation_id,
    },
    nullable=frozenset({"workstation", "site", "ended"}),
    own=Order("problems", (_c.since, _c.id), descending=True),
    id=_c.id,
)


class StoredProblems:
    """`ports.Problems` in the table of problems."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, problem_id: str) -> Problem:
        row = await self._transaction.row(sa.select(problems).where(_c.id == problem_id))
        if row is None:
            raise errors.ProblemNotFound(problem=problem_id)
        return _problem_of(row)

    async def list(self, query: ProblemQuery, **how: Unpack[Listed]) -> Page[Problem]:
        statement = (
            sa.select(problems)
            .outerjoin(workstations, _w.id == _c.workstation_id)
            .where(*_conditions(query), *within(query.scope, site=_w.site, tags=(_w.tags,)))
        )
        return await listed(self._transaction, statement, _LISTING, _problem_of, how, query)

    async def settle(self, look: Look, *, at: datetime) -> Sequence[tuple[Turn, Problem]]:
        open_ones = sa.select(problems).where(_c.subject == look.subject, _c.ended_at.is_(None))
        known = [_problem_of(row) for row in await self._transaction.rows(open_ones)]
        turns = fold(known, look, at=at)
        for _, problem in turns:
            await self.put(problem)
        return turns

    async def put(self, problem: Problem) -> None:
        orphan = errors.WorkstationNotFound(workstation=problem.subject)
        await self._transaction.upsert(problems, [_row_of(problem)], key=["id"], orphan=orphan)

    async def counts(self) -> Mapping[ProblemKind, int]:
        counted = sa.select(_c.kind, sa.func.count().label("number")).where(_c.ended_at.is_(None))
        rows = await self._transaction.rows(counted.group_by(_c.kind))
        found = {row["kind"]: row["number"] for row in rows}
        return {kind: found.get(kind, 0) for kind in ProblemKind}

    async def forget(self, *, before: datetime, limit: int) -> int:
        old = sa.select(_c.id).where(_c.ended_at < before).limit(limit)
        removed = await self._transaction.execute(sa.delete(problems).where(_c.id.in_(old)))
        return removed.rowcount


def _conditions(query: ProblemQuery) -> Sequence[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if query.kind is not None:
        wanted.append(_c.kind == query.kind)
    if query.subject is not None:
        wanted.append(_c.subject == query.subject)
    if query.acknowledged is not None:
        known = _c.acknowledged_at.is_not(None)
        wanted.append(known if query.acknowledged else sa.not_(known))
    if not query.ended:
        wanted.append(_c.ended_at.is_(None))
    return wanted


def _problem_of(row: Mapping[str, Any]) -> Problem:
    where = row["workstation_id"]
    return Problem(
        id=ProblemId(row["id"]),
        kind=ProblemKind(row["kind"]),
        subject=row["subject"],
        subject_name=row["subject_name"],
        workstation_id=None if where is None else WorkstationId(where),
        evidence=row["evidence"],
        since=row["since"],
        seen_at=row["seen_at"],
        ended_at=row["ended_at"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_reason=row["acknowledged_reason"],
    )


def _row_of(problem: Problem) -> Mapping[str, Any]:
    return {
        "id": problem.id,
        "kind": problem.kind,
        "subject": problem.subject,
        "subject_name": problem.subject_name,
        "workstation_id": problem.workstation_id,
        "evidence": dict(problem.evidence),
        "since": problem.since,
        "seen_at": problem.seen_at,
        "ended_at": problem.ended_at,
        "acknowledged_by": problem.acknowledged_by,
        "acknowledged_at": problem.acknowledged_at,
        "acknowledged_reason": problem.acknowledged_reason,
    }
