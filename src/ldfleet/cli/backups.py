"""`ldfleet backups …`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import output, selection
from ldfleet.cli.commands import group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import backups
from ldfleet.wire.backups import BackupFilter, BackupOut

app = group(
    "What was backed up, and where it lies.",
    "ldfleet backups list --workstation pc-01",
    "ldfleet emulators restore em_01j… 'C:\\LDPlayer\\LDFleetBackups\\a.ldbk'",
)

BACKUPS: Sequence[Column[BackupOut]] = (
    Column("id", lambda backup: backup.id),
    Column("emulator", lambda backup: backup.emulator_name),
    Column("workstation", lambda backup: backup.workstation_id),
    Column("written", lambda backup: backup.created_at),
    Column("size", lambda backup: f"{backup.size / 2**30:.1f} GiB"),
    Column("file", lambda backup: backup.file),
)
BACKUP: Sequence[Column[BackupOut]] = (
    *BACKUPS,
    Column("sha256", lambda backup: backup.sha256),
    Column("operation", lambda backup: backup.operation_id),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    workstation: Annotated[str | None, typer.Option(help="Of this one (id or name).")] = None,
    emulator: Annotated[str | None, typer.Option(help="Of this one (id or name).")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(BACKUP)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List backups, newest first."""
    with connect() as client:
        given = only_given(filter=filter_, sort=sort)
        if workstation is not None:
            given["workstation_id"] = selection.find_workstation(client, workstation).id
        if emulator is not None:
            given["emulator_id"] = selection.find_emulator(client, emulator).id
        call = backups.page(built(BackupFilter, given))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, BACKUPS, output_format, every=BACKUP, names=shown, quiet=quiet)


@app.command()
def show(
    *,
    backup: Annotated[str, typer.Argument(metavar="BACKUP", help="Its id.")],
    output_format: As = Format.TABLE,
) -> None:
    """Show one backup."""
    with connect() as client:
        found = client.send(backups.get(backup))
    output.show_one(found, BACKUP, output_format)
