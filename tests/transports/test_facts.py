"""What WMI's text means."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ldfleet.transports.facts import parse_datetime

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T21:30:00Z", datetime(2026, 11, 22, 21, 30, tzinfo=UTC)),
        ("2026-11-22T21:30:00.5+02:00", datetime(2026, 11, 22, 21, 30, 0, 500_000, tzinfo=EAST)),
        ("2026-11-22T21:30:00", datetime(2026, 11, 22, 21, 30, tzinfo=UTC)),
        ("20261122213000.500000+120", datetime(2026, 11, 22, 21, 30, 0, 500_000, tzinfo=EAST)),
        ("20261122193000.000000-000", datetime(2026, 11, 22, 19, 30, tzinfo=UTC)),
    ],
)
def test_a_cim_datetime_is_an_aware_moment(text: str, moment: datetime) -> None:
    assert parse_datetime(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "20261122213000.******+120"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_datetime(text)
