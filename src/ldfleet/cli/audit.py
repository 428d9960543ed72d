"""`ldfleet audit …`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from ldfleet.cli import output, selection
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.exits import Exit
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.loading import load
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import audit
from ldfleet.domain.audit import AuditResult
from ldfleet.wire.audit import AuditEntryOut, AuditFilter

app = group(
    "Who did what, from where, and what came of it.",
    "ldfleet audit list --actor anna --since 2026-11-01",
    "ldfleet audit list --action workstation.      all that is done to workstations",
    "ldfleet audit verify                          on the server: was the log tampered with?",
)

Day = Annotated[datetime | None, typer.Option(help="In this computer's time.")]


def _json(told: Mapping[str, Any] | None) -> str | None:
    return None if told is None else json.dumps(told, ensure_ascii=False)


ENTRIES: Sequence[Column[AuditEntryOut]] = (
    Column("number", lambda entry: entry.seq),
    Column("at", lambda entry: entry.at),
    Column("who", lambda entry: entry.actor),
    Column("by", lambda entry: entry.source),
    Column("from", lambda entry: entry.address),
    Column("action", lambda entry: entry.action),
    Column("subject", lambda entry: entry.subject_name or entry.subject),
    Column("result", lambda entry: entry.code or entry.result),
    Column("before", lambda entry: _json(entry.before)),
    Column("after", lambda entry: _json(entry.after)),
    Column("reason", lambda entry: entry.reason),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    actor: Annotated[str | None, typer.Option(help="Who did it.")] = None,
    action: Annotated[
        str | None, typer.Option(help="As workstation.change; workstation. for all of them.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The id of what it was done to.")] = None,
    result: Annotated[AuditResult | None, typer.Option(help="What came of it.")] = None,
    since: Day = None,
    until: Day = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(ENTRIES)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List who did what, newest first."""
    asked = {
        "actor": actor,
        "action": action,
        "subject": subject,
        "result": result,
        "since": None if since is None else since.astimezone(),
        "until": None if until is None else until.astimezone(),
    }
    given = only_given(**asked, filter=filter_, sort=sort)
    with connect() as client:
        call = audit.page(built(AuditFilter, given))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, ENTRIES, output_format, every=ENTRIES, names=shown, quiet=quiet)


@app.command(epilog=epilog("ldfleet audit verify || echo 'call somebody'"))
def verify() -> None:
    """Say whether every entry is what was written.

    Exit code 12 if one is not. Run it where the server runs: it reads the database that the
    settings name.
    """
    verdict = load("ldfleet.bootstrap.auditing:verify")()
    if verdict.broken is None:
        output.print_line(f"All {verdict.entries} entries are what was written.")
        return
    output.say(f"Entry {verdict.broken}: {verdict.reason}.")
    output.say(f"The {verdict.entries} entries before it are what was written.")
    raise typer.Exit(Exit.FINDINGS)
