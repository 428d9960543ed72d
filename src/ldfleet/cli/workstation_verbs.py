"""Verbs of `ldfleet workstations …` for all emulators there; each waits for its operation."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from ldfleet.cli import exits, output, selection, waiting
from ldfleet.cli.asking import How, asks
from ldfleet.cli.connection import connect
from ldfleet.cli.output import Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.client import workstations
from ldfleet.client.calls import Call
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.verbs import ConsoleIn, GlobalSettingsIn, InstallFolderIn

Install = Annotated[str | None, typer.Option(help="Of the LDPlayer in this folder only.")]


@asks
def global_settings(
    *,
    workstation: WorkstationRef,
    fps: Annotated[int | None, typer.Option(help="0 to 60.")] = None,
    audio: Annotated[bool | None, typer.Option("--audio/--no-audio", help="Sound.")] = None,
    fast_play: Annotated[
        bool | None, typer.Option("--fast-play/--no-fast-play", help="LDPlayer's fast play.")
    ] = None,
    clean_mode: Annotated[
        bool | None, typer.Option("--clean-mode/--no-clean-mode", help="Without advertisements.")
    ] = None,
    how: How,
) -> None:
    """Change the settings that all emulators there share.

    It is in force from their next cold start.
    """
    given = {"fps": fps, "audio": audio, "fast_play": fast_play, "clean_mode": clean_mode}
    asked = how.built(GlobalSettingsIn, **given)
    ask = partial(workstations.global_settings, how=asked)
    _act(workstation, ask, how)


@asks
def sort_windows(
    *,
    workstation: WorkstationRef,
    install: Install = None,
    how: How,
) -> None:
    """Line up the windows on its desktop."""
    asked = how.built(InstallFolderIn, install=install)
    ask = partial(workstations.sort_windows, how=asked)
    _act(workstation, ask, how)


@asks
def quit_all(
    *,
    workstation: WorkstationRef,
    install: Install = None,
    yes: waiting.Yes = False,
    how: How,
) -> None:
    """Quit all emulators there."""
    waiting.refuse_unless_confirmed(
        f"Quit all emulators on {workstation}?", yes=yes, terminal=sys.stdin.isatty()
    )
    asked = how.built(InstallFolderIn, install=install)
    ask = partial(workstations.quit_all, how=asked)
    _act(workstation, ask, how)


@asks
def console(
    *,
    workstation: WorkstationRef,
    argv: Annotated[
        list[str],
        typer.Argument(metavar="PROGRAM [ARGUMENT]…", help="After --, as: ipconfig.exe /all."),
    ],
    deadline: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="End it there after this (90s, 10m); default: 60s."),
    ] = None,
    how: How,
) -> None:
    """Run a command on the PC; for admins.

    It runs in ldfleet's login there, without a desktop. Prints what it prints; exits 1 if its
    exit code is not 0. The command and its outcome are in
    the audit log, its output in the operation: give no passwords.
    """
    command = how.built(ConsoleIn, argv=argv, deadline_s=waiting.seconds_of(deadline))
    chosen = how.patience.chosen
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        asked = client.send(workstations.console(found.id, command))
        if not how.patience.wait:
            waiting.show([asked], Format.NAME if chosen.for_people else chosen)
            return
        [ended] = waiting.follow(client, {found.name: asked}, how.patience, quiet=True)
    if not chosen.for_people:
        waiting.show([ended], chosen)
    elif ended.result is not None:
        output.print_text(str(ended.result["output"]))
        output.say_text(str(ended.result["error"]))
    raise typer.Exit(_exit_of(found.name, ended))


def _exit_of(name: str, ended: OperationOut) -> exits.Exit:
    """Also of the command that it ran."""
    code = 0 if ended.result is None else ended.result["exit_code"]
    if code == 0:
        return exits.of_status(ended.status)
    output.say(f"{name}: its exit code is {code}.")
    return exits.Exit.GENERAL


def _act(meant: str, ask: Callable[[str], Call[OperationOut]], how: How) -> None:
    with connect() as client:
        found = selection.find_workstation(client, meant)
        act = partial(client.send, ask(found.id))
        target = {found.name: waiting.named(f"{found.name} ({found.id})", act)}
        waiting.act_on(client, target, how.patience)
