"""`ldfleet workstations prepare`: the script that a PC is prepared with."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import output
from ldfleet.cli.connection import connect
from ldfleet.cli.sending import built, only_given
from ldfleet.client import workstations
from ldfleet.domain.preparation import Rights
from ldfleet.wire.preparation import PrepareIn


def prepare(
    *,
    server: Annotated[
        list[str] | None,
        typer.Option(
            "--server", help="An IP address that the PC lets in, and no other; several times."
        ),
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="The account; made where it is not. Default: ldops.")
    ] = None,
    rights: Annotated[Rights | None, typer.Option(help="Of that account. Default: admin.")] = None,
    ssh: Annotated[bool, typer.Option("--ssh", help="An OpenSSH server too.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="The script that takes back what an earlier one did.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--file", "-o", help="Write it there. Default: print it.")
    ] = None,
) -> None:
    """Make the PowerShell script that prepares a PC.

    It is run on the PC by an administrator, lists every change and asks before it makes any; it
    asks there for the account's password. docs/prepare-a-workstation.md tells each step's risk.
    """
    asked = built(
        PrepareIn,
        only_given(servers=server, user=user, rights=rights) | {"ssh": ssh, "undo": undo},
    )
    with connect() as client:
        made = client.send(workstations.prepare(asked))
    if file is None:
        output.print_text(made.script)
        return
    _write(file, made.script)
    output.say(
        f"Wrote {file}. On the PC, in PowerShell as administrator: "
        f"powershell -ExecutionPolicy Bypass -File {file.name}"
    )


def _write(path: Path, text: str) -> None:
    """What is there already stays."""
    try:
        with path.open("x", encoding="ascii", newline="") as handle:
            handle.write(text)
    except OSError as exc:
        reason = f"{path} can't be made: {os.strerror(exc.errno or 0)}; choose another place"
        raise errors.FieldInvalid(field="--file", reason=reason) from exc
