"""The commands of `ldfleet`, run in this process."""

import asyncio
from collections.abc import Mapping

from typer.testing import CliRunner, Result

from ldfleet.cli.main import app

NOTHING: Mapping[str, str | None] = {
    **dict.fromkeys(("LDFLEET_URL", "LDFLEET_TOKEN", "LDFLEET_PASSWORD", "LDFLEET_PROFILE")),
    "XDG_CONFIG_HOME": "/nonexistent",  # whoever runs the tests may be signed in somewhere
}


def run(*arguments: str, stdin: str | None = None, **environment: str | None) -> Result:
    """A command with this environment and no other LDFLEET_ variable."""
    return CliRunner(env={**NOTHING, **environment}).invoke(
        app, list(arguments), input=stdin, prog_name="ldfleet", catch_exceptions=False
    )


class CommandLine:
    """Commands in a thread, beside the server that they ask."""

    def __init__(self, url: str, token: str) -> None:
        self.environment = {"LDFLEET_URL": url, "LDFLEET_TOKEN": token}

    async def __call__(
        self, *arguments: str, stdin: str | None = None, **environment: str | None
    ) -> Result:
        chosen = {**self.environment, **environment}
        return await asyncio.to_thread(lambda: run(*arguments, stdin=stdin, **chosen))
