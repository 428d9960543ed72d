"""What `ports.Profiles` and `ports.Schedules` promise, held against SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import Screen
from ldfleet.domain.hardware import HardwareSettings
from ldfleet.domain.ids import ProfileId
from ldfleet.domain.profile import App, IdRule, Profile
from ldfleet.domain.schedule import LastRun, Misfire, Outcome, Overlap, Pause, Target
from ldfleet.domain.timing import Blackout, Timing
from ldfleet.storage.database import Database
from support.keeping import every_page
from support.schedules import a_schedule
from support.stores import START, Place


def a_profile(number: int = 1, **changes: Any) -> Profile:
    fields: dict[str, Any] = {
        "id": ProfileId(f"pf_{number:04}"),
        "name": f"phone {number}",
        "created_at": START,
        "updated_at": START,
    }
    return Profile(**{**fields, **changes})


async def test_a_profile_comes_back_as_it_was_put(database: Database) -> None:
    full = a_profile(
        2,
        name="телефон",
        settings=HardwareSettings(
            screen=Screen(width=720, height=1280, dpi=320), cpu=2, root=False, imei="auto"
        ),
        identity={"mac": IdRule.NEW, "imsi": IdRule.KEEP},
        apps=(App(package="com.example.app"), App(file=r"C:\apps\a.apk")),
        tags=("b", "a"),
        notes="for tests",
        version=7,
    )

    async with database() as work:
        await work.profiles.add(a_profile())
        await work.profiles.add(full)

    async with database() as work:
        assert await work.profiles.get("pf_0001") == a_profile()
        assert await work.profiles.get("pf_0002") == full
        with pytest.raises(errors.ProfileNotFound, match="pf_0003"):
            await work.profiles.get("pf_0003")


async def test_a_profiles_name_is_given_once(database: Database) -> None:
    async with database() as work:
        await work.profiles.add(a_profile(1))
        with pytest.raises(errors.ProfileNameTaken, match="phone 1"):
            await work.profiles.add(a_profile(2, name="phone 1"))
        await work.profiles.add(a_profile(2))
        with pytest.raises(errors.ProfileNameTaken):
            await work.profiles.change(a_profile(2, name="phone 1"), expected_version=1)


async def test_a_profile_is_changed_only_as_it_was_known(database: Database) -> None:
    async with database() as work:
        await work.profiles.add(a_profile())
        changed = await work.profiles.change(a_profile(notes="one"), expected_version=1)
        with pytest.raises(errors.RecordChanged, match="pf_0001"):
            await work.profiles.change(a_profile(notes="two"), expected_version=1)

    assert (changed.version, changed.notes) == (2, "one")


async def test_profiles_are_listed_by_name_and_removed(database: Database) -> None:
    async with database() as work:
        for number in range(5):
            await work.profiles.add(a_profile(number))
        await work.profiles.remove(ProfileId("pf_0003"))

    async with database() as work:
        found = await every_page(lambda cursor: work.profiles.list(cursor=cursor, limit=2))

    assert [profile.name for profile in found] == ["phone 0", "phone 1", "phone 2", "phone 4"]


async def test_a_schedule_comes_back_as_it_was_put(database: Database) -> None:
    full = a_schedule(
        2,
        name="ночь",
        target=Target(filter="tag:qa"),
        params={"package": "com.example.app"},
        timing=Timing(
            cron="30 3 * * mon",
            zone="Europe/Berlin",
            jitter=90.5,
            blackouts=(Blackout(start=time(22), end=time(6, 30), days=("sat", "sun")),),
        ),
        overlap=Overlap.QUEUE,
        misfire=Misfire.RUN_ONCE,
        grace=7.5,
        enabled=False,
        notes="by night",
        next_at=None,
        last=LastRun(at=START, outcome=Outcome.FAILED, reason="no: not so", run="ba_1"),
        version=3,
    )

    every = a_schedule(3, target=Target(everything=True))

    async with database() as work:
        await work.schedules.add(a_schedule())
        await work.schedules.add(full)
        await work.schedules.add(every)

    async with database() as work:
        assert await work.schedules.get("sc_0003") == every
        assert await work.schedules.get("sc_0001") == a_schedule()
        assert await work.schedules.get("sc_0002") == full
        with pytest.raises(errors.ScheduleNotFound, match="sc_0009"):
            await work.schedules.get("sc_0009")


async def test_a_schedules_name_is_given_once(database: Database) -> None:
    async with database() as work:
        await work.schedules.add(a_schedule(1))
        with pytest.raises(errors.ScheduleNameTaken, match="schedule 1"):
            await work.schedules.add(a_schedule(2, name="schedule 1"))
        await work.schedules.add(a_schedule(2))
        with pytest.raises(errors.ScheduleNameTaken):
            await work.schedules.change(a_schedule(2, name="schedule 1"), expected_version=1)


async def test_a_change_leaves_the_times_that_the_ticker_writes(database: Database) -> None:
    last = LastRun(at=START, outcome=Outcome.SUBMITTED, run="ba_1")
    later = START + timedelta(hours=2)
    async with database() as work:
        await work.schedules.add(a_schedule())
        known = await work.schedules.get("sc_0001")
        await work.schedules.move(known.id, due=known.next_at, next_at=later)
        await work.schedules.note(known.id, last)
        changed = await work.schedules.change(replace(known, notes="new"), expected_version=1)
        with pytest.raises(errors.RecordChanged, match="sc_0001"):
            await work.schedules.change(known, expected_version=1)

    assert (changed.version, changed.notes) == (2, "new")
    assert (changed.next_at, changed.last) == (later, last)


async def test_the_last_batch_outlives_a_run_that_was_skipped(database: Database) -> None:
    async with database() as work:
        await work.schedules.add(a_schedule())
        schedule = await work.schedules.get("sc_0001")
        submitted = LastRun(at=START, outcome=Outcome.SUBMITTED, run="ba_1")
        await work.schedules.note(schedule.id, submitted)
        await work.schedules.note(
            schedule.id, LastRun(at=START, outcome=Outcome.PAUSED, reason="fan")
        )

    async with database() as work:
        last = (await work.schedules.get("sc_0001")).last
    assert last == LastRun(at=START, outcome=Outcome.PAUSED, reason="fan", run="ba_1")


async def test_what_is_due_comes_by_its_time(database: Database) -> None:
    async with database() as work:
        for number, minutes in enumerate([3, 1, 2, 60]):
            at = START + timedelta(minutes=minutes)
            await work.schedules.add(a_schedule(number, next_at=at))
        await work.schedules.add(a_schedule(9, next_at=None))

    async with database() as work:
        now = START + timedelta(minutes=3)
        found = [each.id for each in await work.schedules.due(now, limit=10)]
        assert found == ["sc_0001", "sc_0002", "sc_0000"]
        assert len(await work.schedules.due(now, limit=1)) == 1
        assert await work.schedules.due(START, limit=10) == []


async def test_of_those_who_move_a_schedule_one_does(place: Place) -> None:
    """Several processes find the same run due."""
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            await work.schedules.add(a_schedule())
        schedule = a_schedule()

        async def move(database: Database, minutes: int) -> bool:
            async with database() as work:
                at = START + timedelta(minutes=minutes)
                moved = await work.schedules.move(schedule.id, due=schedule.next_at, next_at=at)
                await asyncio.sleep(0)
                return moved

        moved = await asyncio.gather(
            *(move(database, n) for n, database in enumerate([one, two] * 4))
        )

        async with one() as work:
            stored = await work.schedules.get(schedule.id)
    assert sum(moved) == 1
    assert stored.next_at == START + timedelta(minutes=moved.index(True))


async def test_all_are_paused_with_one_reason(database: Database) -> None:
    first = Pause(reason="fan", by="anna", since=START)
    second = Pause(reason="power", by="otto", since=START + timedelta(hours=1))
    async with database() as work:
        before = await work.schedules.pause_of_all()
        await work.schedules.pause_all(first)
        await work.schedules.pause_all(second)

    async with database() as work:
        during = await work.schedules.pause_of_all()
        await work.schedules.resume_all()

    async with database() as work:
        assert (before, during, await work.schedules.pause_of_all()) == (None, second, None)


async def test_schedules_are_listed_by_name_and_removed(database: Database) -> None:
    async with database() as work:
        for number in range(5):
            await work.schedules.add(a_schedule(number))
        await work.schedules.remove(a_schedule(3).id)

    async with database() as work:
        found = await every_page(lambda cursor: work.schedules.list(cursor=cursor, limit=2))

    assert [each.id for each in found] == ["sc_0000", "sc_0001", "sc_0002", "sc_0004"]
