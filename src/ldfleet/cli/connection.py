"""The server that the command line speaks to."""

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from ldfleet import errors
from ldfleet.cli.loading import load
from ldfleet.cli.logins import Kept, chosen_server, folder_of, last_server
from ldfleet.client.login import Login

if TYPE_CHECKING:
    from ldfleet.client import client

    Client = client.Client
else:  # its httpx takes a quarter of the start, and is loaded once the server is spoken to
    Client = Any

URL = "LDFLEET_URL"
TOKEN = "LDFLEET_TOKEN"  # noqa: S105 - the variable's name
PASSWORD = "LDFLEET_PASSWORD"  # noqa: S105 - the variable's name
DEFAULT_URL = "http://127.0.0.1:8080"


def connect() -> Client:
    """A client for the server; the token is LDFLEET_TOKEN's, else that of `ldfleet login`.

    It is asked for where neither is there, and never taken from argv.
    """
    url = server_url()
    if not os.environ.get(TOKEN, "").strip():
        login = kept_login(url).login()
        if login is not None:
            return known(url, login)
    return known(url, _token())


def stranger(url: str) -> Client:
    """A client that has no token yet."""
    return known(url, None)


def known(url: str, token: str | Login | None) -> Client:
    """A client that speaks with this token or login."""
    made: Client = load("ldfleet.client.client:Client")(url, token)
    return made


def kept_login(url: str) -> Kept:
    """Where the login of a server is kept."""
    return Kept(folder_of(os.environ), url)


def server_url(given: str | None = None) -> str:
    """The server: the one given, LDFLEET_URL's, that of a profile, where one signed in last.

    Without any of these it is this machine.
    """
    asked = given or os.environ.get(URL, "").strip() or chosen_server(os.environ)
    return checked(asked or last_server(folder_of(os.environ)) or DEFAULT_URL)


def secret(question: str) -> str:
    """A secret from a prompt that does not show it, else the next line of standard input."""
    if sys.stdin.isatty():
        return _prompt(question)
    return sys.stdin.readline().rstrip("\r\n")


def new_secret(question: str) -> str:
    """The same, asked for twice where somebody types it blindly."""
    given = secret(question)
    if sys.stdin.isatty() and secret(f"{question}, again") != given:
        raise errors.FieldInvalid(field="password", reason="the two are not the same")
    return given


def answer(question: str) -> str:
    """What somebody types, else the next line of standard input."""
    if sys.stdin.isatty():
        typed: str = typer.prompt(question, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def new_password(*, stdin: bool, ask: bool) -> str | None:
    """A workstation's password: from standard input, LDFLEET_PASSWORD, or a prompt.

    None: nobody gave one.
    """
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if PASSWORD in os.environ:
        return os.environ[PASSWORD]
    if ask and sys.stdin.isatty():
        return _prompt("Password of the account on the PC (empty: none)") or None
    return None


def checked(given: str) -> str:
    """The address of a server. Raises SettingInvalid."""
    try:
        url = load("httpx:URL")(given)
    except load("httpx:InvalidURL") as exc:
        raise errors.SettingInvalid(setting=URL, reason=str(exc)) from exc
    if url.scheme not in {"http", "https"} or not url.host:
        raise errors.SettingInvalid(setting=URL, reason="it must begin with http:// or https://")
    # The client adds /api itself; the URL of the API's documents has it.
    return given.rstrip("/").removesuffix("/api").rstrip("/")


def _token() -> str:
    given = os.environ.get(TOKEN, "").strip()
    if not given and sys.stdin.isatty():
        given = _prompt(f"Token (set {TOKEN} to be asked no more)").strip()
    if not given:
        missing = errors.TokenMissing()
        missing.add_note(f"On the command line: ldfleet login, or set {TOKEN}.")
        raise missing
    if not given.isascii() or not given.isprintable() or " " in given:
        raise errors.SettingInvalid(setting=TOKEN, reason="it holds a character no token has")
    return given


def _prompt(text: str) -> str:
    answer: str = typer.prompt(text, hide_input=True, default="", show_default=False, err=True)
    return answer
