"""`ldfleet workstations wall`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import selection
from ldfleet.cli.connection import connect
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.looks import write_picture
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.cli.sending import built
from ldfleet.client import workstations
from ldfleet.client.client import Client
from ldfleet.wire.shapes import Page
from ldfleet.wire.walls import TileOut, WallFilter, WallOut

TILES: Sequence[Column[TileOut]] = (
    Column("emulator", lambda tile: tile.emulator_id),
    Column("taken", lambda tile: tile.taken_at),
    Column("same since", lambda tile: tile.same_since),
    Column("failure", lambda tile: tile.failure),
)
LONGEST = 60.0  # seconds; one that hangs is not waited for longer
EVERY = 0.5


def wall(
    *,
    workstation: WorkstationRef,
    file: Annotated[
        Path | None, typer.Option("--file", help="Write all screens there, as one WebP.")
    ] = None,
    max_age: Annotated[float, typer.Option(help="Seconds; older ones are renewed.")] = 15.0,
    shown: Annotated[str | None, showing(TILES)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """Look at all screens of a workstation.

    Each is in its place in the picture, row by row; those that don't run are dark.
    """
    if file is not None and file.suffix.lower() != ".webp":
        raise errors.FieldInvalid(field="--file", reason="the picture is a WebP; name it .webp")
    which = built(WallFilter, {"max_age": max_age})
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        known = _settled(client, found.id, which)
        picture = None if file is None else client.send(workstations.wall_picture(found.id))
    if file is not None and picture is not None:
        write_picture(file, picture)
    page = Page(items=known.tiles, next_cursor=None)
    show_list(page, TILES, output_format, every=TILES, names=shown, quiet=quiet)


def _settled(client: Client, workstation_id: str, which: WallFilter) -> WallOut:
    until = time.monotonic() + LONGEST
    known = client.send(workstations.wall(workstation_id, which))
    while known.renewing and time.monotonic() < until:
        time.sleep(EVERY)
        known = client.send(workstations.wall(workstation_id, which))
    return known
