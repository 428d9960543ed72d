"""Filters and sorts of any list, as Hypothesis makes them up, and the certain way to sort."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ldfleet.domain.listing import FieldKind, Noun
from ldfleet.domain.sort import Sort, SortKey

NAMES = ("Игрок", "игрок", "farm-1", "FARM-10", "100% sure", "a_b", "back\\slash", "ßt", 'it"s')
SEARCHED = ("игр*", "farm", "*1*", "100%*", "%", "_", "a_b", "back\\*", "SST", '"it""s"', "*", "-x")
many = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example fills a database
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def values_of(noun: Noun, name: str) -> st.SearchStrategy[str]:
    field = noun.find(name)
    assert field is not None
    kinds: dict[FieldKind, st.SearchStrategy[str]] = {
        FieldKind.NAME: st.sampled_from(SEARCHED),
        FieldKind.TEXT: st.sampled_from(
            [
                "*",
                "pc-*",
                "PC-1",
                "def*",
                "berlin",
                "em_000*",
                "*note",
                "ANNA",
                "a_b",
                "*0001",
                "100%*",
            ]
        ),
        FieldKind.CHOICE: st.sampled_from(field.choices or ("",)),
        FieldKind.TAGS: st.sampled_from(["qa", "q_a", "q*a", "qa*", "*a", "none"]),
        FieldKind.NUMBER: st.sampled_from(["2", ">2", ">=2", "<4", "<=0", ">2.5", "2048"]),
        FieldKind.MOMENT: st.sampled_from(
            ["<30m", ">1h", ">=0s", "2026-11-22", "<2026-11-22T13:00"]
        ),
        FieldKind.FLAG: st.sampled_from(["yes", "no"]),
    }
    return kinds[field.kind]


@st.composite
def filters(draw: st.DrawFn, noun: Noun) -> str:
    def term() -> str:
        name = draw(st.sampled_from([field.name for field in noun.fields]))
        values = draw(st.lists(values_of(noun, name), min_size=1, max_size=2))
        return f"{draw(st.sampled_from(['', '-']))}{name}:{','.join(values)}"

    return " ".join(term() for _ in range(draw(st.integers(1, 3))))


def sorts(noun: Noun) -> st.SearchStrategy[Sort]:
    fields = [field.name for field in noun.fields if field.sortable]
    keys = st.builds(SortKey, st.sampled_from(fields), st.booleans())
    return st.lists(keys, max_size=3, unique_by=lambda key: key.field).map(tuple)


def in_order(rows: Sequence[Mapping[str, Any]], sort: Sort) -> list[Any]:
    """The ids, sorted the slow and certain way: what is not known last, the id decides."""
    found = sorted(rows, key=lambda row: row["id"], reverse=sort[-1].descending)
    for key in reversed(sort):
        known = [row for row in found if row[key.field] is not None]
        known.sort(key=lambda row: _comparable(row[key.field]), reverse=key.descending)
        found = known + [row for row in found if row[key.field] is None]
    return [row["id"] for row in found]


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold().encode() if value in NAMES else value.encode()
    return value
