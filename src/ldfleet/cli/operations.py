"""`ldfleet operations …`."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from ldfleet.cli import columns, output, selection, waiting
from ldfleet.cli.asking import How, asks
from ldfleet.cli.commands import group
from ldfleet.cli.connection import Client, connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit, OperationId
from ldfleet.cli.sending import built, only_given
from ldfleet.cli.waiting import Timeout
from ldfleet.client import operations
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.wire.operations import (
    CleanUpFilter,
    LogFilter,
    LogLineOut,
    OperationFilter,
    RetryIn,
    StepOut,
)
from ldfleet.wire.shapes import Page

app = group(
    "What was asked, how far it is, how it ended.",
    "ldfleet operations list --unfinished",
    "ldfleet operations watch op_01j…",
    "ldfleet operations log op_01j…",
)


STEPS: Sequence[Column[StepOut]] = (
    Column("step", lambda step: step.name.replace("_", " ")),
    Column("status", lambda step: step.status),
    Column("started", lambda step: step.started_at),
    Column("finished", lambda step: step.finished_at),
    Column("failure", lambda step: None if step.failure is None else step.failure.detail),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    status: Annotated[OperationStatus | None, typer.Option(help="Only these.")] = None,
    verb: Annotated[Verb | None, typer.Option(help="Only these.")] = None,
    workstation: Annotated[str | None, typer.Option(help="Only on this one (id or name).")] = None,
    emulator: Annotated[str | None, typer.Option(help="Only of this one (id or name).")] = None,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Not over yet.")] = False,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.OPERATION)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List operations, newest first."""
    which: dict[str, Any] = {
        "status": status,
        "verb": verb,
        "unfinished": unfinished,
        **only_given(filter=filter_, sort=sort),
    }
    with connect() as client:
        if workstation is not None:
            which["workstation_id"] = selection.find_workstation(client, workstation).id
        if emulator is not None:
            which["emulator_id"] = selection.find_emulator(client, emulator).id
        call = operations.page(built(OperationFilter, which))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(
        page, columns.OPERATIONS, output_format, every=columns.OPERATION, names=shown, quiet=quiet
    )


@app.command()
def show(*, operation: OperationId, output_format: As = Format.TABLE) -> None:
    """Show one operation."""
    with connect() as client:
        found = client.send(operations.get(operation))
    output.show_one(found, columns.OPERATION, output_format)


@app.command()
def watch(
    *,
    operation: OperationId,
    timeout: Timeout = None,
    cancel_on_interrupt: waiting.CancelOnInterrupt = False,
    output_format: As = Format.TABLE,
) -> None:
    """Wait for its end; exits 0 only if it succeeded."""
    patience = waiting.Patience(
        limit=waiting.seconds_of(timeout), cancel=cancel_on_interrupt, chosen=output_format
    )
    with connect() as client:
        watched = {operation: lambda: (operation, client.send(operations.get(operation)))}
        waiting.act_on(client, watched, patience)


@app.command()
def cancel(*, operation: OperationId, output_format: As = Format.TABLE) -> None:
    """Ask it to stop. A running one stops at its next step and cleans up."""
    with connect() as client:
        asked = client.send(operations.cancel(operation))
    output.show_one(asked, columns.OPERATIONS, output_format)


@app.command()
@asks
def retry(*, operation: OperationId, how: How) -> None:
    """Ask anew for what ended without success."""
    asked = built(RetryIn, {"reason": how.reason})
    with connect() as client:
        again = {operation: lambda: (operation, client.send(operations.retry(operation, asked)))}
        waiting.act_on(client, again, how.patience)


@app.command()
def stats(
    *,
    shown: Annotated[str | None, showing(columns.VERB_STATS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """Count operations by verb, and tell how long each usually takes."""
    with connect() as client:
        found = client.send(operations.stats())
    if output_format.whole:
        output.show_one(found, (), output_format)
    else:
        page = Page(items=found.items, next_cursor=None)
        show_list(
            page,
            columns.VERB_STATS,
            output_format,
            every=columns.VERB_STATS,
            names=shown,
            quiet=quiet,
        )


@app.command()
def cleanup(
    *,
    keep_hours: Annotated[float, typer.Option(min=0, help="Keep what ended within these hours.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    output_format: As = Format.TABLE,
) -> None:
    """Forget operations that ended long ago, with their steps and log. Prints how many."""
    which = built(CleanUpFilter, {"keep_hours": keep_hours, "dry_run": dry_run})
    with connect() as client:
        done = client.send(operations.clean_up(which))
    if output_format.whole:
        output.show_one(done, (), output_format)
    else:
        output.print_line(str(done.operations))


@app.command()
def steps(
    *,
    operation: OperationId,
    shown: Annotated[str | None, showing(STEPS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """Show what it did, rung by rung."""
    with connect() as client:
        found = client.send(operations.steps(operation))
    show_list(
        Page(items=found.items, next_cursor=None),
        STEPS,
        output_format,
        every=STEPS,
        names=shown,
        quiet=quiet,
    )


@app.command()
def log(
    *,
    operation: OperationId,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until it is over.")] = False,
    output_format: As = Format.TABLE,
) -> None:
    """Print its log."""
    with connect() as client:
        last = _print_log(client, operation, 0, output_format)
        while follow and not client.send(operations.get(operation, wait=_PAUSE)).status.over:
            last = _print_log(client, operation, last, output_format)
        if follow:
            _print_log(client, operation, last, output_format)


_PAUSE = 2.0


def _print_log(client: Client, operation_id: str, after: int, chosen: Format) -> int:
    while True:
        page = client.send(operations.log(operation_id, LogFilter(after=after)))
        for line in page.items:
            _print_line(line, chosen)
        if not page.items:
            return after
        after = page.last


def _print_line(line: LogLineOut, chosen: Format) -> None:
    if chosen.whole or chosen is Format.NDJSON:
        output.print_piece(line, chosen)
        return
    fields = " ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in line.fields.items()
    )
    output.print_line(f"{line.at.astimezone():%H:%M:%S} {line.event} {fields}".rstrip())
