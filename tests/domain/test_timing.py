"""When schedules come: zones, daylight saving, blackouts, jitter."""

from datetime import UTC, datetime, time, timedelta
from itertools import islice

import pytest

from ldfleet import errors
from ldfleet.domain.timing import Blackout, Timing

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(timing: Timing, after: datetime = NOON, count: int = 3) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in islice(timing.after(after), count)]


def refusal(timing: Timing) -> errors.FieldInvalid:
    with pytest.raises(errors.FieldInvalid) as caught:
        timing.check(NOON)
    return caught.value


def test_a_time_is_the_wall_clocks_of_its_zone() -> None:
    assert times(Timing(cron="30 3 * * *", zone="Europe/Berlin"), count=2) == [
        "11-23 02:30",
        "11-24 02:30",
    ]
    assert times(Timing(cron="30 3 * * *", zone="Asia/Shanghai"), count=1) == ["11-22 19:30"]
    assert times(Timing(cron="30 3 * * *"), count=1) == ["11-23 03:30"]


def test_weekdays_have_names() -> None:
    assert times(Timing(cron="0 8 * * mon-fri")) == ["11-23 08:00", "11-24 08:00", "11-25 08:00"]


def test_the_time_that_is_now_is_not_the_next() -> None:
    assert times(Timing(cron="0 12 * * *"), count=1) == ["11-23 12:00"]
    assert times(Timing(cron="0 12 * * *"), NOON - timedelta(microseconds=1), 1) == ["11-22 12:00"]


def test_a_time_that_the_clock_jumps_over_comes_right_after_the_jump() -> None:
    """Berlin, 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC."""
    daily = Timing(cron="30 2 * * *", zone="Europe/Berlin")

    assert times(daily, at("2026-03-28 00:00")) == ["03-28 01:30", "03-29 01:00", "03-30 00:30"]


def test_a_time_that_the_clock_shows_twice_comes_once() -> None:
    """Berlin, 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC."""
    daily = Timing(cron="30 2 * * *", zone="Europe/Berlin")

    assert times(daily, at("2026-10-24 12:00")) == ["10-25 00:30", "10-26 01:30", "10-27 01:30"]


def test_what_recurs_within_hours_follows_real_time() -> None:
    half_hourly = Timing(cron="*/30 * * * *", zone="Europe/Berlin")
    spring, autumn = at("2026-03-29 00:00"), at("2026-10-25 00:00")

    for start in (spring, autumn):
        found = list(islice(half_hourly.after(start), 6))
        assert found == [start + timedelta(minutes=30 * n) for n in range(1, 7)]


def test_a_blackout_leaves_times_out_over_midnight() -> None:
    night = Blackout(start=time(22), end=time(6))
    timing = Timing(cron="0 */4 * * *", blackouts=(night,))

    assert times(timing, count=5) == [
        "11-22 16:00",
        "11-22 20:00",
        "11-23 08:00",
        "11-23 12:00",
        "11-23 16:00",
    ]
    assert timing.dark(at("2026-11-22 22:00")) and timing.dark(at("2026-11-23 05:59"))
    assert not timing.dark(at("2026-11-23 06:00")) and not timing.dark(at("2026-11-22 21:59"))


def test_a_blackout_ends_with_a_run_if_one_is_then() -> None:
    timing = Timing(cron="0 * * * *", blackouts=(Blackout(start=time(13), end=time(18)),))

    assert times(timing, count=2) == ["11-22 18:00", "11-22 19:00"]


def test_a_blackout_of_days_begins_on_these() -> None:
    """2026-11-22 is a Sunday; the window of Sunday night reaches into Monday."""
    sundays = Blackout(start=time(20), end=time(4), days=("sun",))
    timing = Timing(cron="0 2,21 * * *", blackouts=(sundays,))

    assert times(timing) == ["11-23 21:00", "11-24 02:00", "11-24 21:00"]


def test_a_blackout_is_on_the_zones_clock() -> None:
    timing = Timing(
        cron="0 * * * *",
        zone="Asia/Shanghai",
        blackouts=(Blackout(start=time(20), end=time(23)),),
    )

    assert times(timing, at("2026-11-22 11:30"), 1) == ["11-22 15:00"]


def test_chance_says_how_much_of_the_jitter_is_taken() -> None:
    timing = Timing(cron="0 * * * *", jitter=600)

    assert timing.next(NOON, chance=0.0) == at("2026-11-22 13:00")
    assert timing.next(NOON, chance=0.5) == at("2026-11-22 13:05")
    assert timing.next(NOON, chance=1.0) == at("2026-11-22 13:10")


def test_a_jitter_never_leads_into_a_blackout() -> None:
    timing = Timing(
        cron="0 * * * *", jitter=600, blackouts=(Blackout(start=time(13, 5), end=time(15)),)
    )

    assert timing.next(NOON, chance=0.9) == at("2026-11-22 13:00")


def test_a_jitter_over_half_the_distance_of_runs_is_refused() -> None:
    Timing(cron="*/10 * * * *", jitter=300).check(NOON)

    refused = refusal(Timing(cron="*/10 * * * *", jitter=301))

    assert refused.field == "jitter_s" and "0:10:00" in refused.reason


@pytest.mark.parametrize(
    "cron", ["", "* * * *", "0 0 3 * * *", "61 * * * *", "0 0 30 2 *", "@daily", "a b c d e"]
)
def test_what_is_no_cron_is_refused(cron: str) -> None:
    assert refusal(Timing(cron=cron)).field == "cron"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "GMT+1:00"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    assert refusal(Timing(cron="0 3 * * *", zone=zone)).field == "zone"


def test_what_is_no_day_is_refused() -> None:
    blackout = Blackout(start=time(1), end=time(2), days=("mon", "monday"))

    refused = refusal(Timing(cron="0 3 * * *", blackouts=(blackout,)))

    assert refused.field == "blackouts.0.days" and "monday is no day" in refused.reason


@pytest.mark.parametrize("cron", ["0 3 * * *", "* * * * *", "0 3 29 2 *"])
def test_a_blackout_that_leaves_no_time_is_refused(cron: str) -> None:
    always = Blackout(start=time(0), end=time(0))
    halves = (Blackout(start=time(0), end=time(12)), Blackout(start=time(12), end=time(0)))

    assert "blackout" in refusal(Timing(cron=cron, blackouts=(always,))).reason
    assert "blackout" in refusal(Timing(cron=cron, blackouts=halves)).reason
    assert Timing(cron=cron, blackouts=(always,)).next(NOON, chance=0) is None
