"""`ldfleet doctor`: ask a PC what nobody could know before a real one was asked."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ldfleet import errors
from ldfleet.cli import exits, output, selection, waiting
from ldfleet.cli.asking import How, asks
from ldfleet.cli.commands import epilog, single
from ldfleet.cli.connection import Client, connect
from ldfleet.cli.output import Format
from ldfleet.cli.selection import WorkstationRef
from ldfleet.client import workstations
from ldfleet.domain.checkup import Verdict
from ldfleet.wire.checkups import ExaminedOut, FindingOut
from ldfleet.wire.verbs import Asking
from ldfleet.wire.workstations import WorkstationOut

app = single()

_FIRST = (Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK)


@app.command(
    epilog=epilog(
        "ldfleet doctor pc-01",
        "ldfleet doctor pc-01 --last -o json | jq '.findings[] | select(.verdict == \"warning\")'",
    )
)
@asks
def doctor(
    *,
    workstation: WorkstationRef,
    last: Annotated[
        bool, typer.Option("--last", help="Show what was found the last time; ask nothing.")
    ] = False,
    bundle: Annotated[
        Path | None,
        typer.Option(help="Where the bundle goes. Default: ldfleet-doctor-OPERATION.json, here."),
    ] = None,
    how: How,
) -> None:
    """Ask a PC all that is not known yet of real ones.

    Nothing is changed there: what only a change would tell is listed as not asked. What is found
    stays on record as the workstation's capabilities. The bundle is what was asked and answered,
    without names of people, PCs, accounts and devices: look at it, and send it to ldfleet's
    makers. Exits 12 if there is a warning.
    """
    if bundle is not None and bundle.exists():
        raise errors.FieldInvalid(field="--bundle", reason=f"{bundle} is there already")
    with connect() as client:
        found = selection.find_workstation(client, workstation)
        if not last:
            _ask(client, found, how)
        examined = client.send(workstations.checkup(found.id))
        content = None if last and bundle is None else client.send(workstations.bundle(found.id))
    _show(examined, how.patience.chosen)
    if content is not None:
        path = bundle or Path(f"ldfleet-doctor-{examined.operation_id}.json")
        _write(path, content)
        output.say(f"Wrote {path}: look at it, and send it to ldfleet's makers.")
    raise typer.Exit(exits.Exit.FINDINGS if examined.warning else exits.Exit.OK)


def _ask(client: Client, found: WorkstationOut, how: How) -> None:
    """Wait for its end; exits unless it ended well."""
    asked = client.send(workstations.doctor(found.id, how.built(Asking)))
    patience = how.patience
    if not patience.wait:
        waiting.show([asked], Format.NAME if patience.chosen.for_people else patience.chosen)
        raise typer.Exit
    [ended] = waiting.follow(client, {found.name: asked}, patience, quiet=True)
    outcome = exits.of_status(ended.status)
    if outcome is not exits.Exit.OK:
        raise typer.Exit(outcome)


def _show(examined: ExaminedOut, chosen: Format) -> None:
    if not chosen.for_people:
        output.show_one(examined, (), Format.YAML if chosen is Format.YAML else Format.JSON)
        return
    asked = [each for each in examined.findings if each.asked]
    for each in sorted(asked, key=lambda finding: _FIRST.index(finding.verdict)):
        _show_finding(each)
    _show_open([each for each in examined.findings if not each.asked])
    output.print_line(
        f"{examined.workstation_name}: {examined.ok} ok, {examined.warning} to mend, "
        f"{examined.unknown} unknown"
    )


def _show_finding(finding: FindingOut) -> None:
    about = "" if finding.about is None else f"  ({finding.about})"
    output.print_line(f"{finding.verdict:<8} {finding.question}{about}")
    output.print_line(f"         {finding.answer}")
    if finding.remedy is not None:
        output.print_line(f"         -> {finding.remedy}")


def _show_open(findings: Sequence[FindingOut]) -> None:
    """One line each; those of several LDPlayers are the same question."""
    for question, answer in dict.fromkeys((each.question, each.answer) for each in findings):
        output.print_line(f"unknown  {question}  ({answer})")


def _write(path: Path, content: bytes) -> None:
    """For its owner alone; what is there already stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        reason = f"{path} can't be made: {exc.strerror}; choose another place"
        raise errors.FieldInvalid(field="--bundle", reason=reason) from exc
    with os.fdopen(handle, "wb") as file:
        file.write(content)
