"""The verbs of `ldfleet emulators …`; each waits for its operation."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

import typer

from ldfleet.cli import selection, waiting
from ldfleet.cli.connection import connect
from ldfleet.cli.hardware import (
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
from ldfleet.cli.output import As, Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.cli.sending import built
from ldfleet.cli.waiting import NoWait, Timeout
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
    OnBusy,
    PropertyIn,
    RenameIn,
    RestoreIn,
)

H = TypeVar("H", bound=EmulatorAsking)

EmulatorRefs = Annotated[list[str], typer.Argument(metavar="EMULATOR", help="Ids or names.")]
EmulatorRef = Annotated[str, typer.Argument(metavar="EMULATOR", help="Its id or name.")]
Reason = Annotated[str | None, typer.Option(help="Why; everyone sees it.")]
Busy = Annotated[
    OnBusy,
    typer.Option("--on-busy", help="Where it has something to do: behind it, or not at all."),
]
Package = Annotated[str, typer.Option(help="The app, as com.example.app.")]
NewName = Annotated[str | None, typer.Option(help="Its name.")]


def launch(
    *,
    emulator: EmulatorRefs,
    package: Annotated[str | None, typer.Option(help="An app to start with it.")] = None,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Launch emulators, and wait for their Android.

    Exits 0 only if it was seen ready. Ctrl-C stops the waiting, not the launch.
    """
    how = _how(LaunchIn, reason, on_busy, package=package)
    ask = partial(emulators.launch, how=how)
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def quit_(
    *,
    emulator: EmulatorRefs,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Quit emulators, and wait until they are gone."""
    ask = partial(emulators.quit_, how=_how(EmulatorAsking, reason, on_busy))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def reboot(
    *,
    emulator: EmulatorRefs,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Restart running emulators, and wait for their Android."""
    ask = partial(emulators.reboot, how=_how(EmulatorAsking, reason, on_busy))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def rename(
    *,
    emulator: EmulatorRef,
    name: Annotated[str, typer.Argument(help="The new name.")],
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Give an emulator a name."""
    ask = partial(emulators.rename, how=_how(RenameIn, reason, on_busy, name=name))
    _act([emulator], ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def modify(
    *,
    emulator: EmulatorRefs,
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
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
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
    )
    ask = partial(emulators.modify, how=_how(ModifyIn, reason, on_busy, settings=settings))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


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
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Make another emulator like one, with device ids of its own."""
    given: dict[str, Any] = {"name": name, "new_ids": not keep_ids, "stop_source": stop_source}
    ask = partial(emulators.clone, how=_how(CloneIn, reason, on_busy, **given))
    _act([emulator], ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def remove(
    *,
    emulator: EmulatorRefs,
    yes: waiting.Yes = False,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Remove emulators with their disks; protected ones are not.

    Asks to type the name, or how many they are.
    """
    how = _how(EmulatorAsking, reason, on_busy)
    limit = waiting.seconds_of(timeout)
    with connect() as client:
        found = {one.id: one for one in (selection.find_emulator(client, ref) for ref in emulator)}
        names = ", ".join(f"{one.name} on {one.workstation_name}" for one in found.values())
        word = names.rpartition(" on ")[0] if len(found) == 1 else str(len(found))
        waiting.refuse_unless_typed(
            f"Remove {names} with all disks?", word, yes=yes, terminal=sys.stdin.isatty()
        )
        targets = {
            one.id: waiting.named(
                f"{one.name} ({one.id})", partial(client.send, emulators.remove(one.id, how))
            )
            for one in found.values()
        }
        waiting.act_on(client, targets, wait=not no_wait, limit=limit, chosen=output_format)


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
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Create an emulator on a workstation.

    With --profile it gets the hardware, tags and apps of that.
    """
    limit = waiting.seconds_of(timeout)
    settings = settings_of(screen=screen, cpu=cpu, memory_mib=memory, root=root)
    given = {
        "name": name,
        "install": install,
        "tags": tag,
        "apps": None if package is None else [{"package": each} for each in package],
        "stay_on": stay_on or None,
        "settings": settings or None,
        "reason": reason,
    }
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        sent = {key: value for key, value in given.items() if value is not None}
        if profile is not None:
            sent["profile"] = selection.find_profile(client, profile).id
        how = built(CreateIn, {"workstation_id": found.id, **sent})
        create = partial(client.send, emulators.create(how))
        target = {found.name: waiting.named(f"{found.name} ({found.id})", create)}
        waiting.act_on(client, target, wait=not no_wait, limit=limit, chosen=output_format)


def backup(
    *,
    emulator: EmulatorRefs,
    file: Annotated[
        str | None, typer.Option(help=r"A full path there, as D:\backups\one.ldbk.")
    ] = None,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Back stopped emulators up to files on their workstations."""
    ask = partial(emulators.backup, how=_how(BackupIn, reason, on_busy, file=file))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def restore(
    *,
    emulator: EmulatorRef,
    file: Annotated[str, typer.Argument(help=r"A full path there, as D:\backups\one.ldbk.")],
    yes: waiting.Yes = False,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Replace the disks of a stopped emulator by those of a backup."""
    waiting.refuse_unless_confirmed(
        f"Replace the disks of {emulator} by those in {file}?",
        yes=yes,
        terminal=sys.stdin.isatty(),
    )
    ask = partial(emulators.restore, how=_how(RestoreIn, reason, on_busy, file=file))
    _act([emulator], ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def install(
    *,
    emulator: EmulatorRefs,
    file: Annotated[
        str | None, typer.Option(help=r"A full path there, as D:\apps\one.apk.")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help="An app of LDPlayer's store, perhaps an old version.")
    ] = None,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Install an app in running emulators: --file or --package."""
    how = _how(InstallIn, reason, on_busy, file=file, package=package)
    ask = partial(emulators.install, how=how)
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def uninstall(
    *,
    emulator: EmulatorRefs,
    package: Package,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Uninstall an app from running emulators."""
    how = _how(EmulatorAsking, reason, on_busy)
    ask = partial(emulators.uninstall, package=package, how=how)
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def run(
    *,
    emulator: EmulatorRefs,
    package: Package,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Bring an app of running emulators to the front."""
    ask = partial(emulators.run, package=package, how=_how(EmulatorAsking, reason, on_busy))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def kill(
    *,
    emulator: EmulatorRefs,
    package: Package,
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """End an app of running emulators."""
    ask = partial(emulators.kill, package=package, how=_how(EmulatorAsking, reason, on_busy))
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def locate(
    *,
    emulator: EmulatorRefs,
    longitude: Annotated[float, typer.Option(help="-180 to 180.")],
    latitude: Annotated[float, typer.Option(help="-90 to 90.")],
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Set the place that emulators report, in degrees of WGS-84."""
    how = _how(LocationIn, reason, on_busy, longitude=longitude, latitude=latitude)
    ask = partial(emulators.locate, how=how)
    _act(emulator, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def adb(
    *,
    emulator: EmulatorRef,
    command: Annotated[list[str], typer.Argument(help="After --, as: shell pm list packages.")],
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Run an ADB command in a running emulator.

    -o json shows all of its output.
    """
    ask = partial(emulators.adb, how=_how(AdbIn, reason, on_busy, command=" ".join(command)))
    _act([emulator], ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def setprop(
    *,
    emulator: EmulatorRef,
    key: Annotated[str, typer.Argument(help="As phone.imei.")],
    value: Annotated[str, typer.Argument(help="Its value.")],
    reason: Reason = None,
    on_busy: Busy = "queue",
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Set a property of a running emulator."""
    ask = partial(emulators.setprop, how=_how(PropertyIn, reason, on_busy, key=key, value=value))
    _act([emulator], ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def _how(model: type[H], reason: str | None, on_busy: OnBusy, **given: Any) -> H:
    sent = {"reason": reason, "on_busy": on_busy, **given}
    return built(model, {name: value for name, value in sent.items() if value is not None})


def _act(
    meant: Sequence[str],
    ask: Callable[[str], Call[OperationOut]],
    *,
    no_wait: bool,
    timeout: str | None,
    chosen: Format,
) -> None:
    limit = waiting.seconds_of(timeout)
    with connect() as client:

        def submit(reference: str) -> tuple[str, OperationOut]:
            found = selection.find_emulator(client, reference)
            return f"{found.name} ({found.id})", client.send(ask(found.id))

        targets = {reference: partial(submit, reference) for reference in meant}
        waiting.act_on(client, targets, wait=not no_wait, limit=limit, chosen=chosen)
