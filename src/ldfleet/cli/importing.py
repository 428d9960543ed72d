"""`ldfleet workstations import`: many PCs from a file."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ldfleet import errors
from ldfleet.cli import exits, output
from ldfleet.cli.connection import connect, new_password
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.sending import built
from ldfleet.client import imports
from ldfleet.wire.imports import ImportedRow, WorkstationsImport
from ldfleet.wire.shapes import Page

_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_NUMBERS = frozenset({"port", "boots"})

ROWS: Sequence[Column[ImportedRow]] = (
    Column("row", lambda one: one.row),
    Column("name", lambda one: one.name),
    Column("result", lambda one: one.status),
    Column("id", lambda one: one.workstation_id),
    Column("why", lambda one: one.failure and one.failure.detail),
)


def import_(
    *,
    file: Annotated[Path, typer.Argument(help="CSV with a line of names, or JSON.", exists=True)],
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Of those without one: read it from standard input."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be, add none.")
    ] = False,
    output_format: As = Format.TABLE,
) -> None:
    """Add many workstations from a file.

    The columns are the fields of the API: name, host, username, tags (qa;spare), site, tls, boots,
    … An empty cell is left out. Passwords may be in it, else --password-stdin or LDFLEET_PASSWORD
    is that of all. A row that is refused keeps no other out; exits 7 if some were.
    """
    asked = built(WorkstationsImport, {"rows": _rows(file), "dry_run": dry_run})
    password = new_password(stdin=password_stdin, ask=False)
    if password is not None:
        rows = tuple({"password": password, **row} for row in asked.rows)
        asked = asked.model_copy(update={"rows": rows})
    with connect() as client:
        done = client.send(imports.import_workstations(asked))
    if output_format.whole:
        output.show_one(done, (), output_format)
    else:
        output.show_page(Page(items=done.rows, next_cursor=None), ROWS, output_format)
    codes = [
        exits.Exit.OK if one.failure is None else exits.of_error(one.failure.error())
        for one in done.rows
    ]
    raise typer.Exit(exits.of_many(codes))


def _rows(file: Path) -> Any:
    """What it holds, not yet checked."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.lower() == ".json":
            found: Any = json.loads(text)
        else:
            found = [_typed(row) for row in csv.DictReader(io.StringIO(text), strict=True)]
    except (OSError, ValueError, csv.Error) as exc:
        reason = f"{file} can't be read as CSV or JSON: {exc}"
        raise errors.FieldInvalid(field="file", reason=reason) from exc
    return found


def _typed(row: Mapping[str | None, Any]) -> dict[str, Any]:
    """Texts as the API's types; what is no such text goes as it is, for the server to name."""
    given: dict[str, Any] = {}
    for name, cell in row.items():
        if name is None:
            raise ValueError("a line has more cells than there are columns")
        text = (cell or "").strip()
        if not text:
            continue
        given[name.strip()] = _value(name.strip(), text)
    boots = given.pop("boots", None)
    return given if boots is None else {**given, "limits": {"boots": boots}}


def _value(name: str, text: str) -> object:
    if name == "tags":
        return [tag.strip() for tag in text.split(";") if tag.strip()]
    if name == "tls" and text.lower() in _YES | _NO:
        return text.lower() in _YES
    return int(text) if name in _NUMBERS and text.isdecimal() else text
