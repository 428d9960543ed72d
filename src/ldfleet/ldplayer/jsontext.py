"""Changing single values of a JSON object in its text, every other byte left as it is."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from ldfleet.errors import JSON
from ldfleet.ldplayer.text import NotUnderstood

_BOM = "\ufeff"
_BLANK = re.compile(r"[ \t\r\n]*")
_INDENT = 4  # of LDPlayer's own files (ldconsole.md 3.2)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(strict=False, parse_constant=_refuse_constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A key and its value in the text; the gap is the blank before the key."""

    key: str
    gap_start: int
    key_start: int
    key_end: int
    value_start: int
    value_end: int


def read_object(content: bytes) -> dict[str, JSON]:
    """The object that a file is. Raises NotUnderstood."""
    text = _text(content)
    try:
        value: Any = _DECODER.decode(text.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        ending = "it may be truncated" if text.strip() else "it is empty"
        raise NotUnderstood(f"no JSON ({error}); {ending}") from error
    if not isinstance(value, dict):
        raise NotUnderstood("no JSON object")
    return cast("dict[str, JSON]", value)


def substitute(content: bytes, values: Mapping[str, JSON]) -> bytes:
    """A content that `read_object` takes, with these values: in their place, else at the end."""
    text = _text(content)
    members = list(_members(text))
    places = {member.key: member for member in members}  # of a key twice, the last one counts
    new = {key: value for key, value in values.items() if key not in places}
    if new:
        text = _appended(text, members[-1], new) if members else _filled(text, new)
    for member in reversed(members):
        if member.key in values and places[member.key] is member:
            shown = render(values[member.key], gap=text[member.gap_start : member.key_start])
            text = text[: member.value_start] + shown + text[member.value_end :]
    return text.encode()


def dump(value: JSON) -> str:
    """In one line; tells 1, 1.0 and true apart, which are equal in Python."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def render(value: JSON, *, gap: str) -> str:
    """As a file writes values whose keys follow such a gap: over several lines, if it has lines."""
    before, newline, indent = gap.rpartition("\n")
    if not newline or not isinstance(value, dict | list):
        return dump(value)
    newline = "\r\n" if before.endswith("\r") else "\n"
    lines = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=_INDENT)
    return lines.replace("\n", newline + indent)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"byte {error.start} is not UTF-8") from error


def _members(text: str) -> Iterator[_Member]:
    gap = text.index("{") + 1
    at = _skip(text, gap)
    while text[at] == '"':
        key, key_end = _DECODER.raw_decode(text, at)
        value_start = _skip(text, text.index(":", key_end) + 1)
        _, value_end = _DECODER.raw_decode(text, value_start)
        yield _Member(
            key=key,
            gap_start=gap,
            key_start=at,
            key_end=key_end,
            value_start=value_start,
            value_end=value_end,
        )
        gap = _skip(text, value_end) + 1  # after the comma, or the closing brace
        at = _skip(text, gap) if text[gap - 1] == "," else gap - 1


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _appended(text: str, last: _Member, new: Mapping[str, JSON]) -> str:
    gap = text[last.gap_start : last.key_start]
    colon = text[last.key_end : last.value_start]
    added = "".join(
        f",{gap}{dump(key)}{colon}{render(value, gap=gap)}" for key, value in new.items()
    )
    return text[: last.value_end] + added + text[last.value_end :]


def _filled(text: str, new: Mapping[str, JSON]) -> str:
    gap = "\n" + " " * _INDENT
    inside = ",".join(f"{gap}{dump(key)}: {render(value, gap=gap)}" for key, value in new.items())
    return f"{text[: text.index('{')]}{{{inside}\n{text[text.index('}') :]}"
