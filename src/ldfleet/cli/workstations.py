"""`ldfleet workstations …`."""

import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from ldfleet import errors
from ldfleet.cli import columns, exits, output, selection, waiting
from ldfleet.cli import workstation_verbs as verbs
from ldfleet.cli.asking import waits
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect, new_password
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.importing import import_
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.load import load
from ldfleet.cli.output import As, Format
from ldfleet.cli.preparing import prepare
from ldfleet.cli.selection import Cursor, Limit, WorkstationRef
from ldfleet.cli.sending import built, change_of, only_given
from ldfleet.cli.waiting import Patience
from ldfleet.cli.wall import wall
from ldfleet.client import workstations
from ldfleet.client.calls import Call
from ldfleet.domain.workstation import Address, LoginMethod, TransportKind, WorkstationStatus
from ldfleet.wire.shapes import Page
from ldfleet.wire.workstations import (
    ConnectionReportOut,
    MaintenanceIn,
    WorkstationFilter,
    WorkstationIn,
    WorkstationOut,
    WorkstationPatch,
)

app = group(
    "The Windows PCs that run emulators.",
    "ldfleet workstations add pc-01 10.0.0.5 --username farm --certificate-sha256 4f:0a:…",
    "ldfleet workstations test pc-01",
    "ldfleet workstations list -o json | jq -r '.items[].name'",
    "ldfleet workstations hold pc-01 --reason 'new graphics card'",
)

