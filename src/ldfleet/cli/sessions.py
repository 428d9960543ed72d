"""`ldfleet sessions …`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import output, selection
from ldfleet.cli.commands import group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import auth
from ldfleet.wire.accounts import PageFilter, SessionOut

app = group(
    "Your own logins, on all machines and browsers.",
    "ldfleet sessions list",
    "ldfleet sessions revoke se_01j…",
    "ldfleet sessions revoke --others",
)

SESSIONS: Sequence[Column[SessionOut]] = (
    Column("id", lambda session: session.id),
    Column("this one", lambda session: "*" if session.current else None),
    Column("kind", lambda session: session.kind),
    Column("from", lambda session: session.address),
    Column("program", lambda session: session.agent),
    Column("signed in", lambda session: session.created_at),
    Column("last used", lambda session: session.used_at),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(SESSIONS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List your logins, the latest used first."""
    with connect() as client:
        call = auth.sessions(built(PageFilter, only_given(filter=filter_, sort=sort)))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, SESSIONS, output_format, every=SESSIONS, names=shown, quiet=quiet)


@app.command()
def revoke(
    *,
    session: Annotated[str | None, typer.Argument(metavar="SESSION", help="Its id.")] = None,
    others: Annotated[bool, typer.Option("--others", help="All but the one that asks.")] = False,
) -> None:
    """End a login: its tokens are worth nothing any more."""
    if others is (session is not None):
        raise errors.FieldInvalid(field="SESSION", reason="name one, or say --others")
    with connect() as client:
        if session is None:
            ended = client.send(auth.end_other_sessions()).ended
            output.say(f"Ended {ended} logins.")
            return
        client.send(auth.end_session(session))
    output.say(f"Ended {session}.")
