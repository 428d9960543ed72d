"""`ldfleet emulators …`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from ldfleet.cli import columns, output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.output import As, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built
from ldfleet.cli.waiting import NoWait, Timeout
from ldfleet.client import emulators
from ldfleet.client.calls import Call
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.wire.emulators import EmulatorFilter, LaunchIn, QuitIn
from ldfleet.wire.operations import OperationOut

app = group(
    "The emulators on all workstations.",
    "ldfleet emulators list --status ready",
    "ldfleet emulators launch em_01j…              waits until its Android is ready",
    "ldfleet emulators launch em_01j… em_01k… --no-wait",
    "ldfleet emulators quit farm-07                a name will do where only one has it",
)

EmulatorRefs = Annotated[list[str], typer.Argument(metavar="EMULATOR", help="Ids or names.")]
Reason = Annotated[str | None, typer.Option(help="Why; everyone sees it.")]


@app.command("list")
def list_(
    *,
    status: Annotated[EmulatorStatus | None, typer.Option(help="Only these.")] = None,
    workstation: Annotated[str | None, typer.Option(help="Only on this one (id or name).")] = None,
    name: Annotated[str | None, typer.Option(help="Only with this in their name.")] = None,
    removed: Annotated[bool, typer.Option("--removed", help="Removed ones too.")] = False,
    limit: Limit = None,
    cursor: Cursor = None,
    output_format: As = Format.TABLE,
) -> None:
    """List emulators, by workstation."""
    which: dict[str, Any] = {"status": status, "name": name, "removed": removed}
    with connect() as client:
        if workstation is not None:
            which["workstation_id"] = selection.find_workstation(client, workstation).id
        call = emulators.page(built(EmulatorFilter, which))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    output.show_page(page, columns.EMULATORS, output_format)


@app.command()
def show(
    *,
    emulator: Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")],
    output_format: As = Format.TABLE,
) -> None:
    """Show one emulator."""
    with connect() as client:
        found = selection.find_emulator(client, emulator)
    output.show_one(found, columns.EMULATOR, output_format)


@app.command("start", hidden=True)
@app.command(epilog=epilog("ldfleet emulators launch em_01j… --package com.example.app"))
def launch(
    *,
    emulator: EmulatorRefs,
    package: Annotated[str | None, typer.Option(help="An app to start with it.")] = None,
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Launch emulators, and wait for their Android.

    Exits 0 only if it was seen ready. Ctrl-C stops the waiting, not the launch.
    """
    how = built(LaunchIn, {"package": package, "reason": reason})
    _act(
        emulator,
        partial(emulators.launch, how=how),
        wait=not no_wait,
        timeout=timeout,
        chosen=output_format,
    )


@app.command("stop", hidden=True)
@app.command("quit")
def quit_(
    *,
    emulator: EmulatorRefs,
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Quit emulators, and wait until they are gone."""
    how = built(QuitIn, {"reason": reason})
    _act(
        emulator,
        partial(emulators.quit_, how=how),
        wait=not no_wait,
        timeout=timeout,
        chosen=output_format,
    )


def _act(
    meant: Sequence[str],
    ask: Callable[[str], Call[OperationOut]],
    *,
    wait: bool,
    timeout: str | None,
    chosen: Format,
) -> None:
    limit = waiting.seconds_of(timeout)
    with connect() as client:

        def submit(reference: str) -> tuple[str, OperationOut]:
            found = selection.find_emulator(client, reference)
            return f"{found.name} ({found.id})", client.send(ask(found.id))

        targets = {reference: partial(submit, reference) for reference in meant}
        waiting.act_on(client, targets, wait=wait, limit=limit, chosen=chosen)
