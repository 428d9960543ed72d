"""`ldfleet config profiles …`: several servers, known by names.

Kept are names and addresses; what proves a login stays with the logins, by address.
"""

import os
import re
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel

from ldfleet import errors
from ldfleet.cli import output
from ldfleet.cli.commands import group
from ldfleet.cli.connection import checked, kept_login
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.logins import Servers, folder_of
from ldfleet.cli.output import As, Column, Format
from ldfleet.wire.shapes import Page

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

app = group("What this command line is set to.", "ldfleet config profiles list")
profiles = group(
    "Servers by name, for those who have several.",
    "ldfleet config profiles add berlin https://fleet.berlin.example",
    "ldfleet --profile berlin login",
    "ldfleet --profile berlin emulators list     this once, and whatever LDFLEET_URL says",
    "ldfleet config profiles use berlin          from now on, where LDFLEET_URL is not set",
)
app.add_typer(profiles, name="profiles")
app.add_typer(profiles, name="profile", hidden=True)

Name = Annotated[str, typer.Argument(help="What you call it.")]


class ServerOut(BaseModel):
    """A server that has a name."""

    name: str
    url: str
    in_use: bool
    signed_in: bool


SERVERS: Sequence[Column[ServerOut]] = (
    Column("name", lambda one: one.name),
    Column("url", lambda one: one.url),
    Column("in use", lambda one: one.in_use),
    Column("signed in", lambda one: one.signed_in),
)


@profiles.command("list")
def list_(
    *,
    shown: Annotated[str | None, showing(SERVERS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List the servers that have names."""
    known = _servers()
    items = [
        ServerOut(
            name=name,
            url=url,
            in_use=name == known.in_use,
            signed_in=kept_login(url).login() is not None,
        )
        for name, url in sorted(known.urls.items())
    ]
    page = Page[ServerOut](items=items, next_cursor=None)
    show_list(page, SERVERS, output_format, every=SERVERS, names=shown, quiet=quiet)


@profiles.command()
def add(
    *,
    name: Name,
    url: Annotated[str, typer.Argument(help="Where it is, as https://fleet.example.com.")],
    use: Annotated[bool, typer.Option("--use", help="Ask it from now on.")] = False,
) -> None:
    """Give a server a name, or a name another server."""
    if _NAME.fullmatch(name) is None:
        reason = (
            "it must have 1 to 63 letters, digits, dots, dashes; begin it with one of the first"
        )
        raise errors.FieldInvalid(field="name", reason=reason)
    address = checked(url)
    if "@" in address.partition("://")[2].partition("/")[0]:
        reason = "it must hold no user or password; sign in with ldfleet login"
        raise errors.FieldInvalid(field="url", reason=reason)
    known = _servers()
    known.keep({**known.urls, name: address}, in_use=name if use else known.in_use)
    output.say(f"{name} is {address}. Sign in: ldfleet --profile {name} login")


@profiles.command()
def use(*, name: Name) -> None:
    """Ask this server from now on, where LDFLEET_URL and LDFLEET_PROFILE are not set."""
    known = _servers()
    output.say(f"From now on {name}: {known.url_of(name)}")
    known.keep(known.urls, in_use=name)


@profiles.command()
def remove(*, name: Name) -> None:
    """Forget the name. A login there is kept: end it before with ldfleet --profile NAME logout."""
    known = _servers()
    known.url_of(name)
    left = {each: url for each, url in known.urls.items() if each != name}
    known.keep(left, in_use=None if known.in_use == name else known.in_use)
    output.say(f"Removed {name}.")


def _servers() -> Servers:
    return Servers(folder_of(os.environ))
