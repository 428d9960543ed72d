"""The one place that prints: data to standard output, everything else to standard error."""

import csv
import json
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Any, Generic, TypeVar, cast

import typer
from pydantic import BaseModel

from ldfleet.cli import exits
from ldfleet.cli.loading import load
from ldfleet.errors import FleetError
from ldfleet.wire.problem import Failure, problem_of
from ldfleet.wire.shapes import Page

M = TypeVar("M", bound=BaseModel)

_FORMAT = "ldfleet.format"


class Format(StrEnum):
    """How data is printed."""

    TABLE = auto()
    WIDE = auto()
    JSON = auto()
    NDJSON = auto()
    YAML = auto()
    CSV = auto()
    NAME = auto()

    @property
    def for_people(self) -> bool:
        """Whether somebody reads it."""
        return self in {Format.TABLE, Format.WIDE}

    @property
    def whole(self) -> bool:
        """Whether it shows all there is as one document, without columns."""
        return self in {Format.JSON, Format.YAML}


def _remember(ctx: typer.Context, chosen: Format) -> Format:
    ctx.meta[_FORMAT] = chosen
    return chosen


def chosen_in(meta: Mapping[str, Any]) -> Format:
    """How the command at hand prints."""
    chosen: Format = meta.get(_FORMAT, Format.TABLE)
    return chosen


As = Annotated[
    Format,
    typer.Option(
        "--output",
        "-o",
        callback=_remember,
        is_eager=True,
        help="table, wide (all columns) for people; json, ndjson, yaml, csv, name (ids) for "
        "programs.",
    ),
]


@dataclass(frozen=True, slots=True)
class Column(Generic[M]):
    """A column of a table; `cell` may give None for an empty cell."""

    title: str
    cell: Callable[[M], object]


def show_page(page: Page[M], columns: Sequence[Column[M]], chosen: Format) -> None:
    """A list."""
    if chosen.whole:
        print(_whole(page, chosen))
        return
    _show_items(page.items, columns, chosen)
    if page.next_cursor is not None and chosen.for_people:
        say(f"There are more: --cursor {page.next_cursor}")


def show_one(item: M, rows: Sequence[Column[M]], chosen: Format) -> None:
    """One thing: its fields below each other, for people."""
    if chosen.whole:
        print(_whole(item, chosen))
    elif chosen.for_people:
        width = max(len(row.title) for row in rows)
        for row in rows:
            value = _text(row.cell(item))
            print(f"{row.title.ljust(width)}  {value}".rstrip())
    else:
        _show_items([item], rows, chosen)


def print_piece(item: BaseModel, chosen: Format) -> None:
    """One of many that come by and by: a line of JSON, or a document of YAML."""
    if chosen is Format.YAML:
        print(f"---\n{_whole(item, chosen)}", flush=True)
    else:
        print(item.model_dump_json(), flush=True)


def _whole(item: BaseModel, chosen: Format) -> str:
    if chosen is Format.JSON:
        return item.model_dump_json(indent=2)
    return _yaml(item.model_dump(mode="json"))


def _yaml(data: object) -> str:
    dumped: str = load("yaml:safe_dump")(data, sort_keys=False, allow_unicode=True)
    return dumped.rstrip("\n")


def say(text: str) -> None:
    """A remark for people."""
    print(_printable(text), file=sys.stderr)


def print_line(text: str) -> None:
    """A line of data."""
    print(_printable(text))


def print_text(text: str) -> None:
    """Several lines of data, as another program printed them."""
    for line in text.splitlines():
        print_line(line.expandtabs())


def print_bytes(content: bytes) -> None:
    """Data that is no text, as it is."""
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def say_text(text: str) -> None:
    """The same for what is no data."""
    for line in text.splitlines():
        say(line.expandtabs())


class ProgressLine:
    """What happens now: one line that changes on a terminal, a line for each change elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = ""

    def tell(self, text: str) -> None:
        """Show it, unless it is what was shown last."""
        if text == self._last:
            return
        self._last = text
        shown = _printable(text)
        print(f"\r\x1b[2K{shown}" if self._live else shown, **self._ending())

    def end(self) -> None:
        """Leave the line."""
        if self._live and self._last:
            print(file=sys.stderr)
        self._last = ""

    def _ending(self) -> dict[str, Any]:
        return {"file": sys.stderr, "end": "" if self._live else "\n", "flush": True}


def tell_failure(error: FleetError, meta: MutableMapping[str, Any]) -> exits.Exit:
    """A failed request; gives the exit code."""
    code = exits.of_error(error)
    chosen = chosen_in(meta)
    if chosen in {Format.JSON, Format.NDJSON, Format.YAML}:
        document = problem_of(error, correlation_id=error.correlation_id).model_dump(mode="json")
        meaning = {"exit_code": int(code), "exit_code_desc": exits.MEANINGS[code]}
        told = document | meaning
        as_yaml = chosen is Format.YAML
        print(_yaml(told) if as_yaml else json.dumps(told, ensure_ascii=False), file=sys.stderr)
        return code
    say(f"Error: {error}")
    for note in (error.hint, *getattr(error, "__notes__", ())):
        if note:
            say(f"  {note}")
    request = f", correlation id {error.correlation_id}" if error.correlation_id else ""
    say(f"  ({error.code}{request})")
    return code


def tell_operation_failure(name: str, failure: Failure) -> None:
    """Why an operation failed."""
    say(f"{name}: {failure.detail}")
    if failure.hint:
        say(f"  {failure.hint}")
    say(f"  ({failure.code})")


def age(seconds: float | None) -> str:
    """How long ago, in a few letters."""
    if seconds is None:
        return "never"
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"


def _show_items(items: Sequence[M], columns: Sequence[Column[M]], chosen: Format) -> None:
    if chosen.for_people:
        _show_table(items, columns)
    elif chosen is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([column.title for column in columns])
        writer.writerows([[_text(column.cell(item)) for column in columns] for item in items])
    elif chosen is Format.NDJSON:
        for item in items:
            print(item.model_dump_json())
    else:
        for item in items:
            # What has no id is known by what its first column says.
            print(getattr(item, "id", None) or _text(columns[0].cell(item)))


def _show_table(items: Sequence[M], columns: Sequence[Column[M]]) -> None:
    cells = [[_text(column.cell(item)) for column in columns] for item in items]
    titles = [column.title.upper() for column in columns]
    if sys.stdout.isatty():
        load("ldfleet.cli.colours:draw")(titles, cells)
        return
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    for row in (titles, *cells):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return _printable(", ".join(str(each) for each in cast("list[object]", value)))
    return _printable(str(value))


def _printable(text: str) -> str:
    # Names come from PCs: an escape sequence in one must not reach the terminal.
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
