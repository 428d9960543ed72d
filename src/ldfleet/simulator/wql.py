"""The little WQL that monitoring clients use: select … from … where a = 'b'."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ldfleet.simulator.seam import CimValue

QUERY = re.compile(
    r"\s*select\s+(?P<columns>\*|\w+(?:\s*,\s*\w+)*)\s+from\s+(?P<source>\w+)"
    r"(?:\s+where\s+(?P<conditions>.+?))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(
    r"\s*(?P<name>\w+)\s*(?P<operator><=|>=|<>|!=|=|<|>|\blike\b|\bis\s+not\b|\bis\b)\s*"
    r"(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|-?\d+|true|false|null)\s*",
    re.IGNORECASE | re.DOTALL,
)
AND = re.compile(r"and\b", re.IGNORECASE)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
Literal = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    name: str
    operator: str
    value: Literal

    def holds(self, properties: Mapping[str, CimValue]) -> bool:
        """As WMI compares: names and strings ignore case; null equals nothing."""
        known = {name.casefold(): value for name, value in properties.items()}
        actual = known.get(self.name.casefold())
        if self.operator in {"is", "is not"}:
            return (actual is None) == (self.operator == "is")
        if actual is None or self.value is None:
            return False
        return OPERATORS[self.operator](*_comparable(actual, self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    source: str
    columns: tuple[str, ...] = ()
    """Empty for `*`."""
    conditions: tuple[Condition, ...] = ()

    def matches(self, properties: Mapping[str, CimValue]) -> bool:
        return all(each.holds(properties) for each in self.conditions)


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        ValueError: it is not WQL, or WQL beyond this.
    """
    found = QUERY.fullmatch(text)
    if found is None:
        raise ValueError("Invalid query ")
    columns = () if found["columns"] == "*" else tuple(re.split(r"\s*,\s*", found["columns"]))
    return Query(
        source=found["source"],
        columns=columns,
        conditions=_conditions(found["conditions"] or ""),
    )


def _conditions(text: str) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    at = 0
    while at < len(text):
        found = CONDITION.match(text, at)
        if found is None:
            raise ValueError("Invalid query ")
        operator = " ".join(found["operator"].lower().split())
        conditions.append(
            Condition(name=found["name"], operator=operator, value=_literal(found["value"]))
        )
        at = found.end()
        if at < len(text):
            joint = AND.match(text, at)
            if joint is None or joint.end() == len(text):
                raise ValueError("Invalid query ")
            at = joint.end()
    return tuple(conditions)


def _literal(text: str) -> Literal:
    if text[0] in "'\"":
        return ESCAPE.sub(r"\1", text[1:-1])
    words: dict[str, Literal] = {"true": True, "false": False, "null": None}
    return words[text.lower()] if text.lower() in words else int(text)


def _comparable(actual: CimValue, literal: Literal) -> tuple[str | int, str | int]:
    if isinstance(actual, int) and isinstance(literal, int):
        return int(actual), int(literal)
    if isinstance(actual, int) and isinstance(literal, str) and literal.lstrip("-").isdigit():
        return int(actual), int(literal)  # uint64 travels as a string in many clients
    return str(actual).casefold(), str(literal).casefold()


def _like(actual: str | int, pattern: str | int) -> bool:
    parts = (
        ".*" if each == "%" else "." if each == "_" else re.escape(each) for each in str(pattern)
    )
    return re.fullmatch("".join(parts), str(actual), re.DOTALL) is not None


OPERATORS: Mapping[str, Callable[[str | int, str | int], bool]] = {
    "=": lambda actual, literal: actual == literal,
    "<>": lambda actual, literal: actual != literal,
    "!=": lambda actual, literal: actual != literal,
    "<": lambda actual, literal: _order(actual, literal) < 0,
    ">": lambda actual, literal: _order(actual, literal) > 0,
    "<=": lambda actual, literal: _order(actual, literal) <= 0,
    ">=": lambda actual, literal: _order(actual, literal) >= 0,
    "like": _like,
}


def _order(actual: str | int, literal: str | int) -> int:
    if isinstance(actual, int) and isinstance(literal, int):
        return (actual > literal) - (actual < literal)
    return (str(actual) > str(literal)) - (str(actual) < str(literal))
