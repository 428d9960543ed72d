"""docs/reference/cli.md."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from ldfleet.cli.exits import MEANINGS
from ldfleet.cli.loading import load
from ldfleet.cli.main import COMMANDS, app
from tools.reference.markdown import head, table

_WIDTH = 100


def page() -> str:
    """The whole page."""
    root: Any = typer.main.get_command(app)
    context = _context(root, "ldfleet", None)
    codes = ((str(int(exit_code)), meaning) for exit_code, meaning in MEANINGS.items())
    lines = [head("cli"), *table(("Code", "Meaning"), codes), "", *_help(context, "##")]
    for name, entry in COMMANDS.items():
        lines += _tree(_context(typer.main.get_command(load(entry.target)), name, context))
    return "\n".join(lines)


def _tree(context: Any) -> Iterator[str]:
    yield from _help(context, "##")
    command = context.command
    if isinstance(command, TyperGroup):
        for verb, one in command.commands.items():
            if not one.hidden:
                yield from _help(_context(one, verb, context), "###")


def _help(context: Any, heading: str) -> Iterator[str]:
    yield f"{heading} {context.command_path}"
    yield ""
    yield "```text"
    yield from (line.rstrip() for line in context.get_help().strip().splitlines())
    yield "```"
    yield ""


def _context(command: Any, name: str, parent: Any) -> Any:
    settings = {**command.context_settings, "terminal_width": _WIDTH}
    return command.context_class(command, info_name=name, parent=parent, **settings)
