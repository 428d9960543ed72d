"""Which of many: options that people combine, as one text of the filter language."""

import re
from typing import Annotated

import typer

_PLAIN = re.compile(r"\w[\w.-]*")

FilterOption = Annotated[
    str | None,
    typer.Option("--filter", "-f", help="Which: 'status:ready tag:qa,spare ws:pc-0* -name:old*'."),
]
Sort = Annotated[
    str | None, typer.Option("--sort", help="By which fields: '-status,name'; - turns it round.")
]


def filter_of(text: str | None, **fields: str | None) -> str | None:
    """The text, and that each field has its value; None where nothing is asked for.

    A `name` is a part of the name.
    """
    words = [text] if text else []
    for name, value in fields.items():
        if value is not None:
            words.append(_quoted(value) if name == "name" else f"{name}:{_quoted(value)}")
    return " ".join(words) or None


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
