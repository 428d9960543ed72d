"""The commands of `ldfleet`, run in this process."""

import asyncio
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import structlog
from typer.testing import CliRunner, Result

from ldfleet.cli.main import app

NOTHING: Mapping[str, str | None] = {
    **dict.fromkeys(("LDFLEET_URL", "LDFLEET_TOKEN", "LDFLEET_PASSWORD", "LDFLEET_PROFILE")),
    "XDG_CONFIG_HOME": "/nonexistent",  # whoever runs the tests may be signed in somewhere
}


def run(*arguments: str, stdin: str | None = None, **environment: str | None) -> Result:
    """A command with this environment and no other LDFLEET_ variable."""
    with _logging_restored():
        return CliRunner(env={**NOTHING, **environment}).invoke(
            app, list(arguments), input=stdin, prog_name="ldfleet", catch_exceptions=False
        )


@contextmanager
def _logging_restored() -> Generator[None]:
    """`serve` and `worker` log to a standard error that is closed after the command."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        if root.handlers != handlers:
            root.handlers[:] = handlers
            root.setLevel(level)
            structlog.reset_defaults()


class CommandLine:
    """Commands in a thread, beside the server that they ask."""

    def __init__(self, url: str, token: str) -> None:
        self.environment = {"LDFLEET_URL": url, "LDFLEET_TOKEN": token}

    async def __call__(
        self, *arguments: str, stdin: str | None = None, **environment: str | None
    ) -> Result:
        chosen = {**self.environment, **environment}
        return await asyncio.to_thread(lambda: run(*arguments, stdin=stdin, **chosen))
