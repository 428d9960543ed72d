"""Verbs of `ldfleet workstations …` for all emulators there; each waits for its operation."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from ldfleet.cli import selection, waiting
from ldfleet.cli.connection import connect
from ldfleet.cli.output import As, Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.cli.sending import built, only_given
from ldfleet.cli.waiting import NoWait, Timeout
from ldfleet.client import workstations
from ldfleet.client.calls import Call
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.verbs import (
    GlobalSettingsIn,
    InstallFolderIn,
)

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
