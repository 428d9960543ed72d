"""Markdown that shows a text as it is."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_MARKS: Mapping[str, str] = {"\\": "\\\\", "<": "&lt;", "|": "\\|", "*": "\\*"}


def head(name: str) -> str:
    """What stands above the part of a page that is made from the code."""
    return Path(__file__).with_name(f"{name}.md").read_text("utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def text(words: str) -> str:
    """Words on one line, with nothing in them that Markdown would read."""
    one_line = " ".join(words.split())
    return (
        one_line.replace("\\", "\\\\").replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")
    )


def code(words: str) -> str:
    """What is typed or sent word for word."""
    return f"`{words}`".replace("|", "\\|")
