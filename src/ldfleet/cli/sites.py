"""`ldfleet sites …`."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import sites
from ldfleet.wire.sites import SiteFilter, SiteIn, SiteOut, SitePatch

app = group(
    "The LANs that workstations stand in, and the workers alive there.",
    "ldfleet sites add berlin --notes 'Rack 4, second floor'",
    "ldfleet workstations edit pc-01 --site berlin",
    "ldfleet sites list",
)

SiteName = Annotated[str, typer.Argument(metavar="SITE", help="Its name.")]


def _workers(site: SiteOut) -> list[str]:
    return [f"{each.name} since {each.since.astimezone():%m-%d %H:%M}" for each in site.workers]


SITES: Sequence[Column[SiteOut]] = (
    Column("name", lambda site: site.name),
    Column("workstations", lambda site: site.workstations),
    Column("workers", _workers),
)
SITE: Sequence[Column[SiteOut]] = (
    *SITES,
    Column("notes", lambda site: site.notes),
    Column("added", lambda site: site.created_at),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(SITE)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List sites with the workers alive in them."""
    call = sites.page(built(SiteFilter, only_given(filter=filter_, sort=sort)))
    with connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, SITES, output_format, every=SITE, names=shown, quiet=quiet)


@app.command()
def show(*, site: SiteName, output_format: As = Format.TABLE) -> None:
    """Show one site."""
    with connect() as client:
        found = client.send(sites.get(site))
    output.show_one(found, SITE, output_format)


@app.command(epilog=epilog("ldfleet sites add berlin", "ldfleet worker --site berlin"))
def add(
    *,
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits, dots, dashes.")],
    notes: Annotated[str, typer.Option(help="Free text.")] = "",
    output_format: As = Format.TABLE,
) -> None:
    """Add a site; its name can't be changed afterwards."""
    draft = built(SiteIn, {"name": name, "notes": notes})
    with connect() as client:
        added = client.send(sites.add(draft))
    output.show_one(added, SITES, output_format)


@app.command()
def edit(
    *,
    site: SiteName,
    notes: Annotated[str, typer.Option(help="Free text; '' for none.")],
    output_format: As = Format.TABLE,
) -> None:
    """Change the notes of a site."""
    patch = built(SitePatch, {"notes": notes})
    with connect() as client:
        changed = client.send(sites.change(site, patch))
    output.show_one(changed, SITE, output_format)


@app.command()
def remove(
    *,
    site: SiteName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Take a site off record; refused while workstations belong to it."""
    with connect() as client:
        waiting.refuse_unless_confirmed(
            f"Remove the site {site}?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(sites.remove(site))
    output.say(f"Removed {site}.")
