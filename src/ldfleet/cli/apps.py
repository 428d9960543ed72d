"""`ldfleet apps …`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import AppRef, Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import apps
from ldfleet.wire.apps import (
    InstallationFilter,
    InstallationOut,
    LibraryAppFilter,
    LibraryAppOut,
)

app = group(
    "The app library: files of Android apps, kept on the server.",
    "ldfleet apps upload game-1.2.apk",
    "ldfleet apps list --filter 'package:com.example.* -packing:xapk'",
    "ldfleet apps show com.example.game@1.2.0",
    "ldfleet apps emulators com.example.game",
    "ldfleet apps remove ap_01j…",
)

_MIB = 1 << 20
APPS: Sequence[Column[LibraryAppOut]] = (
    Column("id", lambda each: each.id),
    Column("label", lambda each: each.label),
    Column("package", lambda each: each.package),
    Column("version", lambda each: each.version_name),
    Column("code", lambda each: each.version_code),
    Column("packing", lambda each: each.packing),
    Column("size", lambda each: f"{each.size / _MIB:.1f} MiB"),
    Column("uploaded", lambda each: each.created_at),
)
APP: Sequence[Column[LibraryAppOut]] = (
    *APPS,
    Column("by", lambda each: each.uploaded_by),
    Column("file", lambda each: each.file_name),
    Column("min sdk", lambda each: each.min_sdk),
    Column("abis", lambda each: each.abis),
    Column("splits", lambda each: each.splits),
    Column("signer", lambda each: each.signer_sha256),
    Column("sha256", lambda each: each.sha256),
)


PLACES: Sequence[Column[InstallationOut]] = (
    Column("id", lambda each: each.emulator_id),
    Column("emulator", lambda each: each.emulator_name),
    Column("workstation", lambda each: each.workstation_name),
    Column("version", lambda each: each.version_name),
    Column("code", lambda each: each.version_code),
    Column("current", lambda each: each.current),
    Column("seen", lambda each: each.seen_at),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(APP)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List the apps of the library, newest first."""
    call = apps.page(built(LibraryAppFilter, only_given(filter=filter_, sort=sort)))
    with connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, APPS, output_format, every=APP, names=shown, quiet=quiet)


@app.command()
def show(*, which: AppRef, output_format: As = Format.TABLE) -> None:
    """Show one app of the library."""
    with connect() as client:
        found = selection.find_app(client, which)
    output.show_one(found, APP, output_format)


@app.command(epilog=epilog("ldfleet apps upload game-1.2.xapk"))
def upload(
    *,
    file: Annotated[Path, typer.Argument(help="An .apk, .apks, .apkm or .xapk.")],
    name: Annotated[str | None, typer.Option(help="Shown instead of the file's name.")] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Put a file into the library. The same file again gives what is there already."""
    if not file.is_file():
        raise errors.FieldInvalid(field="file", reason=f"there is no file {file}; check its path")
    with connect() as client:
        added = client.send(apps.upload(file, name=name))
    output.show_one(added, APP, output_format)


@app.command()
def remove(*, which: AppRef, yes: waiting.Yes = False) -> None:
    """Take an app and its file out of the library. Where it is installed it stays."""
    with connect() as client:
        found = selection.find_app(client, which)
        called = f"{found.package} {found.version_name or found.version_code} ({found.id})"
        waiting.refuse_unless_confirmed(
            f"Remove {called} from the library?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(apps.remove(found.id))
    output.say(f"Removed {called}.")


@app.command(epilog=epilog("ldfleet apps emulators com.example.game --filter 'code:<8'"))
def emulators(
    *,
    which: AppRef,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(PLACES)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List the emulators that have the app, with their versions."""
    asked = built(InstallationFilter, only_given(filter=filter_, sort=sort))
    with connect() as client:
        found = selection.find_app(client, which)
        call = apps.emulators(found.id, asked)
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, PLACES, output_format, every=PLACES, names=shown, quiet=quiet)
