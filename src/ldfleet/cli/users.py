"""`ldfleet users …`."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import connection, output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import Client
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.loading import load
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import users
from ldfleet.domain.actor import Role
from ldfleet.wire.accounts import PageFilter, UserIn, UserOut, UserPatch

app = group(
    "The people who may sign in: roles, scopes, passwords. For admins.",
    "ldfleet users add anna --role operator",
    "ldfleet users add eve --role viewer --tag qa --site berlin",
    "ldfleet users edit anna --disable",
    "ldfleet users reset-password anna",
)

UserRef = Annotated[str, typer.Argument(metavar="USER", help="The user's id or name.")]
RoleOption = Annotated[Role, typer.Option("--role", help="viewer < operator < admin.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Only what has this tag; may be repeated.")
]
Sites = Annotated[
    list[str] | None, typer.Option("--site", help="Only what is at this site; may be repeated.")
]


def _scope(user: UserOut) -> list[str] | None:
    scope = user.scope
    return None if scope is None else [*scope.sites, *(f"#{tag}" for tag in scope.tags)]


USERS: Sequence[Column[UserOut]] = (
    Column("id", lambda user: user.id),
    Column("name", lambda user: user.name),
    Column("role", lambda user: user.role),
    Column("scope", _scope),
    Column("enabled", lambda user: user.enabled),
    Column("last login", lambda user: user.last_login_at),
)
USER: Sequence[Column[UserOut]] = (
    *USERS,
    Column("password to change", lambda user: user.must_change_password),
    Column("added", lambda user: user.created_at),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(USER)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List users by name."""
    call = users.page(built(PageFilter, only_given(filter=filter_, sort=sort)))
    with connection.connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, USERS, output_format, every=USER, names=shown, quiet=quiet)


@app.command()
def show(*, user: UserRef, output_format: As = Format.TABLE) -> None:
    """Show one user."""
    with connection.connect() as client:
        found = _found(client, user)
    output.show_one(found, USER, output_format)


@app.command(epilog=epilog("ldfleet users add anna --role operator --tag qa"))
def add(
    *,
    name: Annotated[str, typer.Argument(help="Letters, digits, . _ - @ +")],
    role: RoleOption = Role.VIEWER,
    tag: Tags = None,
    site: Sites = None,
    output_format: As = Format.TABLE,
) -> None:
    """Add a user. The first password is asked for, and has to be changed at the first login."""
    scope = {"tags": tag or [], "sites": site or []} if tag or site else None
    with connection.connect() as client:
        given = connection.new_secret("First password, 12 characters or more")
        draft = {"name": name, "role": role, "scope": scope, "password": given}
        added = client.send(users.add(built(UserIn, draft)))
    output.show_one(added, USERS, output_format)


@app.command(epilog=epilog("ldfleet users edit anna --role viewer", "ldfleet users edit anna -E"))
def edit(
    *,
    user: UserRef,
    role: Annotated[Role | None, typer.Option("--role", help="viewer < operator < admin.")] = None,
    tag: Tags = None,
    site: Sites = None,
    whole_farm: Annotated[bool, typer.Option("--whole-farm", help="Take the scope away.")] = False,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", "-E/-D", help="Let in, or keep out.")
    ] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change what a user may.

    What is taken away is gone at once.
    """
    patch: dict[str, object] = {"role": role, "enabled": enabled}
    changes = {name: value for name, value in patch.items() if value is not None}
    if whole_farm or tag or site:
        changes["scope"] = None if whole_farm else {"tags": tag or [], "sites": site or []}
    with connection.connect() as client:
        found = _found(client, user)
        changed = client.send(users.change(found.id, built(UserPatch, changes)))
    output.show_one(changed, USERS, output_format)


@app.command("reset-password")
def reset_password(*, user: UserRef) -> None:
    """Give a user a new password.

    It must be changed at the next login; all logins of the user end.
    """
    with connection.connect() as client:
        found = _found(client, user)
        given = connection.new_secret("New password, 12 characters or more")
        client.send(users.change(found.id, built(UserPatch, {"password": given})))
    output.say(f"Reset the password of {found.name}.")


@app.command()
def remove(
    *,
    user: UserRef,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove a user with all logins and tokens."""
    with connection.connect() as client:
        found = _found(client, user)
        waiting.refuse_unless_confirmed(
            f"Remove the user {found.name}?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(users.remove(found.id))
    output.say(f"Removed {found.name}.")


@app.command("add-admin", epilog=epilog("ldfleet users add-admin anna"))
def add_admin(
    *, name: Annotated[str, typer.Argument(help="Of a new user, or of one there is.")]
) -> None:
    """Make an admin where everybody is locked out.

    Run it on the server's own machine: it writes into the database. It asks no server and needs
    no login, but the server's settings: LDFLEET_DATABASE_URL, …
    """
    given = connection.new_secret("Password, 12 characters or more")
    made: str = load("ldfleet.bootstrap.people:add_admin")(name, given)
    output.say(f"{made} is an enabled admin with that password.")


def _found(client: Client, meant: str) -> UserOut:
    if meant.startswith("us_"):
        return client.send(users.get(meant))
    for user in client.iterate(users.page()):
        if user.name.casefold() == meant.casefold():
            return user
    raise errors.UserNotFound(user=meant)
