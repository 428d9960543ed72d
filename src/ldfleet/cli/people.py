"""`ldfleet setup`, `login`, `logout`, `whoami` and `password`."""

import os
from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import connection, output
from ldfleet.cli.commands import epilog, single
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.sending import built
from ldfleet.client import auth
from ldfleet.client.login import Pair
from ldfleet.wire.accounts import LoginIn, MeOut, PasswordIn, ScopeOut, SetupIn

setup = single()
login = single()
logout = single()
whoami = single()
password = single()

Url = Annotated[
    str | None, typer.Option("--url", help="The server. Default: LDFLEET_URL, or the last one.")
]
Name = Annotated[str | None, typer.Option("--name", help="Your name. Default: it is asked for.")]


def _scope(scope: ScopeOut | None) -> str:
    if scope is None:
        return "the whole farm"
    return ", ".join([*scope.sites, *(f"#{tag}" for tag in scope.tags)])


ME: Sequence[Column[MeOut]] = (
    Column("name", lambda me: me.user.name),
    Column("role", lambda me: me.role),
    Column("scope", lambda me: _scope(me.scope)),
    Column("signed in by", lambda me: "login" if me.session_id else "API token"),
    Column("password to change", lambda me: me.user.must_change_password),
    Column("user", lambda me: me.user.id),
)


@setup.command(epilog=epilog("ldfleet setup --name anna"))
def set_up(*, url: Url = None, name: Name = None) -> None:
    """Make the first admin, with the token that ldfleet serve printed, and sign in.

    Token, name and password are asked for, else read as lines of standard input.
    """
    server = connection.server_url(url)
    token = connection.secret("Setup token")
    known = name or connection.answer("Name")
    chosen = connection.new_secret("Password, 12 characters or more")
    with connection.stranger(server) as client:
        given = {"token": token, "name": known, "password": chosen}
        client.send(auth.setup(built(SetupIn, given)))
    _sign_in(server, known, chosen)


@login.command(epilog=epilog("ldfleet login --url https://fleet.example.com --name anna"))
def sign_in(*, url: Url = None, name: Name = None) -> None:
    """Sign in; the commands to come are then asked in your name.

    Name and password are asked for, else read as lines of standard input. What is kept is no
    password, but tokens that `ldfleet logout` makes worthless, in a file for you alone.
    """
    server = connection.server_url(url)
    known = name or connection.answer("Name")
    _sign_in(server, known, connection.secret("Password"))


@logout.command()
def sign_out(*, url: Url = None) -> None:
    """End the login that is kept, here and on the server."""
    kept = connection.kept_login(connection.server_url(url))
    known = kept.login()
    if known is None:
        raise errors.TokenMissing
    with connection.known(kept.url, known) as client:
        try:
            client.send(auth.logout())
        except (errors.SessionEnded, errors.TokenInvalid, errors.RefreshTokenReused):
            output.say("It was over already.")
    kept.forget()
    output.say(f"Signed out of {kept.url}.")


@whoami.command()
def who_am_i(*, output_format: As = Format.TABLE) -> None:
    """Show who you are for the server, and what you may."""
    with connection.connect() as client:
        me = client.send(auth.me())
    output.show_one(me, ME, output_format)


@password.command()
def change_password() -> None:
    """Change your own password; all your other logins end.

    Both are asked for, else read as two lines of standard input.
    """
    with connection.connect() as client:
        current = connection.secret("Current password")
        new = connection.new_secret("New password, 12 characters or more")
        given = {"current_password": current, "new_password": new}
        client.send(auth.change_password(built(PasswordIn, given)))
    output.say("Changed. Your other logins have ended.")


def _sign_in(server: str, name: str, given: str) -> None:
    with connection.stranger(server) as client:
        wanted = built(LoginIn, {"name": name, "password": given})
        begun = client.send(auth.login(wanted))
    pair = Pair(begun.access_token or "", begun.refresh_token or "")
    connection.kept_login(server).keep(pair)
    output.say(f"Signed in to {server} as {begun.user.name} ({begun.user.role}).")
    if begun.user.must_change_password:
        output.say("Change your password first: ldfleet password")
    if os.environ.get(connection.TOKEN):
        output.say(f"{connection.TOKEN} is set, and goes before this login.")
