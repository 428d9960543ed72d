"""`ldfleet views …`."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import Client, connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, change_of, only_given
from ldfleet.client import views
from ldfleet.domain.view import ViewPage
from ldfleet.wire.views import ViewFilter, ViewIn, ViewOut, ViewPatch

app = group(
    "Filters of lists under names: yours, and what others share.",
    "ldfleet views add broken emulators --filter 'status:frozen,degraded' --share",
    "ldfleet views list --page emulators",
)

ViewRef = Annotated[str, typer.Argument(metavar="VIEW", help="Its id or name.")]
Share = Annotated[
    bool | None, typer.Option("--share/--no-share", help="Everybody sees a shared one.")
]

VIEWS: Sequence[Column[ViewOut]] = (
    Column("id", lambda view: view.id),
    Column("name", lambda view: view.name),
    Column("page", lambda view: view.page),
    Column("filter", lambda view: view.filter),
    Column("sort", lambda view: view.sort),
    Column("owner", lambda view: view.owner),
    Column("shared", lambda view: view.shared),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    page: Annotated[ViewPage | None, typer.Option(help="Those of this list.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    output_format: As = Format.TABLE,
) -> None:
    """List your views and those that others share, by name."""
    call = views.page(built(ViewFilter, only_given(page=page, filter=filter_, sort=sort)))
    with connect() as client:
        found = selection.gather(client, call, limit=limit, cursor=cursor)
    output.show_page(found, VIEWS, output_format)


@app.command()
def show(*, view: ViewRef, output_format: As = Format.TABLE) -> None:
    """Show one view."""
    with connect() as client:
        found = _find(client, view)
    output.show_one(found, VIEWS, output_format)


@app.command(epilog=epilog("ldfleet views add spare emulators --filter 'tag:spare' --sort name"))
def add(
    *,
    name: Annotated[str, typer.Argument(help="What it is to be called.")],
    page: Annotated[ViewPage, typer.Argument(help="The list that is seen.")],
    filter_: FilterOption = None,
    sort: Sort = None,
    share: Share = None,
    output_format: As = Format.TABLE,
) -> None:
    """Save a view."""
    given = only_given(name=name, page=page, filter=filter_, sort=sort, shared=share)
    draft = built(ViewIn, given)
    with connect() as client:
        added = client.send(views.add(draft))
    output.show_one(added, VIEWS, output_format)


@app.command()
def edit(
    *,
    view: ViewRef,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    filter_: FilterOption = None,
    sort: Sort = None,
    share: Share = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change a view of yours. An empty text takes a value away."""
    patch = change_of(ViewPatch, only_given(name=name, filter=filter_, sort=sort, shared=share))
    with connect() as client:
        found = _find(client, view)
        changed = client.send(views.change(found.id, patch, if_version=found.version))
    output.show_one(changed, VIEWS, output_format)


@app.command()
def remove(
    *,
    view: ViewRef,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove a view of yours."""
    with connect() as client:
        found = _find(client, view)
        waiting.refuse_unless_confirmed(
            f"Remove the view {found.name}?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(views.remove(found.id, if_version=found.version))
    output.say(f"Removed {found.name}.")


def _find(client: Client, meant: str) -> ViewOut:
    """The view with this id, or the only one with this name; one's own goes before others'."""
    if meant.startswith("vw_"):
        return client.send(views.get(meant))
    every = views.page(ViewFilter(limit=selection.LARGEST_PAGE))
    named = [view for view in client.iterate(every) if view.name == meant]
    found = [view for view in named if view.own] or named
    if not found:
        raise errors.ViewNotFound(view=meant)
    if len(found) > 1:
        which = ", ".join(f"{one.id} of {one.page} by {one.owner}" for one in found[:10])
        reason = f"{len(found)} views are called {meant}; use an id: {which}"
        raise errors.FieldInvalid(field="view", reason=reason)
    return found[0]
