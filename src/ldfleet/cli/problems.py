"""`ldfleet problems …`."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from ldfleet.cli import output, selection
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.client import problems
from ldfleet.domain.problem import ProblemKind
from ldfleet.wire.problems import AcknowledgeIn, FarmProblemOut, ProblemFilter

app = group(
    "What is wrong now, and what mends it.",
    "ldfleet problems list",
    "ldfleet problems list --kind workstation_unreachable --unacknowledged",
    "ldfleet problems acknowledge pb_01j… --reason 'the disk comes on Monday'",
)

ProblemRef = Annotated[str, typer.Argument(metavar="PROBLEM", help="Its id.")]


def _evidence(problem: FarmProblemOut) -> str | None:
    told = problem.evidence
    if "reason" in told:
        return str(told["reason"])
    return json.dumps(told, ensure_ascii=False) if told else None


def _known(problem: FarmProblemOut) -> str | None:
    known = problem.acknowledged
    return None if known is None else f"{known.by}: {known.reason}"


PROBLEMS: Sequence[Column[FarmProblemOut]] = (
    Column("id", lambda problem: problem.id),
    Column("what", lambda problem: problem.kind.replace("_", " ")),
    Column("of", lambda problem: problem.subject_name),
    Column("since", lambda problem: problem.since),
    Column("evidence", _evidence),
    Column("acknowledged", _known),
)
PROBLEM: Sequence[Column[FarmProblemOut]] = (
    *PROBLEMS,
    Column("remedy", lambda problem: problem.remedy),
    Column(
        "request",
        lambda problem: problem.action and f"{problem.action.method} {problem.action.path}",
    ),
    Column("ended", lambda problem: problem.ended_at),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    kind: Annotated[ProblemKind | None, typer.Option(help="Of this kind.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Of this workstation or schedule, by its id.")
    ] = None,
    acknowledged: Annotated[
        bool | None,
        typer.Option(
            "--acknowledged/--unacknowledged", help="Those that somebody knows of, or not."
        ),
    ] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Those that are over, too.")] = False,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(PROBLEM)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List what is wrong now, newest first."""
    asked = {"kind": kind, "subject": subject, "acknowledged": acknowledged, "ended": ended}
    given = only_given(**asked, filter=filter_, sort=sort)
    with connect() as client:
        call = problems.page(built(ProblemFilter, given))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, PROBLEMS, output_format, every=PROBLEM, names=shown, quiet=quiet)


@app.command()
def show(*, problem: ProblemRef, output_format: As = Format.TABLE) -> None:
    """Show one problem with what mends it."""
    with connect() as client:
        found = client.send(problems.get(problem))
    output.show_one(found, PROBLEM, output_format)


@app.command(epilog=epilog("ldfleet problems acknowledge pb_01j… --reason 'Anna drives there'"))
def acknowledge(
    *,
    problem: ProblemRef,
    reason: Annotated[str, typer.Option(help="Who takes care, and how.")],
    output_format: As = Format.TABLE,
) -> None:
    """Say that somebody takes care of it.

    It ends by itself when its cause does.
    """
    said = built(AcknowledgeIn, {"reason": reason})
    with connect() as client:
        known = client.send(problems.acknowledge(problem, said))
    output.show_one(known, PROBLEM, output_format)
