"""`ldfleet workstations load`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import selection
from ldfleet.cli.connection import connect
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.cli.sending import built
from ldfleet.client import backups
from ldfleet.wire.backups import LoadFilter, LoadOut
from ldfleet.wire.shapes import Page

LOADS: Sequence[Column[LoadOut]] = (
    Column("at", lambda load: load.at),
    Column("cpu %", lambda load: load.cpu_load),
    Column("memory free", lambda load: _gibibytes(load.memory_free)),
    Column("disk free", lambda load: _gibibytes(load.disk_free)),
    Column("running", lambda load: load.running),
)


def load(
    *,
    workstation: WorkstationRef,
    hours: Annotated[float, typer.Option(help="How far back.")] = 24.0,
    points: Annotated[int, typer.Option(help="In at most so many steps.")] = 48,
    shown: Annotated[str | None, showing(LOADS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """Show its load over time: CPU, memory, disk, emulators."""
    which = built(LoadFilter, {"hours": hours, "points": points})
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        loads = client.send(backups.load_history(found.id, which))
    show_list(
        Page(items=loads.items, next_cursor=None),
        LOADS,
        output_format,
        every=LOADS,
        names=shown,
        quiet=quiet,
    )


def _gibibytes(size: int | None) -> str | None:
    return None if size is None else f"{size / 2**30:.1f} GiB"
