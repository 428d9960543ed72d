"""Verbs of `ldfleet workstations …` for all emulators there; each waits for its operation."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from ldfleet.cli import exits, output, selection, waiting
from ldfleet.cli.connection import connect
from ldfleet.cli.output import As, Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.cli.sending import built, only_given
from ldfleet.cli.waiting import NoWait, Timeout
from ldfleet.client import workstations
from ldfleet.client.calls import Call
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.verbs import ConsoleIn, GlobalSettingsIn, InstallFolderIn

Reason = Annotated[str | None, typer.Option(help="Why; everyone sees it.")]
Install = Annotated[str | None, typer.Option(help="Of the LDPlayer in this folder only.")]


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
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change the settings that all emulators there share.

    It is in force from their next cold start.
    """
    given = {"fps": fps, "audio": audio, "fast_play": fast_play, "clean_mode": clean_mode}
    how = built(GlobalSettingsIn, only_given(reason=reason, **given))
    ask = partial(workstations.global_settings, how=how)
    _act(workstation, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def sort_windows(
    *,
    workstation: WorkstationRef,
    install: Install = None,
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Line up the windows on its desktop."""
    how = built(InstallFolderIn, only_given(reason=reason, install=install))
    ask = partial(workstations.sort_windows, how=how)
    _act(workstation, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


def quit_all(
    *,
    workstation: WorkstationRef,
    install: Install = None,
    yes: waiting.Yes = False,
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Quit all emulators there."""
    waiting.refuse_unless_confirmed(
        f"Quit all emulators on {workstation}?", yes=yes, terminal=sys.stdin.isatty()
    )
    how = built(InstallFolderIn, only_given(reason=reason, install=install))
    ask = partial(workstations.quit_all, how=how)
    _act(workstation, ask, no_wait=no_wait, timeout=timeout, chosen=output_format)


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
    reason: Reason = None,
    no_wait: NoWait = False,
    timeout: Timeout = None,
    output_format: As = Format.TABLE,
) -> None:
    """Run a command on the PC, as its account and without a desktop; for admins.

    Prints what it prints; exits 1 if its exit code is not 0. The command and its outcome are in
    the audit log, its output in the operation: give no passwords.
    """
    given = only_given(argv=argv, deadline_s=waiting.seconds_of(deadline), reason=reason)
    how = built(ConsoleIn, given)
    limit = waiting.seconds_of(timeout)
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        asked = client.send(workstations.console(found.id, how))
        if no_wait:
            waiting.show([asked], Format.NAME if output_format.for_people else output_format)
            return
        [ended] = waiting.follow(client, {found.name: asked}, limit=limit, quiet=True)
    if not output_format.for_people:
        waiting.show([ended], output_format)
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


def _act(
    meant: str,
    ask: Callable[[str], Call[OperationOut]],
    *,
    no_wait: bool,
    timeout: str | None,
    chosen: Format,
) -> None:
    limit = waiting.seconds_of(timeout)
    with connect() as client:
        found = selection.find_workstation(client, meant)
        act = partial(client.send, ask(found.id))
        target = {found.name: waiting.named(f"{found.name} ({found.id})", act)}
        waiting.act_on(client, target, wait=not no_wait, limit=limit, chosen=chosen)
