"""`ldfleet emulators apps` and `screenshot`: looks into a running emulator."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import output, selection
from ldfleet.cli.commands import epilog, single
from ldfleet.cli.connection import connect
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.sending import built, only_given
from ldfleet.client import emulators
from ldfleet.domain.picture import PictureFormat
from ldfleet.wire.looks import AppFilter, InstalledAppOut, ScreenshotFilter
from ldfleet.wire.shapes import Page

EmulatorRef = Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")]
APPS: Sequence[Column[InstalledAppOut]] = (
    Column("package", lambda app: app.package),
    Column("version", lambda app: app.version),
    Column("version code", lambda app: app.version_code),
    Column("system", lambda app: app.system),
)
SUFFIXES: Mapping[str, PictureFormat] = {
    ".png": PictureFormat.PNG,
    ".jpg": PictureFormat.JPEG,
    ".jpeg": PictureFormat.JPEG,
    ".webp": PictureFormat.WEBP,
}
STDOUT = Path("-")
screenshot_alone = single()


def apps(
    *,
    emulator: EmulatorRef,
    system: Annotated[
        bool, typer.Option("--system", help="Those that came with Android, too.")
    ] = False,
    shown: Annotated[str | None, showing(APPS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List the apps that are installed on one.

    It has to run: its Android is asked, now. What came with Android is left out.
    """
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        known = client.send(emulators.apps(found.id, built(AppFilter, {"system": system})))
    page = Page(items=known.items, next_cursor=None)
    show_list(page, APPS, output_format, every=APPS, names=shown, quiet=quiet)


@screenshot_alone.command(
    epilog=epilog(
        "ldfleet screenshot farm-07 -o farm-07.png",
        "ldfleet screenshot farm-07 -o small.webp --width 320",
    )
)
def screenshot(
    *,
    emulator: EmulatorRef,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", "-o", help="Write it there (.png, .jpg, .webp). Default, or -: print it."
        ),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Make it so many pixels wide, where it is wider.")
    ] = None,
    format_: Annotated[
        PictureFormat | None, typer.Option("--format", help="Default: as the file is named.")
    ] = None,
) -> None:
    """Save what one shows now.

    It has to run. A file of that name is replaced.
    """
    path = None if file == STDOUT else file
    if path is None and sys.stdout.isatty():
        raise errors.FieldInvalid(field="--file", reason="name one: a terminal shows no pictures")
    given = format_ or _format_of(path)
    asked = built(ScreenshotFilter, {"format": given, **only_given(width=width)})
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        picture = client.send(emulators.screenshot(found.id, asked))
    if path is None:
        output.print_bytes(picture)
    else:
        write_picture(path, picture)


def _format_of(path: Path | None) -> PictureFormat:
    if path is None:
        return PictureFormat.PNG
    known = SUFFIXES.get(path.suffix.lower())
    if known is None:
        reason = f"{path.suffix or path.name} is no picture; name it .png, .jpg or .webp"
        raise errors.FieldInvalid(field="--file", reason=reason)
    return known


def write_picture(path: Path, picture: bytes) -> None:
    """Raises FieldInvalid where it can't be written."""
    try:
        path.write_bytes(picture)
    except OSError as exc:
        reason = f"{path} can't be written: {os.strerror(exc.errno or 0)}; choose another place"
        raise errors.FieldInvalid(field="--file", reason=reason) from exc
    output.say(f"Wrote {path}, {len(picture)} bytes.")
