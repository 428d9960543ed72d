"""`ldfleet status`, `health`, `settings` and `events`: the server itself."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import columns, exits, output
from ldfleet.cli.commands import epilog, single
from ldfleet.cli.connection import connect, server_url, stranger
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.client import server
from ldfleet.client.stream import Changes
from ldfleet.wire.configuration import SettingOut
from ldfleet.wire.server import EventOut, HealthOut
from ldfleet.wire.shapes import Page

status = single()
health = single()
settings = single()
events = single()

HEALTH: Sequence[Column[HealthOut]] = (
    Column("status", lambda known: known.status),
    Column("checks", lambda known: [f"{name} {_word(ok)}" for name, ok in known.checks.items()]),
)
SETTINGS: Sequence[Column[SettingOut]] = (
    Column("name", lambda one: one.name),
    Column("value", lambda one: one.value),
    Column("given", lambda one: one.given),
)


@status.command()
def show_status(*, output_format: As = Format.TABLE) -> None:
    """Show the server: version, uptime, and how many of what are how."""
    with connect() as client:
        known = client.send(server.status())
    output.show_one(known, columns.STATUS, output_format)


@health.command(epilog=epilog("ldfleet health --ready && ldfleet emulators list"))
def show_health(
    *,
    ready: Annotated[
        bool, typer.Option("--ready", help="Whether database, engine and collector work, too.")
    ] = False,
    output_format: As = Format.TABLE,
) -> None:
    """Whether the server is alive; needs no token. Exits 12 if something does not work."""
    with stranger(server_url()) as client:
        known = client.send(server.health(ready=ready))
    output.show_one(known, HEALTH, output_format)
    if known.status != "ok":
        raise typer.Exit(exits.Exit.FINDINGS)


@settings.command()
def show_settings(
    *,
    shown: Annotated[str | None, showing(SETTINGS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """Show what the server is set to, secrets masked. It reads its settings at its start."""
    with connect() as client:
        found = client.send(server.settings())
    show_list(
        Page(items=found.items, next_cursor=None),
        SETTINGS,
        output_format,
        every=SETTINGS,
        names=shown,
        quiet=quiet,
    )


@events.command(
    epilog=epilog("ldfleet events -o ndjson | jq 'select(.type == \"operation.changed\")'")
)
def follow_events(
    *,
    after: Annotated[str | None, typer.Option(help="Go on behind the event with this id.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Follow what happens until Ctrl-C: every change of state, as it happens.

    A lost connection is resumed where it was lost.
    """
    left = limit
    with connect() as client:
        feed = client.events(after)
        try:
            for changes in feed:
                shown = changes.events if left is None else changes.events[:left]
                _show_changes(changes, shown, output_format)
                left = None if left is None else left - len(shown)
                if left == 0:
                    return
        except KeyboardInterrupt:
            raise typer.Exit(exits.Exit.INTERRUPTED) from None
        finally:
            feed.close()


def _show_changes(changes: Changes, shown: Sequence[EventOut], chosen: Format) -> None:
    if changes.reset:
        output.say("Some events are not to be had any more: look anew at what you show.")
    for event in shown:
        if chosen.for_people:
            at = f"{event.at.astimezone():%H:%M:%S}"
            told = " ".join(f"{name}={value}" for name, value in event.data.items())
            output.print_line(f"{at} {event.type} {event.subject} {told}".rstrip())
        elif chosen is Format.NAME:
            output.print_line(event.id)
        else:
            output.print_piece(event, chosen)


def _word(ok: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "ok" if ok else "failed"
