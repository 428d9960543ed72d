"""Schedules."""

from collections.abc import Mapping
from datetime import time
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ldfleet import errors
from ldfleet.api import problems
from ldfleet.api.batches import UNFIT, policy_of, policy_out
from ldfleet.api.dependencies import CurrentActor, ExpectedVersion, TheServices
from ldfleet.api.lists import LISTED, ListAnswer, how
from ldfleet.api.patching import based_on, patched, tag
from ldfleet.domain.nouns import SCHEDULES
from ldfleet.domain.schedule import LastRun, Pause, Schedule, Target
from ldfleet.domain.timing import Blackout, Timing
from ldfleet.services.schedules import Draft
from ldfleet.wire.schedules import (
    LastRunOut,
    PauseIn,
    PauseOut,
    PreviewOut,
    ScheduleFilter,
    ScheduleIn,
    ScheduleOut,
    SchedulePatch,
    TimingIn,
)
from ldfleet.wire.shapes import Page, PartPage

_LIST = ListAnswer(ScheduleOut)

router = APIRouter(prefix="/schedules", tags=["schedules"])

NOT_FOUND = problems.of(errors.ScheduleNotFound)
REFUSALS = (
    errors.FieldInvalid,
    errors.FilterInvalid,
    errors.ProfileNotFound,
    errors.AppNotFound,
    errors.EmulatorNotFound,
    errors.WorkstationNotFound,
    errors.ScheduleNameTaken,
)


@router.get(
    "",
    summary="List schedules by name",
    responses=LISTED,
    response_model=Page[ScheduleOut] | PartPage,
)
async def list_schedules(
    services: TheServices, actor: CurrentActor, which: Annotated[ScheduleFilter, Query()]
) -> Response:
    page = await services.schedules.list(actor, **how(which, SCHEDULES, services))
    return _LIST.answer(page, partial(_shape, services), which.fields)


@router.post("", status_code=201, summary="Add a schedule", responses=problems.of(*REFUSALS))
async def add_schedule(
    services: TheServices, actor: CurrentActor, described: ScheduleIn, response: Response
) -> ScheduleOut:
    schedule = await services.schedules.add(actor, _draft_of(described))
    response.headers["Location"] = f"/api/schedules/{schedule.id}"
    return _out(services, schedule, response)


@router.get("/pause", summary="Whether all schedules are paused", responses=problems.of())
async def get_pause(services: TheServices, actor: CurrentActor) -> PauseOut:
    return _pause_out(await services.schedules.paused(actor))


@router.post(
    "/pause", summary="Run no schedule until resumed", responses=problems.of(errors.FieldInvalid)
)
async def pause_schedules(services: TheServices, actor: CurrentActor, why: PauseIn) -> PauseOut:
    return _pause_out(await services.schedules.pause(actor, reason=why.reason))


@router.post("/resume", summary="Run schedules again", responses=problems.of())
async def resume_schedules(services: TheServices, actor: CurrentActor) -> PauseOut:
    await services.schedules.resume(actor)
    return _pause_out(None)


@router.post(
    "/preview",
    summary="When such a schedule would run next",
    responses=problems.of(errors.FieldInvalid),
)
async def preview_schedule(
    services: TheServices, actor: CurrentActor, described: TimingIn
) -> PreviewOut:
    next_runs = services.schedules.preview(actor, _timing_of(described))
    return PreviewOut(next_runs=list(next_runs))


@router.get("/{schedule_id}", summary="Show a schedule", responses=NOT_FOUND)
async def get_schedule(
    services: TheServices, actor: CurrentActor, schedule_id: str, response: Response
) -> ScheduleOut:
    return _out(services, await services.schedules.get(actor, schedule_id), response)


