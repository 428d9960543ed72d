"""How every command of ours looks alike."""

from typing import Any

import typer

PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}

WITH_COMPLETION: dict[str, Any] = {**PLAIN, "add_completion": True}


def group(about: str, *examples: str) -> typer.Typer:
    """A noun with its verbs."""
    return typer.Typer(help=about, epilog=epilog(*examples), no_args_is_help=True, **PLAIN)


def single() -> typer.Typer:
    """A command without verbs."""
    return typer.Typer(**PLAIN)


def epilog(*examples: str) -> str | None:
    """Examples below a help text, each on its own line."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in examples))) or None
