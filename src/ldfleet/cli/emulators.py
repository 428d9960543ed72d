"""`ldfleet emulators …`."""

from typing import Annotated, Any

import typer

from ldfleet.cli import columns, looks, output, selection
from ldfleet.cli import emulator_verbs as verbs
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, change_of, only_given
from ldfleet.client import emulators
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.event import EventType
from ldfleet.wire.emulators import EmulatorFilter, EmulatorPatch
from ldfleet.wire.server import PastEventsOfFilter

app = group(
    "The emulators on all workstations.",
    "ldfleet emulators list --filter 'status:ready tag:qa -ws:pc-0*' --sort=-since",
    "ldfleet emulators launch em_01j…              waits until its Android is ready",
    "ldfleet emulators launch em_01j… em_01k… --no-wait",
    "ldfleet emulators quit farm-07                a name will do where only one has it",
    "ldfleet emulators modify farm-07 --cpu 4 --memory 4096",
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    status: Annotated[EmulatorStatus | None, typer.Option(help="Only these.")] = None,
    workstation: Annotated[str | None, typer.Option(help="Only on this one (id or name).")] = None,
    name: Annotated[str | None, typer.Option(help="Only with this in their name.")] = None,
    removed: Annotated[bool, typer.Option("--removed", help="Removed ones too.")] = False,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.EMULATOR)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List emulators, by workstation."""
    which: dict[str, Any] = {
        "status": status,
        "name": name,
        "removed": removed,
        **only_given(filter=filter_, sort=sort),
    }
    with connect() as client:
        if workstation is not None:
            which["workstation_id"] = selection.find_workstation(client, workstation).id
        call = emulators.page(built(EmulatorFilter, which))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(
        page, columns.EMULATORS, output_format, every=columns.EMULATOR, names=shown, quiet=quiet
    )


@app.command("operations")
def operations_(
    *,
    emulator: Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")],
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.OPERATION)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List what was asked of one emulator, newest first."""
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        call = emulators.operations_of(found.id)
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(
        page, columns.OPERATIONS, output_format, every=columns.OPERATION, names=shown, quiet=quiet
    )


@app.command()
def config(
    *,
    emulator: Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")],
    output_format: As = Format.TABLE,
) -> None:
    """Show what is known of its configuration, as it was read last."""
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        known = client.send(emulators.config_of(found.id))
    output.show_one(known, columns.CONFIG, output_format)


@app.command()
def events(
    *,
    emulator: Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")],
    type_: Annotated[EventType | None, typer.Option("--type", help="Only these.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.EVENTS)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List what befell one emulator, newest first."""
    which = built(PastEventsOfFilter, only_given(type=type_))
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        call = emulators.events_of(found.id, which)
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, columns.EVENTS, output_format, every=columns.EVENTS, names=shown, quiet=quiet)


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


@app.command(
    epilog=epilog(
        "ldfleet emulators edit farm-07 --protect --notes 'the reference'",
        "ldfleet emulators edit farm-07 --no-protect --tag qa --tag spare",
    )
)
def edit(
    *,
    emulator: Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")],
    protect: Annotated[
        bool | None,
        typer.Option("--protect/--no-protect", help="A protected one can't be removed."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="In place of its tags; several times.")
    ] = None,
    notes: Annotated[str | None, typer.Option(help="Free text.")] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change its protection, tags or notes. An empty text takes a value away."""
    tags = None if tag is None else list(filter(None, tag))
    patch = change_of(EmulatorPatch, only_given(protected=protect, tags=tags, notes=notes))
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        changed = client.send(emulators.annotate(found.id, patch, if_version=found.version))
    output.show_one(changed, columns.EMULATOR, output_format)


app.command("apps", epilog=epilog("ldfleet emulators apps farm-07 --columns package,version"))(
    looks.apps
)
app.command("screenshot", epilog=epilog("ldfleet emulators screenshot farm-07 -o farm-07.png"))(
    looks.screenshot
)
app.command("create", epilog=epilog("ldfleet emulators create pc-01 --name farm-07 --cpu 4"))(
    verbs.create
)
app.command("start", hidden=True)(verbs.launch)
app.command("launch", epilog=epilog("ldfleet emulators launch em_01j… --package com.example.app"))(
    verbs.launch
)
app.command("stop", hidden=True)(verbs.quit_)
app.command("quit")(verbs.quit_)
app.command("reboot")(verbs.reboot)
app.command("rename", epilog=epilog("ldfleet emulators rename em_01j… farm-07"))(verbs.rename)
app.command(
    "modify",
    epilog=epilog(
        "ldfleet emulators modify em_01j… --screen 1280x720@240 --cpu 4 --memory 4096",
        "ldfleet emulators modify em_01j… --imei auto --mac auto",
    ),
)(verbs.modify)
app.command("clone", epilog=epilog("ldfleet emulators clone farm-07 --name farm-08 --stop-source"))(
    verbs.clone
)
app.command(
    "remove", epilog=epilog("ldfleet emulators remove farm-07 --yes --reason 'not needed'")
)(verbs.remove)
app.command(
    "backup", epilog=epilog(r"ldfleet emulators backup farm-07 --file 'D:\backups\farm-07.ldbk'")
)(verbs.backup)
app.command(
    "restore", epilog=epilog(r"ldfleet emulators restore farm-07 'D:\backups\farm-07.ldbk'")
)(verbs.restore)
app.command(
    "install", epilog=epilog(r"ldfleet emulators install em_01j… --file 'D:\apps\one.apk'")
)(verbs.install)
app.command("uninstall")(verbs.uninstall)
app.command("run", epilog=epilog("ldfleet emulators run em_01j… --package com.example.app"))(
    verbs.run
)
app.command("kill")(verbs.kill)
app.command(
    "locate", epilog=epilog("ldfleet emulators locate em_01j… --longitude 13.4 --latitude 52.5")
)(verbs.locate)
app.command(
    "adb", epilog=epilog("ldfleet emulators adb em_01j… -o json -- shell pm list packages")
)(verbs.adb)
app.command("setprop", epilog=epilog("ldfleet emulators setprop em_01j… phone.imei auto"))(
    verbs.setprop
)
