"""The verbs of `ldfleet emulators …`; each waits for its operation."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from ldfleet.cli import selection, waiting
from ldfleet.cli.asking import How, asks, asks_one, asks_some
from ldfleet.cli.connection import connect
from ldfleet.cli.hardware import (
    Adb,
    AndroidId,
    AutoRotate,
    Cores,
    Imei,
    Imsi,
    LockWindow,
    Mac,
    Manufacturer,
    Memory,
    Model,
    PhoneNumber,
    Root,
    Screen,
    SimSerial,
    settings_of,
)
from ldfleet.cli.selection import WorkstationRef
from ldfleet.client import emulators
from ldfleet.client.calls import Call
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.verbs import (
    AdbIn,
    BackupIn,
    CloneIn,
    CreateIn,
    EmulatorAsking,
    InstallIn,
    LaunchIn,
    LocationIn,
    ModifyIn,
    PropertyIn,
    RenameIn,
    RestoreIn,
)

EmulatorRef = Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")]
Package = Annotated[str, typer.Option(help="The app, as com.example.app.")]
NewName = Annotated[str | None, typer.Option(help="Its name.")]


@asks_some
def launch(
    *,
    emulator: list[str],
    package: Annotated[str | None, typer.Option(help="An app to start with it.")] = None,
    how: How,
) -> None:
    """Launch emulators, and wait for their Android.

    Exits 0 only if it was seen ready. Ctrl-C stops the waiting, not the launch.
    """
    asked = how.built(LaunchIn, package=package)
    ask = partial(emulators.launch, how=asked)
    _act(emulator, ask, how)


@asks_some
def quit_(*, emulator: list[str], how: How) -> None:
    """Quit emulators, and wait until they are gone."""
    ask = partial(emulators.quit_, how=how.built(EmulatorAsking))
    _act(emulator, ask, how)


@asks_some
def reboot(*, emulator: list[str], how: How) -> None:
    """Restart running emulators, and wait for their Android."""
    ask = partial(emulators.reboot, how=how.built(EmulatorAsking))
    _act(emulator, ask, how)


@asks_one
def rename(
    *,
    emulator: EmulatorRef,
    name: Annotated[str, typer.Argument(help="The new name.")],
    how: How,
) -> None:
    """Give an emulator a name."""
    ask = partial(emulators.rename, how=how.built(RenameIn, name=name))
    _act([emulator], ask, how)


@asks_some
def modify(
    *,
    emulator: list[str],
    screen: Screen = None,
    cpu: Cores = None,
    memory: Memory = None,
    manufacturer: Manufacturer = None,
    model: Model = None,
    phone_number: PhoneNumber = None,
    imei: Imei = None,
    imsi: Imsi = None,
    sim_serial: SimSerial = None,
    android_id: AndroidId = None,
    mac: Mac = None,
    auto_rotate: AutoRotate = None,
    lock_window: LockWindow = None,
    root: Root = None,
    adb: Adb = None,
    how: How,
) -> None:
    """Change hardware settings of emulators.

    They are in force from the next start.
    """
    settings = settings_of(
        screen=screen,
        cpu=cpu,
        memory_mib=memory,
        manufacturer=manufacturer,
        model=model,
        phone_number=phone_number,
        imei=imei,
        imsi=imsi,
        sim_serial=sim_serial,
        android_id=android_id,
        mac=mac,
        auto_rotate=auto_rotate,
        lock_window=lock_window,
        root=root,
        adb=adb,
    )
    ask = partial(emulators.modify, how=how.built(ModifyIn, settings=settings))
    _act(emulator, ask, how)


@asks_one
def clone(
    *,
    emulator: EmulatorRef,
    name: NewName = None,
    keep_ids: Annotated[
        bool, typer.Option("--keep-ids", help="Leave the source's device ids in the clone.")
    ] = False,
    stop_source: Annotated[
        bool, typer.Option("--stop-source", help="Quit the source first, if it runs.")
    ] = False,
    how: How,
) -> None:
    """Make another emulator like one, with device ids of its own."""
    given: dict[str, Any] = {"name": name, "new_ids": not keep_ids, "stop_source": stop_source}
    ask = partial(emulators.clone, how=how.built(CloneIn, **given))
    _act([emulator], ask, how)


@asks_some
def remove(
    *,
    emulator: list[str],
    yes: waiting.Yes = False,
    how: How,
) -> None:
    """Remove emulators with their disks; protected ones are not.

    Asks to type the name, or how many they are.
    """
    asked = how.built(EmulatorAsking)
    with connect() as client:
        found = {one.id: one for one in (selection.find_emulator(client, ref) for ref in emulator)}
        names = ", ".join(f"{one.name} on {one.workstation_name}" for one in found.values())
        word = names.rpartition(" on ")[0] if len(found) == 1 else str(len(found))
        waiting.refuse_unless_typed(
            f"Remove {names} with all disks?", word, yes=yes, terminal=sys.stdin.isatty()
        )
        targets = {
            one.id: waiting.named(
                f"{one.name} ({one.id})", partial(client.send, emulators.remove(one.id, asked))
            )
            for one in found.values()
        }
        waiting.act_on(client, targets, how.patience)


@asks
def create(
    *,
    workstation: WorkstationRef,
    name: NewName = None,
    install: Annotated[
        str | None, typer.Option(help="LDPlayer's folder on the PC, where it has several.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="May be given several times.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="Make it by this profile (id or name); what is given here wins."),
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option("--app", help="A package to install from LDPlayer's store; several times."),
    ] = None,
    stay_on: Annotated[
        bool, typer.Option("--stay-on", help="Start it, and leave it on; else it ends up stopped.")
    ] = False,
    screen: Screen = None,
    cpu: Cores = None,
    memory: Memory = None,
    root: Root = None,
    how: How,
) -> None:
    """Create an emulator on a workstation.

    With --profile it gets the hardware, tags and apps of that.
    """
    settings = settings_of(screen=screen, cpu=cpu, memory_mib=memory, root=root)
    given = {
        "name": name,
        "install": install,
        "tags": tag,
        "apps": None if package is None else [{"package": each} for each in package],
        "stay_on": stay_on or None,
        "settings": settings or None,
    }
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        sent = {key: value for key, value in given.items() if value is not None}
        if profile is not None:
            sent["profile"] = selection.find_profile(client, profile).id
        asked = how.built(CreateIn, workstation_id=found.id, **sent)
        create = partial(client.send, emulators.create(asked))
        target = {found.name: waiting.named(f"{found.name} ({found.id})", create)}
        waiting.act_on(client, target, how.patience)


@asks_some
def backup(
    *,
    emulator: list[str],
    file: Annotated[
        str | None, typer.Option(help=r"A full path there, as D:\backups\one.ldbk.")
    ] = None,
    how: How,
) -> None:
    """Back stopped emulators up to files on their workstations."""
    ask = partial(emulators.backup, how=how.built(BackupIn, file=file))
    _act(emulator, ask, how)


@asks_one
def restore(
    *,
    emulator: EmulatorRef,
    file: Annotated[str, typer.Argument(help=r"A full path there, as D:\backups\one.ldbk.")],
    yes: waiting.Yes = False,
    how: How,
) -> None:
    """Replace the disks of a stopped emulator by those of a backup."""
    waiting.refuse_unless_confirmed(
        f"Replace the disks of {emulator} by those in {file}?",
        yes=yes,
        terminal=sys.stdin.isatty(),
    )
    ask = partial(emulators.restore, how=how.built(RestoreIn, file=file))
    _act([emulator], ask, how)


@asks_some
def install(
    *,
    emulator: list[str],
    file: Annotated[
        str | None, typer.Option(help=r"A full path there, as D:\apps\one.apk.")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help="An app of LDPlayer's store, perhaps an old version.")
    ] = None,
    library: Annotated[
        str | None,
        typer.Option(
            metavar="APP",
            help="An app of the library: its id, its package (the newest), or PACKAGE@VERSION.",
        ),
    ] = None,
    how: How,
) -> None:
    """Install an app in running emulators.

    Of a file there (--file), of LDPlayer's store (--package), or of the library (--library).
    """
    app = None
    if library is not None:
        with connect() as client:
            app = selection.find_app(client, library).id
    asked = how.built(InstallIn, file=file, package=package, app=app)
    ask = partial(emulators.install, how=asked)
    _act(emulator, ask, how)


@asks_some
def uninstall(
    *,
    emulator: list[str],
    package: Package,
    how: How,
) -> None:
    """Uninstall an app from running emulators."""
    asked = how.built(EmulatorAsking)
    ask = partial(emulators.uninstall, package=package, how=asked)
    _act(emulator, ask, how)


@asks_some
def run(
    *,
    emulator: list[str],
    package: Package,
    how: How,
) -> None:
    """Bring an app of running emulators to the front."""
    ask = partial(emulators.run, package=package, how=how.built(EmulatorAsking))
    _act(emulator, ask, how)


@asks_some
def kill(
    *,
    emulator: list[str],
    package: Package,
    how: How,
) -> None:
    """End an app of running emulators."""
    ask = partial(emulators.kill, package=package, how=how.built(EmulatorAsking))
    _act(emulator, ask, how)


@asks_some
def locate(
    *,
    emulator: list[str],
    longitude: Annotated[float, typer.Option(help="-180 to 180.")],
    latitude: Annotated[float, typer.Option(help="-90 to 90.")],
    how: How,
) -> None:
    """Set the place that emulators report, in degrees of WGS-84."""
    asked = how.built(LocationIn, longitude=longitude, latitude=latitude)
    ask = partial(emulators.locate, how=asked)
    _act(emulator, ask, how)


@asks_one
def adb(
    *,
    emulator: EmulatorRef,
    command: Annotated[list[str], typer.Argument(help="After --, as: shell pm list packages.")],
    how: How,
) -> None:
    """Run an ADB command in a running emulator.

    -o json shows all of its output.
    """
    ask = partial(emulators.adb, how=how.built(AdbIn, command=" ".join(command)))
    _act([emulator], ask, how)


@asks_one
def setprop(
    *,
    emulator: EmulatorRef,
    key: Annotated[str, typer.Argument(help="As phone.imei.")],
    value: Annotated[str, typer.Argument(help="Its value.")],
    how: How,
) -> None:
    """Set a property of a running emulator."""
    ask = partial(emulators.setprop, how=how.built(PropertyIn, key=key, value=value))
    _act([emulator], ask, how)


def _act(meant: Sequence[str], ask: Callable[[str], Call[OperationOut]], how: How) -> None:
    with connect() as client:

        def submit(reference: str) -> tuple[str, OperationOut]:
            found = selection.find_emulator(client, reference)
            return f"{found.name} ({found.id})", client.send(ask(found.id))

        targets = {reference: partial(submit, reference) for reference in meant}
        waiting.act_on(client, targets, how.patience)
