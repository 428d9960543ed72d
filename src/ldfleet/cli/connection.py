"""The server that the command line speaks to."""

import os
import sys

import httpx
import typer

from ldfleet import errors
from ldfleet.client.client import Client

URL = "LDFLEET_URL"
TOKEN = "LDFLEET_TOKEN"  # noqa: S105 - the variable's name
PASSWORD = "LDFLEET_PASSWORD"  # noqa: S105 - the variable's name
DEFAULT_URL = "http://127.0.0.1:8080"


def connect() -> Client:
    """A client for LDFLEET_URL; the token comes from LDFLEET_TOKEN or a prompt, never from argv."""
    return Client(_url(), _token())


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


def _url() -> str:
    given = os.environ.get(URL, DEFAULT_URL).strip()
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL as exc:
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
        missing.add_note(f"On the command line: set {TOKEN}.")
        raise missing
    if not given.isascii() or not given.isprintable() or " " in given:
        raise errors.SettingInvalid(setting=TOKEN, reason="it holds a character no token has")
    return given


def _prompt(text: str) -> str:
    answer: str = typer.prompt(text, hide_input=True, default="", show_default=False, err=True)
    return answer
