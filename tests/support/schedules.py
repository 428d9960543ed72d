"""Schedules to put into databases."""

from datetime import timedelta
from typing import Any

from ldfleet.domain.account import User
from ldfleet.domain.actor import Role
from ldfleet.domain.ids import ScheduleId, UserId
from ldfleet.domain.schedule import Schedule, Target
from ldfleet.domain.timing import Timing
from ldfleet.domain.verb import Verb
from support.stores import START


def an_owner() -> User:
    """Whose the schedules are."""
    return User(
        id=UserId("us_anna"), name="anna", role=Role.OPERATOR, created_at=START, updated_at=START
    )


def a_schedule(number: int = 1, **changes: Any) -> Schedule:
    """Launches emulator 1 every full hour, from one hour after the start on."""
    fields: dict[str, Any] = {
        "id": ScheduleId(f"sc_{number:04}"),
        "name": f"schedule {number}",
        "verb": Verb.LAUNCH,
        "target": Target(ids=("em_0001",)),
        "timing": Timing(cron="0 * * * *"),
        "requested_by": "anna",
        "next_at": START + timedelta(hours=1),
        "created_at": START,
        "updated_at": START,
    }
    return Schedule(**{**fields, **changes})
