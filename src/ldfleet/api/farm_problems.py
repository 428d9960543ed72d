"""What is wrong in the farm now; `api.problems` is about answers to refused requests."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.domain.nouns import PROBLEMS
from ldfleet.domain.problem import Problem
from ldfleet.ports import ProblemQuery
from ldfleet.wire.problems import (
    AcknowledgedOut,
    AcknowledgeIn,
    ActionOut,
    FarmProblemOut,
    ProblemFilter,
)
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(FarmProblemOut)

router = APIRouter(prefix="/problems", tags=["problems"])


@router.get(
    "",
    summary="List what is wrong now, newest first, each with its remedy",
    responses=LISTED,
    response_model=Page[FarmProblemOut] | PartPage,
)
async def list_problems(
    services: TheServices, actor: CurrentActor, which: Annotated[ProblemFilter, Query()]
) -> Response:
    query = ProblemQuery(
        kind=which.kind,
        subject=which.subject,
        acknowledged=which.acknowledged,
        ended=which.ended,
    )
    page = await services.problems.list(actor, query, **how(which, PROBLEMS, services))
    return _LIST.answer(page, _shape, which.fields)


@router.get(
    "/{problem_id}",
    summary="Show one problem, also one that is over",
    responses=problems.of(errors.ProblemNotFound),
)
async def get_problem(
    services: TheServices, actor: CurrentActor, problem_id: str
) -> FarmProblemOut:
    return _shape(await services.problems.get(actor, problem_id))


@router.post(
    "/{problem_id}/acknowledge",
    summary="Say that somebody takes care of it",
    responses=problems.of(errors.ProblemNotFound, errors.ProblemEnded, errors.FieldInvalid),
)
async def acknowledge_problem(
    services: TheServices, actor: CurrentActor, problem_id: str, said: AcknowledgeIn
) -> FarmProblemOut:
    return _shape(await services.problems.acknowledge(actor, problem_id, reason=said.reason))


def _shape(problem: Problem) -> FarmProblemOut:
    remedy = problem.remedy
    action = None
    if remedy.method is not None and remedy.path is not None:
        action = ActionOut(method=remedy.method, path=remedy.path)
    return FarmProblemOut(
        id=problem.id,
        kind=problem.kind,
        subject=problem.subject,
        subject_name=problem.subject_name,
        workstation_id=problem.workstation_id,
        since=problem.since,
        seen_at=problem.seen_at,
        ended_at=problem.ended_at,
        evidence=dict(problem.evidence),
        remedy=remedy.sentence,
        action=action,
        acknowledged=_acknowledged(problem),
    )


def _acknowledged(problem: Problem) -> AcknowledgedOut | None:
    by, at, reason = (
        problem.acknowledged_by,
        problem.acknowledged_at,
        problem.acknowledged_reason,
    )
    if by is None or at is None or reason is None:
        return None
    return AcknowledgedOut(by=by, at=at, reason=reason)
