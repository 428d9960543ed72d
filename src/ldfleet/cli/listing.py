"""What a list shows: which columns, or ids alone."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel

from ldfleet.cli import output
from ldfleet.cli.output import Column, Format
from ldfleet.wire.shapes import Page

M = TypeVar("M", bound=BaseModel)

_WITHOUT_COLUMNS = frozenset({Format.JSON, Format.NDJSON, Format.YAML, Format.NAME})


def _unmixed(ctx: typer.Context, quiet: bool) -> bool:  # noqa: FBT001 - typer calls it so
    chosen = output.chosen_in(ctx.meta)
    if quiet and chosen not in {Format.TABLE, Format.NAME}:
        raise typer.BadParameter(f"it means -o name; leave out -o {chosen}")
    return quiet


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_unmixed, help="Ids only, as -o name.")
]


def showing(known: Sequence[Column[Any]]) -> Any:
    """The option --columns of a list that can show these."""
    names = [_key(column) for column in known]

    def checked(ctx: typer.Context, given: str | None) -> str | None:
        if given is None:
            return None
        chosen = output.chosen_in(ctx.meta)
        if chosen in _WITHOUT_COLUMNS:
            raise typer.BadParameter(f"-o {chosen} has no columns; table, wide and csv have")
        for name in _split(given):
            if name not in names:
                raise typer.BadParameter(f"no column {name!r}; there are: {', '.join(names)}")
        return given

    about = f"Only these, in this order: {', '.join(names)}."
    return typer.Option("--columns", metavar="NAME,…", callback=checked, help=about)


def show_list(
    page: Page[M],
    usual: Sequence[Column[M]],
    chosen: Format,
    *,
    every: Sequence[Column[M]],
    names: str | None,
    quiet: bool,
) -> None:
    """A list: the usual columns, every one with -o wide, or those named."""
    columns = every if chosen is Format.WIDE else usual
    if names is not None:
        known = {_key(column): column for column in every}
        columns = [known[name] for name in _split(names)]
    output.show_page(page, columns, Format.NAME if quiet else chosen)


def _key(column: Column[Any]) -> str:
    return column.title.lower().replace(" ", "_")


def _split(names: str) -> list[str]:
    return [name.strip().lower().replace(" ", "_") for name in names.split(",")]