Name = Annotated[str, typer.Argument(help="What you call it.")]
Host = Annotated[str, typer.Argument(help="Its DNS name or IP address.")]
Port = Annotated[
    int | None, typer.Option(help="Default: 5986 with TLS, 5985 without; 22 over SSH.")
]
Transport = Annotated[
    TransportKind | None, typer.Option(help="winrm (default), ssh, or local: this very PC.")
]
HostKey = Annotated[
    str | None,
    typer.Option(
        help="Over SSH: trust this host key, as ssh-keygen -lf shows; --dry-run tells it."
    ),
]
Tls = Annotated[bool | None, typer.Option("--tls/--no-tls", help="Default: with TLS.")]
Login = Annotated[
    LoginMethod | None,
    typer.Option(help="How to log in. Default: negotiate; over SSH key or password."),
]
Username = Annotated[str | None, typer.Option(help="The account on the PC.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Fingerprint = Annotated[
    str | None,
    typer.Option(
        help="Trust the certificate with this SHA-256 fingerprint; without it, --dry-run tells it."
    ),
]
CaFile = Annotated[
    Path | None, typer.Option(help="Trust certificates of this authority (PEM).", exists=True)
]
CertFile = Annotated[
    Path | None, typer.Option(help="Log in with this certificate (PEM).", exists=True)
]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="… and its private key (PEM); over SSH a private key alone.", exists=True),
]
LdplayerPath = Annotated[
    str | None, typer.Option(help="LDPlayer's folder. Default: found by itself.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="May be given several times.")]
Notes = Annotated[str | None, typer.Option(help="Free text.")]
Site = Annotated[
    str | None, typer.Option(help="The LAN it stands in; workers serve sites. Default: default.")
]
Boots = Annotated[int | None, typer.Option(help="Emulators that boot there at once. Default: 2.")]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Test the connection only; add nothing.")]

_ADDRESS = frozenset(field.name for field in fields(Address))


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    status: Annotated[WorkstationStatus | None, typer.Option(help="Only these.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.WORKSTATION)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List workstations by name."""
    which = built(WorkstationFilter, only_given(status=status, filter=filter_, sort=sort))
    with connect() as client:
        page = selection.gather(client, workstations.page(which), limit=limit, cursor=cursor)
    show_list(
        page,
        columns.WORKSTATIONS,
        output_format,
        every=columns.WORKSTATION,
        names=shown,
        quiet=quiet,
    )


@app.command()
def show(*, workstation: WorkstationRef, output_format: As = Format.TABLE) -> None:
    """Show one workstation."""
    with connect() as client:
        meant = selection.find_workstation(client, workstation)
        found = client.send(workstations.get(meant.id))
    output.show_one(found, columns.WORKSTATION_DETAIL, output_format)


@app.command()
def info(*, workstation: WorkstationRef, output_format: As = Format.TABLE) -> None:
    """Show what the PC last said of its hardware and Windows."""
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        known = client.send(workstations.system_info(found.id))
    output.show_one(known, columns.SYSTEM_INFO, output_format)


@app.command(
    epilog=epilog(
        "ldfleet workstations add pc-01 10.0.0.5 --username farm --certificate-sha256 4f:0a:…",
        "ldfleet workstations add pc-02 pc-02.lan --username farm --password-stdin < password.txt",
        "ldfleet workstations add pc-03 10.0.0.7 --no-tls --username farm",
        "ldfleet workstations add pc-04 10.0.0.8 --transport ssh --username farm --dry-run",
        "ldfleet workstations add here localhost --transport local",
    )
)
def add(
    *,
    name: Name,
    host: Host,
    port: Port = None,
    transport: Transport = None,
    tls: Tls = None,
    login: Login = None,
    username: Username = None,
    password_stdin: PasswordStdin = False,
    certificate_sha256: Fingerprint = None,
    host_key_sha256: HostKey = None,
    ca_file: CaFile = None,
    client_certificate_file: CertFile = None,
    client_key_file: KeyFile = None,
    ldplayer_path: LdplayerPath = None,
    tag: Tags = None,
    notes: Notes = None,
    site: Site = None,
    boots: Boots = None,
    dry_run: DryRun = False,
    output_format: As = Format.TABLE,
) -> None:
    """Add a workstation.

    The password comes from --password-stdin, LDFLEET_PASSWORD or a prompt; never from an option,
    where every user of this computer could read it.
    """
    given = only_given(
        name=name,
        host=host,
        port=port,
        transport=transport,
        tls=tls,
        login=login,
        username=username,
        password=new_password(
            stdin=password_stdin,
            ask=_has_password(transport, client_certificate_file, client_key_file),
        ),
        certificate_sha256=certificate_sha256,
        host_key_sha256=host_key_sha256,
        ca_pem=_content(ca_file),
        client_certificate_pem=_content(client_certificate_file),
        client_private_key_pem=_content(client_key_file),
        ldplayer_path=ldplayer_path,
        tags=tag,
        notes=notes,
        site=site,
        limits=None if boots is None else {"boots": boots},
    )
    draft = built(WorkstationIn, given)
    if dry_run:
        _test(workstations.test_draft(draft), output_format)
        return
    with connect() as client:
        added = client.send(workstations.add(draft))
    output.show_one(added, columns.WORKSTATIONS, output_format)
    output.say(f"Added. Test it: ldfleet workstations test {added.name}")


@app.command(epilog=epilog("ldfleet workstations edit pc-01 --host 10.0.0.9"))
def edit(
    *,
    workstation: WorkstationRef,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    host: Annotated[str | None, typer.Option(help="Its DNS name or IP address.")] = None,
    port: Port = None,
    transport: Transport = None,
    tls: Tls = None,
    login: Login = None,
    username: Username = None,
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Ask for a new password (or LDFLEET_PASSWORD).")
    ] = False,
    password_stdin: PasswordStdin = False,
    certificate_sha256: Fingerprint = None,
    host_key_sha256: HostKey = None,
    ca_file: CaFile = None,
    client_certificate_file: CertFile = None,
    client_key_file: KeyFile = None,
    ldplayer_path: LdplayerPath = None,
    tag: Tags = None,
    notes: Notes = None,
    site: Site = None,
    boots: Boots = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change what is given, and nothing else. An empty text takes a value away.

    A change of where or how the login is sent needs its password again: it is asked for, or comes
    as with `add`.
    """
    given = only_given(
        name=name,
        host=host,
        port=port,
        transport=transport,
        tls=tls,
        login=login,
        username=username,
        certificate_sha256=certificate_sha256,
        host_key_sha256=host_key_sha256,
        ca_pem=_content(ca_file),
        client_certificate_pem=_content(client_certificate_file),
        client_private_key_pem=_content(client_key_file),
        ldplayer_path=ldplayer_path,
        tags=tag,
        notes=notes,
        site=site,
        limits=None if boots is None else {"boots": boots},
    )
    wanted = {key: None if value == "" else value for key, value in given.items()}
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        if ask_password or password_stdin or _goes_elsewhere(found, wanted):
            password = new_password(stdin=password_stdin, ask=True)
            wanted |= only_given(password=password)
        patch = change_of(WorkstationPatch, wanted)
        changed = client.send(workstations.change(found.id, patch, if_version=found.version))
    output.show_one(changed, columns.WORKSTATION, output_format)


@app.command()
def remove(
    *,
    workstation: WorkstationRef,
    yes: waiting.Yes = False,
) -> None:
    """Take a workstation off record; the PC is not touched.

    Its emulators and its history go with it.
    """
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        waiting.refuse_unless_confirmed(
            f"Remove {found.name} with all that is known of it?",
            yes=yes,
            terminal=sys.stdin.isatty(),
        )
        client.send(workstations.remove(found.id, if_version=found.version))
    output.say(f"Removed {found.name}.")


@app.command("test")
def check_connection(*, workstation: WorkstationRef, output_format: As = Format.TABLE) -> None:
    """Test the connection, rung by rung.

    Exits 0 only if every rung holds.
    """
    with connect() as client:
        found = selection.find_workstation(client, workstation)
    _test(workstations.test(found.id), output_format)


@app.command()
@waits
def scan(*, workstation: WorkstationRef, patience: Patience) -> None:
    """Look at its emulators now."""
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        name = f"{found.name} ({found.id})"
        looked = {name: lambda: (name, client.send(workstations.scan(found.id)))}
        waiting.act_on(client, looked, patience)


@app.command()
def hold(
    *,
    workstation: WorkstationRef,
    reason: Annotated[str, typer.Option(help="Why; everyone sees it.")],
    output_format: As = Format.TABLE,
) -> None:
    """Let nothing new start there: maintenance."""
    why = built(MaintenanceIn, {"reason": reason})
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        held = client.send(workstations.hold(found.id, why))
    output.show_one(held, columns.WORKSTATIONS, output_format)


@app.command()
def release(*, workstation: WorkstationRef, output_format: As = Format.TABLE) -> None:
    """End its maintenance."""
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        released = client.send(workstations.release(found.id))
    output.show_one(released, columns.WORKSTATIONS, output_format)


app.command(
    "global-settings",
    epilog=epilog("ldfleet workstations global-settings pc-01 --fps 30 --no-audio"),
)(verbs.global_settings)
app.command()(load)
app.command(epilog=epilog("ldfleet workstations wall pc-01 --file pc-01.webp"))(wall)
app.command(
    epilog=epilog(
        "ldfleet workstations prepare --server 10.0.0.1 -o prepare-workstation.ps1",
        "ldfleet workstations prepare --undo -o undo-prepare-workstation.ps1",
    )
)(prepare)
app.command("import", epilog=epilog("ldfleet workstations import farm.csv --dry-run"))(import_)
app.command("sort-windows")(verbs.sort_windows)
app.command(
    "console",
    epilog=epilog(
        "ldfleet workstations console pc-01 -- ipconfig.exe /all",
        r"ldfleet workstations console pc-01 --deadline 10m -- C:\tools\defrag.exe C: /O",
    ),
)(verbs.console)
app.command("quit-all", epilog=epilog("ldfleet workstations quit-all pc-01 --yes"))(verbs.quit_all)


def _test(asked: Call[ConnectionReportOut], chosen: Format) -> None:
    with connect() as client:
        report = client.send(asked)
    _show_report(report, chosen)
    if report.status != "online":
        raise typer.Exit(exits.Exit.FINDINGS)


def _has_password(
    transport: TransportKind | None, certificate: Path | None, key: Path | None
) -> bool:
    return transport is not TransportKind.LOCAL and certificate is None and key is None


def _goes_elsewhere(found: WorkstationOut, wanted: Mapping[str, Any]) -> bool:
    """Whether the password has to be given again, and no other secret is."""
    if wanted.keys() & {"client_certificate_pem", "client_private_key_pem"}:
        return False
    if wanted.get("transport", found.transport) is TransportKind.LOCAL:
        return False
    return any(wanted[name] != getattr(found, name) for name in _ADDRESS & wanted.keys())


def _content(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as exc:
        reason = f"{file} can't be read as PEM text"
        raise errors.FieldInvalid(field="file", reason=reason) from exc


def _verdict(report: ConnectionReportOut) -> str:
    if report.status == "online":
        return "is online: every rung holds"
    if report.status == "offline":
        return "is offline: nothing answers at its address"
    if report.connected:
        return "answers, but is not ready to run emulators"
    return "is there, but does not let ldfleet in"


def _show_report(report: ConnectionReportOut, chosen: Format) -> None:
    if chosen.whole:
        output.show_one(report, (), chosen)
        return
    output.show_page(Page(items=report.stages, next_cursor=None), columns.STAGES, chosen)
    milliseconds = f"{report.response_time_ms:.0f} ms"
    output.say(f"{report.workstation_name} {_verdict(report)} ({milliseconds}).")
    for stage in report.stages:
        if stage.ok is False and stage.hint:
            output.say(f"  {stage.name}: {stage.hint}")
