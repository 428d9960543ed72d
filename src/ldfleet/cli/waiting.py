"""Waiting for operations: progress on standard error, and what the exit code says of them."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import columns, exits, output
from ldfleet.cli.connection import Client
from ldfleet.cli.output import Format
from ldfleet.client import operations as calls
from ldfleet.errors import FleetError
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page

PROGRESS_SECONDS = 2.0
Submit = Callable[[], tuple[str, OperationOut]]
"""Gives what the target is called, and the operation."""
_UNITS: Mapping[str, int] = {"": 1, "s": 1, "m": 60, "h": 3600}

NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Print the operation's id and come back at once.")
]
Timeout = Annotated[
    str | None,
    typer.Option(
        "--timeout",
        metavar="DURATION",
        help="Wait no longer than this (90s, 10m, 1h); the operation goes on.",
    ),
]

CancelOnInterrupt = Annotated[
    bool,
    typer.Option(
        "--cancel-on-interrupt", help="Ctrl-C cancels what is waited for; else it goes on."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Whether and how long a command waits, what Ctrl-C does then, and how the end is shown."""

    wait: bool = True
    limit: float | None = None
    """Seconds."""
    cancel: bool = False
    chosen: Format = Format.TABLE


def seconds_of(duration: str | None) -> float | None:
    """`90`, `90s`, `10m`, `1h` in seconds."""
    if duration is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", duration.strip(), re.ASCII)
    if found is None:
        raise typer.BadParameter(f"{duration!r} is no duration like 90s, 10m, 1h")
    return float(found[1]) * _UNITS[found[2]]


def named(name: str, ask: Callable[[], OperationOut]) -> Submit:
    """Asks for one operation on what is called so."""
    return lambda: (name, ask())


def act_on(client: Client, targets: Mapping[str, Submit], patience: Patience) -> None:
    """Submit something for each target as it was given, wait for it, and exit by how it ended.

    One target's refusal is a result beside the others; a single target's is raised.
    """
    accepted: dict[str, OperationOut] = {}
    refused: list[exits.Exit] = []
    for given, submit in targets.items():
        try:
            name, operation = submit()
            accepted[name] = operation
        except FleetError as error:
            if len(targets) == 1:
                raise
            output.say(given)
            refused.append(output.tell_failure(error, {}))
    wait, chosen = patience.wait, patience.chosen
    ended = follow(client, accepted, patience) if wait else list(accepted.values())
    show(ended, Format.NAME if not wait and chosen.for_people else chosen)
    results = (
        [exits.of_status(one.status) for one in ended] if wait else [exits.Exit.OK] * len(ended)
    )
    raise typer.Exit(exits.of_many([*results, *refused]))


def follow(
    client: Client,
    operations: Mapping[str, OperationOut],
    patience: Patience,
    *,
    quiet: bool = False,
    monotonic: Callable[[], float] = time.monotonic,
) -> list[OperationOut]:
    """Wait for all of them together; Ctrl-C stops the waiting, and cancels only if that is wanted.

    `quiet`: of those that succeeded nothing is told.
    """
    start, limit = monotonic(), patience.limit
    ended: list[OperationOut] = []
    line = output.ProgressLine()
    try:
        for name, operation in operations.items():
            rest = None if limit is None else max(0.0, limit - (monotonic() - start))

            def tell(seen: OperationOut, name: str = name) -> None:
                line.tell(f"{name}: {columns.describe(seen)}")

            def miss(_error: FleetError, name: str = name) -> None:
                line.tell(f"{name}: the server does not answer; trying again")

            ended.append(
                client.wait(
                    operation.id, timeout=rest, step=PROGRESS_SECONDS, tell=tell, missing=miss
                )
            )
            line.end()
    except (KeyboardInterrupt, FleetError) as stopped:
        line.end()
        _tell_outcomes(operations, ended)
        left = list(operations.items())[len(ended) :]
        if isinstance(stopped, KeyboardInterrupt) and patience.cancel:
            _cancel(client, left)
        else:
            _say_detached(left)
        if isinstance(stopped, FleetError):
            raise
        raise typer.Exit(exits.Exit.INTERRUPTED) from None
    _tell_outcomes(operations, ended, results=not quiet)
    return ended


def show(operations: Sequence[OperationOut], chosen: Format) -> None:
    """Print them: one by itself, several as a list."""
    if len(operations) == 1 and chosen.whole:
        output.show_one(operations[0], columns.OPERATIONS, chosen)
    elif operations:
        output.show_page(Page(items=list(operations), next_cursor=None), columns.OPERATIONS, chosen)


def _tell_outcomes(
    names: Iterable[str], ended: Sequence[OperationOut], *, results: bool = True
) -> None:
    # The rest of the names have not ended.
    for name, operation in zip(names, ended, strict=False):
        if operation.result and results:
            output.say(f"{name}: {columns.words_of(operation.result)}")
        if operation.failure is not None:
            output.tell_operation_failure(name, operation.failure)
        elif not operation.status.over:
            output.say(f"{name}: the wait is over, operation {operation.id} goes on.")


def _cancel(client: Client, operations: Sequence[tuple[str, OperationOut]]) -> None:
    """Ask all of them to stop; those that ended meanwhile are let be."""
    for name, operation in operations:
        try:
            asked = client.send(calls.cancel(operation.id))
        except FleetError as error:
            output.say(f"{name}: {error}")
        else:
            output.say(f"{name}: {asked.status} ({asked.id}).")


def _say_detached(operations: Sequence[tuple[str, OperationOut]]) -> None:
    for name, operation in operations:
        output.say(
            f"{name}: detached; it goes on. Watch it: ldfleet operations watch {operation.id}"
        )


def refuse_unless_confirmed(question: str, *, yes: bool, terminal: bool) -> None:
    """Ask before what can't be undone; a script says so with --yes."""
    if yes:
        return
    if not terminal:
        raise errors.FieldInvalid(field="--yes", reason="it is needed where nobody can be asked")
    typer.confirm(question, abort=True, err=True)


def refuse_unless_typed(question: str, word: str, *, yes: bool, terminal: bool) -> None:
    """Ask to type a word before what takes data with it; a script says so with --yes."""
    if yes:
        return
    if not terminal:
        raise errors.FieldInvalid(field="--yes", reason="it is needed where nobody can be asked")
    if typer.prompt(f"{question} Type {word} to go on", err=True) != word:
        raise typer.Abort
