"""`ldfleet tokens …`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import output, selection
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import tokens
from ldfleet.domain.actor import Role
from ldfleet.wire.accounts import ApiTokenIn, ApiTokenOut, MadeTokenOut, PageFilter

app = group(
    "Your own API tokens, for programs that act in your name.",
    "ldfleet tokens create ci --role operator --days 90",
    "ldfleet tokens create prometheus --metrics-only --never-expires",
    "ldfleet tokens revoke tk_01j…",
)

TOKENS: Sequence[Column[ApiTokenOut]] = (
    Column("id", lambda token: token.id),
    Column("name", lambda token: token.name),
    Column("role", lambda token: "metrics" if token.metrics_only else token.role),
    Column("expires", lambda token: token.expires_at or "never"),
    Column("last used", lambda token: token.used_at),
)
MADE: Sequence[Column[MadeTokenOut]] = (
    Column("id", lambda token: token.id),
    Column("name", lambda token: token.name),
    Column("token", lambda token: token.token),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(TOKENS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List your tokens, newest first."""
    call = tokens.page(built(PageFilter, only_given(filter=filter_, sort=sort)))
    with connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, TOKENS, output_format, every=TOKENS, names=shown, quiet=quiet)


@app.command(epilog=epilog("export LDFLEET_TOKEN=$(ldfleet tokens create ci --days 90)"))
def create(
    *,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[Role, typer.Option("--role", help="At most yours.")] = Role.VIEWER,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Only what has this tag; may be repeated.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option("--site", help="Only what is at this site.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", help="Until it expires.")] = None,
    never_expires: Annotated[
        bool, typer.Option("--never-expires", help="It is good until it is revoked.")
    ] = False,
    metrics_only: Annotated[
        bool, typer.Option("--metrics-only", help="It may read /metrics and nothing else.")
    ] = False,
    output_format: As = Format.TABLE,
) -> None:
    """Make a token; it is printed this once. That needs a login: ldfleet login."""
    draft = {
        "name": name,
        "role": role,
        "scope": {"tags": tag or [], "sites": site or []} if tag or site else None,
        "expires_in_days": days,
        "never_expires": never_expires,
        "metrics_only": metrics_only,
    }
    with connect() as client:
        made: MadeTokenOut = client.send(tokens.create(built(ApiTokenIn, draft)))
    if output_format.for_people:
        output.print_line(made.token)
        output.say(f"{made.id}: kept as a hash only, so it can't be shown again.")
    else:
        output.show_one(made, MADE, output_format)


@app.command()
def revoke(*, token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id.")]) -> None:
    """Revoke a token: it lets nobody in any more."""
    with connect() as client:
        client.send(tokens.revoke(token))
    output.say(f"Revoked {token}.")
