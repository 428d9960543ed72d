"""A cursor is what its list gave out, and nothing else."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.storage.cursors import Order
from ldfleet.storage.tables import operations, workstations

ORDER = Order("workstations", (workstations.c.name, workstations.c.port))
NEWEST = Order("operations", (operations.c.created_at, operations.c.id), descending=True)


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def page(text: str | None, order: Order = ORDER) -> sa.Select[Any]:
    return order.page(sa.select(workstations), text, 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AAAA",
        "!",
        "ключ",
        "a" * 10_000,
        "W1tbW1tbW1tb" * 1000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        cursor(),
        cursor("workstations"),
        cursor("workstations", "a"),
        cursor("workstations", "a", 1, 2),
        cursor("emulators", "a", 1),
        cursor("workstations", 1, 1),
        cursor("workstations", "a", "1"),
        cursor("workstations", "a", 1.5),
        cursor("workstations", "a", *[True]),
        cursor("workstations", "a", None),
        cursor("workstations", "a\x00", 1),
        cursor("workstations", "\ud800", 1),
        cursor("workstations", "a", 2**63),
        cursor({"workstations": 1}),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(errors.CursorInvalid):
        page(text)


@pytest.mark.parametrize("moment", [2**62, -(2**62), 10**40, "2026-01-01", None, 1.0])
def test_a_time_that_does_not_exist_is_refused(moment: Any) -> None:
    with pytest.raises(errors.CursorInvalid):
        page(cursor("operations", moment, "op_1"), NEWEST)


@given(name=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_every_place_in_a_list_has_a_cursor(name: str) -> None:
    rows = [{"name": name, "port": 5986}, {"name": name, "port": 5987}]

    text = ORDER.next_cursor(rows, 1)

    assert text is not None
    assert {name, 5986} <= set(page(text).compile().params.values())


def test_a_time_comes_back_to_the_microsecond() -> None:
    moment = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)

    text = NEWEST.next_cursor([{"created_at": moment, "id": "op_1"}] * 2, 1)

    assert moment in page(text, NEWEST).compile().params.values()


def test_the_last_page_has_no_cursor() -> None:
    rows = [{"name": "a", "port": 1}, {"name": "b", "port": 1}]

    assert ORDER.next_cursor(rows, 2) is None
    assert ORDER.next_cursor([], 2) is None


@given(st.text())
def test_chance_is_never_a_cursor(text: str) -> None:
    with pytest.raises(errors.CursorInvalid):
        page(text)