@router.patch(
    "/{schedule_id}",
    summary="Change a schedule (JSON merge patch)",
    responses=problems.of(errors.ScheduleNotFound, errors.RecordChanged, *REFUSALS),
)
async def change_schedule(
    *,
    services: TheServices,
    actor: CurrentActor,
    schedule_id: str,
    patch: SchedulePatch,
    version: ExpectedVersion,
    response: Response,
) -> ScheduleOut:
    known = await services.schedules.get(actor, schedule_id)
    schedule = await services.schedules.change(
        actor,
        schedule_id,
        _draft_of(patched(ScheduleIn, _description(known), patch)),
        expected_version=based_on(known, version),
    )
    return _out(services, schedule, response)


@router.delete(
    "/{schedule_id}",
    status_code=204,
    summary="Remove a schedule; what it submitted goes on",
    responses=problems.of(errors.ScheduleNotFound, errors.RecordChanged),
)
async def remove_schedule(
    services: TheServices, actor: CurrentActor, schedule_id: str, version: ExpectedVersion
) -> None:
    await services.schedules.remove(actor, schedule_id, expected_version=version)


@router.post(
    "/{schedule_id}/run",
    status_code=202,
    summary="Submit it now, whatever its times say",
    responses=problems.of(errors.ScheduleNotFound, errors.ScheduleOwnerUnfit, *UNFIT),
)
async def run_schedule(
    services: TheServices, actor: CurrentActor, schedule_id: str, response: Response
) -> ScheduleOut:
    schedule = await services.schedules.run(actor, schedule_id)
    if schedule.last is not None:
        response.headers["Location"] = f"/api/batches/{schedule.last.run}"
    return _shape(services, schedule)


def _out(services: TheServices, schedule: Schedule, response: Response) -> ScheduleOut:
    tag(schedule, response)
    return _shape(services, schedule)


def _shape(services: TheServices, schedule: Schedule) -> ScheduleOut:
    return ScheduleOut.model_validate(
        {
            **_description(schedule),
            "id": schedule.id,
            "requested_by": schedule.requested_by,
            "next_runs": services.schedules.next_runs(schedule),
            "last": None if schedule.last is None else _last_out(schedule.last),
            "version": schedule.version,
            "created_at": schedule.created_at,
            "updated_at": schedule.updated_at,
        }
    )


def _last_out(last: LastRun) -> LastRunOut:
    return LastRunOut(at=last.at, outcome=last.outcome, reason=last.reason, batch_id=last.run)


def _pause_out(pause: Pause | None) -> PauseOut:
    if pause is None:
        return PauseOut(paused=False, reason=None, by=None, since=None)
    return PauseOut(paused=True, reason=pause.reason, by=pause.by, since=pause.since)


def _description(schedule: Schedule) -> Mapping[str, Any]:
    timing, target = schedule.timing, schedule.target
    return {
        "name": schedule.name,
        "verb": schedule.verb,
        "ids": list(target.ids),
        "filter": target.filter,
        "all": target.everything,
        "params": dict(schedule.params),
        "cron": timing.cron,
        "zone": timing.zone,
        "jitter_s": timing.jitter,
        "blackouts": [
            {"start": f"{each.start:%H:%M}", "end": f"{each.end:%H:%M}", "days": list(each.days)}
            for each in timing.blackouts
        ],
        "overlap": schedule.overlap,
        "misfire": schedule.misfire,
        "grace_s": schedule.grace,
        "policy": policy_out(schedule.policy).model_dump(),
        "enabled": schedule.enabled,
        "notes": schedule.notes,
    }


def _draft_of(described: ScheduleIn) -> Draft:
    return Draft(
        name=described.name,
        verb=described.verb,
        target=Target(
            ids=described.ids,
            filter=described.filter,
            everything=described.all,
        ),
        params=described.params,
        timing=_timing_of(described),
        overlap=described.overlap,
        misfire=described.misfire,
        grace=described.grace_s,
        policy=policy_of(described.policy),
        enabled=described.enabled,
        notes=described.notes,
    )


def _timing_of(described: TimingIn) -> Timing:
    return Timing(
        cron=described.cron,
        zone=described.zone,
        jitter=described.jitter_s,
        blackouts=tuple(
            Blackout(
                start=time.fromisoformat(each.start),
                end=time.fromisoformat(each.end),
                days=each.days,
            )
            for each in described.blackouts
        ),
    )
