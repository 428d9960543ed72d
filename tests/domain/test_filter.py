"""The filter language: what a text means, and how a wrong one is refused."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.domain.filter import Pattern, parse
from ldfleet.domain.listing import EMULATORS, OPERATIONS, WORKSTATIONS
from ldfleet.domain.sort import SortKey, parse_sort

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FACTS: dict[str, object] = {
    "name": 'Farm "07", spare',
    "status": "ready",
    "power": "running",
    "android": "ready",
    "adb": None,
    "workstation": "PC-01",
    "site": "default",
    "tag": ("qa", "spare"),
    "cpu": 4,
    "memory": None,
    "index": 0,
    "install": r"C:\LDPlayer\LDPlayer9",
    "notes": "",
    "trouble": None,
    "protected": True,
    "current": True,
    "seen": NOW - timedelta(minutes=3),
    "since": NOW - timedelta(days=2),
    "created": datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC),
    "updated": NOW,
    "id": "em_1",
    "workstation_id": "ws_1",
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "farm",
        "FARM",
        "f*07*spare",
        "status:ready",
        "Status:READY",
        "status:stopped,ready power:running",
        "tag:qa",
        "tag:none,spa*",
        "-tag:none",
        "ws:pc-0*",
        "workstation:pc-01",
        'name:"farm ""07"", spare"',
        '"07"',
        "cpu:4",
        "cpu:>3",
        "cpu:>=4 cpu:<=4 cpu:<4.5",
        "index:0",
        "-memory:>0",
        "-adb:ready",
        "-trouble:*",
        "protected:yes -protected:no",
        "seen:<5m",
        "since:>1d since:<3d",
        "created:2026-11-20",
        "created:>=2026-11-20T23:59:59Z created:<2026-11-21",
        r"install:c:\ldplayer*",
        "id:em_1,em_2",
    ],
)
def test_a_filter_means_what_it_says(text: str) -> None:
    assert parse(text, EMULATORS, now=NOW).holds(FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "nobody",
        "-farm",
        "f*7",
        "status:stopped",
        "status:ready -tag:qa",
        "tag:q",
        "tag:QA-*",
        "ws:pc-0",
        'name:"farm*"',
        "cpu:>4",
        "memory:>0",
        "memory:<9999",
        "adb:ready",
        "trouble:*",
        "protected:no",
        "seen:>5m",
        "since:<1d",
        "created:2026-11-21",
        "created:>2026-11-20T23:59:59Z",
    ],
)
def test_a_filter_rules_out_what_it_does_not_say(text: str) -> None:
    assert not parse(text, EMULATORS, now=NOW).holds(FACTS)


@given(
    st.lists(st.text("ab", max_size=3), min_size=1, max_size=5),
    st.text("ab", max_size=12),
)
def test_a_pattern_fits_what_a_regular_expression_fits(parts: list[str], text: str) -> None:
    expected = re.fullmatch(".*".join(parts), text) is not None

    assert Pattern(tuple(parts)).fits(text) is expected


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    """It took a regular expression longer than anybody waits, and the server with it."""
    stars = "*a" * 450

    assert parse(f"install:{stars}", EMULATORS, now=NOW).holds({**FACTS, "install": "a" * 4000})
    assert not parse(f"install:{stars}*b", EMULATORS, now=NOW).holds(
        {**FACTS, "install": "a" * 4000}
    )


@pytest.mark.parametrize(
    ("text", "word", "place", "rule"),
    [
        ("farm app:com.x", "app:com.x", 6, "which apps are installed is not kept"),
        ("status:ready colour:red", "colour:red", 14, "no field 'colour'"),
        ("status:rady", "status:rady", 1, "must be one of stopped, starting, ready"),
        ("status:", "status:", 1, "a value is missing"),
        ("tag:a,,b", "tag:a,,b", 1, "a value is missing"),
        ("cpu:>", "cpu:>", 1, "a value is missing"),
        ("cpu:many", "cpu:many", 1, "must be a number"),
        ("cpu:1e999", "cpu:1e999", 1, "must be a number"),
        ("name:>a", "name:>a", 1, "has no order"),
        ("protected:maybe", "protected:maybe", 1, "is yes or no"),
        ("seen:5m", "seen:5m", 1, "an age with a sign"),
        ("seen:>soon", "seen:>soon", 1, "an age with a sign"),
        ("seen:>999999w", "seen:>999999w", 1, "an age with a sign"),
        ("created:9999-12-31", "created:9999-12-31", 1, "an age with a sign"),
        ("-", "-", 1, "a field or a name must follow"),
        ('""', '""', 1, "a field or a name must follow"),
        (":x", ":x", 1, "no field ''"),
        ('a "b c', '"b c', 3, "the quote does not end"),
        ("a\tb", "a\tb", 1, "control characters"),
        ("x" * 1001, "x" * 20 + "…", 1, "longer than 1000"),
        ("id:" + "a," * 101 + "a", "id:" + "a," * 101 + "a", 1, "more than 100 values"),
    ],
)
def test_a_wrong_word_is_named_with_its_place_and_the_rule(
    text: str, word: str, place: int, rule: str
) -> None:
    with pytest.raises(errors.FilterInvalid, match=r"Fields: name, status") as refused:
        parse(text, EMULATORS, now=NOW)

    assert (refused.value.word, refused.value.place) == (word, place)
    assert rule in str(refused.value)


def test_each_noun_has_its_own_fields() -> None:
    assert parse("verb:launch over:no", OPERATIONS, now=NOW).terms
    assert parse("host:10.* maintenance:yes", WORKSTATIONS, now=NOW).terms
    with pytest.raises(errors.FilterInvalid, match="workstations have no field 'verb'"):
        parse("verb:launch", WORKSTATIONS, now=NOW)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        parse(text, EMULATORS, now=NOW).holds(FACTS)
    except errors.FilterInvalid as refused:
        assert refused.known.startswith("name, status")


def test_a_sort_names_fields_and_their_direction() -> None:
    assert parse_sort("-status, name", EMULATORS) == (
        SortKey("status", descending=True),
        SortKey("name"),
    )
    assert parse_sort("created_at", EMULATORS) == (SortKey("created"),)
    assert parse_sort(" ", EMULATORS) == ()


@pytest.mark.parametrize("text", ["colour", "name,", "--name", "tag", "name,status,cpu,index,id"])
def test_a_sort_by_what_has_no_order_is_refused(text: str) -> None:
    with pytest.raises(errors.SortInvalid, match=r"Fields: name, status.*site"):
        parse_sort(text, EMULATORS)
