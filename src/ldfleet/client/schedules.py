"""What can be asked about schedules."""

from ldfleet.client.calls import Call, body_of, matching, nothing, params_of, path
from ldfleet.wire.schedules import (
    PauseIn,
    PauseOut,
    PreviewOut,
    ScheduleFilter,
    ScheduleIn,
    ScheduleOut,
    SchedulePatch,
    TimingIn,
)
from ldfleet.wire.shapes import Page


def page(which: ScheduleFilter | None = None) -> Call[Page[ScheduleOut]]:
    """Schedules by name."""
    return Call(
        path=path("schedules"),
        params=params_of(which or ScheduleFilter()),
        read=Page[ScheduleOut].model_validate_json,
    )


def get(schedule_id: str) -> Call[ScheduleOut]:
    """One schedule."""
    return Call(path=path("schedules", schedule_id), read=ScheduleOut.model_validate_json)


def add(draft: ScheduleIn) -> Call[ScheduleOut]:
    """Put a schedule on record."""
    return Call(
        method="POST",
        path=path("schedules"),
        body=body_of(draft),
        read=ScheduleOut.model_validate_json,
    )


def change(
    schedule_id: str, patch: SchedulePatch, *, if_version: int | None = None
) -> Call[ScheduleOut]:
    """Change what the patch names; with `if_version`, only if nobody else did meanwhile."""
    return Call(
        method="PATCH",
        path=path("schedules", schedule_id),
        body=body_of(patch),
        headers=matching(if_version),
        read=ScheduleOut.model_validate_json,
    )


def remove(schedule_id: str, *, if_version: int | None = None) -> Call[None]:
    """Take a schedule off record."""
    return Call(
        method="DELETE",
        path=path("schedules", schedule_id),
        headers=matching(if_version),
        read=nothing,
    )


def run(schedule_id: str) -> Call[ScheduleOut]:
    """Submit it now."""
    return Call(
        method="POST",
        path=path("schedules", schedule_id, "run"),
        read=ScheduleOut.model_validate_json,
    )


def preview(timing: TimingIn) -> Call[PreviewOut]:
    """When such a schedule would run next."""
    return Call(
        method="POST",
        path=path("schedules", "preview"),
        body=body_of(timing),
        read=PreviewOut.model_validate_json,
    )


def paused() -> Call[PauseOut]:
    """Whether all schedules are paused."""
    return Call(path=path("schedules", "pause"), read=PauseOut.model_validate_json)


def pause(why: PauseIn) -> Call[PauseOut]:
    """Run no schedule until resumed."""
    return Call(
        method="POST",
        path=path("schedules", "pause"),
        body=body_of(why),
        read=PauseOut.model_validate_json,
    )


def resume() -> Call[PauseOut]:
    """Run schedules again."""
    return Call(method="POST", path=path("schedules", "resume"), read=PauseOut.model_validate_json)
