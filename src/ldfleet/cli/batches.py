"""`ldfleet batches …`."""

import json
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from ldfleet import errors
from ldfleet.cli import columns, exits, output, selection, waiting
from ldfleet.cli.asking import AllowEmpty, How, Stdin, asks, nothing_meant, those_meant
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import Client, connect
from ldfleet.cli.filters import FilterOption, Sort, filter_of
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.policy import rolls_out
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, only_given
from ldfleet.cli.waiting import Patience
from ldfleet.client import batches
from ldfleet.client.calls import Call
from ldfleet.domain.batch import BatchStatus
from ldfleet.domain.operation import OperationStatus
from ldfleet.domain.verb import RULES, Verb
from ldfleet.wire.batches import BatchFilter, BatchIn, BatchOut, PlannedOut, PlanOut
from ldfleet.wire.operations import OperationFilter, RetryIn
from ldfleet.wire.shapes import Page

app = group(
    "Many operations at once: in waves, stopped when too many fail.",
    "ldfleet batches submit launch --filter 'tag:qa -site:lab' --dry-run",
    "ldfleet batches submit launch --filter-tag qa --waves 1,5,25% --stop-on-failures 10%",
    "ldfleet batches operations ba_01j… --status failed",
    "ldfleet batches retry ba_01j…",
)

_LOOK = 1.0  # seconds between looks at a batch that is waited for
_TAKES_DATA = frozenset({Verb.REMOVE, Verb.RESTORE})
_EXITS = {
    BatchStatus.SUCCEEDED: exits.Exit.OK,
    BatchStatus.PARTIAL: exits.Exit.PARTIAL,
    BatchStatus.HALTED: exits.Exit.PARTIAL,
    BatchStatus.FAILED: exits.Exit.GENERAL,
    BatchStatus.CANCELLED: exits.Exit.CANCELLED,
}

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="Its id.")]

Targets = Annotated[list[str] | None, typer.Argument(metavar="TARGET", help="Ids or names.")]
Status = Annotated[str | None, typer.Option(help="All with this status.")]
Workstation = Annotated[str | None, typer.Option(help="All of this workstation (id or name).")]
NamePart = Annotated[str | None, typer.Option(help="All with this in their name.")]
Tag = Annotated[str | None, typer.Option(help="All with this tag.")]
Everything = Annotated[bool, typer.Option("--all", help="All there are.")]
Params = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="The verb's field in the API (text or JSON): package=com.example.app; several times.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan, do nothing.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask before what takes data with it.")
]


def describe(batch: BatchOut) -> str:
    """Where a batch is, in a few words."""
    counted = ", ".join(f"{number} {status}" for status, number in batch.counts.items() if number)
    waves = f", wave {batch.wave} of {len(batch.waves)}" if len(batch.waves) > 1 else ""
    return f"{batch.status}{waves}: {counted}"


BATCHES: Sequence[Column[BatchOut]] = (
    Column("id", lambda batch: batch.id),
    Column("verb", lambda batch: batch.verb),
    Column("status", lambda batch: batch.status),
    Column("targets", lambda batch: batch.total),
    Column("progress", describe),
    Column("by", lambda batch: batch.requested_by),
    Column("created", lambda batch: batch.created_at),
    Column("finished", lambda batch: batch.finished_at),
)
BATCH: Sequence[Column[BatchOut]] = (
    *BATCHES,
    Column("halted", lambda batch: batch.halted),
    Column("waves", lambda batch: batch.waves),
    Column("next wave", lambda batch: batch.next_wave_at),
    Column("wave size", lambda batch: batch.policy.wave_size),
    Column("max parallel", lambda batch: batch.policy.max_parallel),
    Column("pause s", lambda batch: batch.policy.pause_s),
    Column("stop on failures", lambda batch: batch.policy.stop_on_failures),
    Column("params", lambda batch: [f"{name}={value}" for name, value in batch.params.items()]),
    Column("retry of", lambda batch: batch.retry_of),
    Column("schedule", lambda batch: batch.schedule_id),
    Column("reason", lambda batch: batch.reason),
)
PLAN: Sequence[Column[PlannedOut]] = (
    Column("id", lambda target: target.id),
    Column("name", lambda target: target.name),
    Column("workstation", lambda target: target.workstation_name),
    Column("wave", lambda target: target.wave),
    Column("waits for", lambda target: target.waiting_for),
    Column("refused", lambda target: target.failure and target.failure.detail),
)


@app.command(
    epilog=epilog(
        "ldfleet batches submit quit em_01j… em_01k… --no-wait",
        "ldfleet batches submit launch --filter-workstation pc-01 --waves 1,25% --pause 60s",
        "ldfleet batches submit launch --filter-tag qa --batch 10 --pause 60s --max-parallel 5",
        "ldfleet batches submit launch --filter-tag qa --param package=com.example.app",
    )
)
@asks
@rolls_out
def submit(
    *,
    verb: Annotated[Verb, typer.Argument(help="What is asked of each.")],
    target: Targets = None,
    filter_: FilterOption = None,
    filter_status: Status = None,
    filter_workstation: Workstation = None,
    filter_name: NamePart = None,
    filter_tag: Tag = None,
    everything: Everything = False,
    param: Params = None,
    stdin: Stdin = False,
    allow_empty: AllowEmpty = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    policy: Mapping[str, Any],
    how: How,
) -> None:
    """Ask the same of many, and wait for all of them.

    Exits 0 only if all succeeded, 7 if some did. Ctrl-C stops the waiting, not the batch.
    """
    named = those_meant(target, stdin=stdin)
    if stdin and not named:
        nothing_meant("TARGET", stdin=stdin, allow_empty=allow_empty)
        return
    with connect() as client, _perhaps_empty(allow=allow_empty):
        matching = filter_of(
            filter_,
            status=filter_status,
            name=filter_name,
            tag=filter_tag,
            workstation_id=filter_workstation
            and selection.find_workstation(client, filter_workstation).id,
        )
        wanted = only_given(
            verb=verb,
            ids=[_id_of(client, verb, each) for each in named] if named else None,
            filter=matching,
            all=everything or None,
            params=_params_of(param),
            policy=policy,
            reason=how.reason,
        )
        batch_in = built(BatchIn, wanted)
        if dry_run:
            _show_plan(client.send(batches.plan(batch_in)), how.patience.chosen)
        else:
            if verb in _TAKES_DATA and not yes:
                batch_in = _confirmed(client, batch_in)
            _ask(client, batches.submit(batch_in), how.patience)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    status: Annotated[BatchStatus | None, typer.Option(help="Only these.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(BATCH)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List batches, newest first."""
    with connect() as client:
        call = batches.page(
            built(BatchFilter, only_given(status=status, filter=filter_, sort=sort))
        )
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, BATCHES, output_format, every=BATCH, names=shown, quiet=quiet)


@app.command()
def show(*, batch: BatchId, output_format: As = Format.TABLE) -> None:
    """Show one batch."""
    with connect() as client:
        found = client.send(batches.get(batch))
    output.show_one(found, BATCH, output_format)


@app.command()
def operations(
    *,
    batch: BatchId,
    status: Annotated[OperationStatus | None, typer.Option(help="Only these.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(columns.OPERATION)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List its operations: the result for each target."""
    with connect() as client:
        call = batches.operations(batch, built(OperationFilter, {"status": status}))
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(
        page, columns.OPERATIONS, output_format, every=columns.OPERATION, names=shown, quiet=quiet
    )


@app.command()
def watch(
    *,
    batch: BatchId,
    timeout: waiting.Timeout = None,
    cancel_on_interrupt: waiting.CancelOnInterrupt = False,
    output_format: As = Format.TABLE,
) -> None:
    """Wait for its end; exits 0 only if all succeeded."""
    patience = Patience(
        limit=waiting.seconds_of(timeout), cancel=cancel_on_interrupt, chosen=output_format
    )
    with connect() as client:
        _ask(client, batches.get(batch), patience)


@app.command()
def pause(*, batch: BatchId, output_format: As = Format.TABLE) -> None:
    """Start nothing more of it for now; what runs goes on."""
    _move(batches.pause(batch), output_format)


@app.command("continue")
def continue_(*, batch: BatchId, output_format: As = Format.TABLE) -> None:
    """Go on after a pause or a halt.

    What failed so far counts no more towards the next halt.
    """
    _move(batches.resume(batch), output_format)


@app.command()
def cancel(*, batch: BatchId, output_format: As = Format.TABLE) -> None:
    """Cancel what has not started; what runs goes on."""
    _move(batches.cancel(batch), output_format)


@app.command()
@asks
def retry(*, batch: BatchId, how: How) -> None:
    """Ask anew for what failed or was skipped.

    That is a new batch; the command waits for it.
    """
    asked = built(RetryIn, only_given(reason=how.reason))
    with connect() as client:
        _ask(client, batches.retry(batch, asked), how.patience)


def _confirmed(client: Client, wanted: BatchIn) -> BatchIn:
    """The batch on exactly those that the person was told of."""
    planned = client.send(batches.plan(wanted))
    ids = [target.id for target in planned.targets]
    question = f"{wanted.verb} {len(ids)} emulators, with what is on them?"
    waiting.refuse_unless_typed(question, str(len(ids)), yes=False, terminal=sys.stdin.isatty())
    return wanted.model_copy(update={"ids": tuple(ids), "filter": None, "all": False})


def _move(call: Call[BatchOut], chosen: Format) -> None:
    with connect() as client:
        moved = client.send(call)
    output.show_one(moved, BATCH, chosen)


@contextmanager
def _perhaps_empty(*, allow: bool) -> Generator[None]:
    try:
        yield
    except errors.SelectionEmpty:
        if not allow:
            raise
        output.say("There are none: nothing to do.")


def _ask(client: Client, call: Call[BatchOut], patience: Patience) -> None:
    batch, chosen = client.send(call), patience.chosen
    if not patience.wait:
        output.show_one(batch, BATCH, Format.NAME if chosen.for_people else chosen)
        return
    ended = _follow(client, batch, patience)
    output.show_one(ended, BATCH, chosen)
    if not ended.status.over:
        output.say(f"{ended.id} goes on: ldfleet batches watch {ended.id}")
    elif ended.status is not BatchStatus.SUCCEEDED:
        output.say(f"What became of each: ldfleet batches operations {ended.id}")
    raise typer.Exit(_EXITS.get(ended.status, exits.Exit.WAIT_TIMED_OUT))


def _follow(
    client: Client,
    batch: BatchOut,
    patience: Patience,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> BatchOut:
    """Until it is over, halted, or the limit is up; Ctrl-C only stops the waiting."""
    start, limit, line = monotonic(), patience.limit, output.ProgressLine()
    try:
        while not batch.status.over and batch.status is not BatchStatus.HALTED:
            line.tell(f"{batch.id}: {describe(batch)}")
            if limit is not None and monotonic() - start >= limit:
                break
            sleep(_LOOK)
            batch = client.send(batches.get(batch.id))
    except KeyboardInterrupt:
        line.end()
        if patience.cancel:
            asked = client.send(batches.cancel(batch.id))
            output.say(f"{asked.id}: {describe(asked)}. What runs goes on.")
            raise typer.Exit(exits.Exit.INTERRUPTED) from None
        output.say(f"Detached; it goes on. Watch it: ldfleet batches watch {batch.id}")
        raise typer.Exit(exits.Exit.INTERRUPTED) from None
    line.tell(f"{batch.id}: {describe(batch)}")
    line.end()
    return batch


def _show_plan(plan: PlanOut, chosen: Format) -> None:
    if chosen.whole:
        output.show_one(plan, (), chosen)
        return
    output.show_page(Page(items=plan.targets, next_cursor=None), PLAN, chosen)
    took = "unknown yet" if plan.estimate_s is None else output.age(plan.estimate_s)
    sizes = ", ".join(map(str, plan.waves)) or "none"
    output.say(f"{plan.total} targets, {plan.refused} refused; waves: {sizes}; time: {took}.")


def _id_of(client: Client, verb: Verb, meant: str) -> str:
    if RULES[verb].on_workstation:
        return selection.find_workstation(client, meant).id
    return meant if meant.startswith("em_") else selection.find_emulator(client, meant).id


def _params_of(given: list[str] | None) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals:
            raise errors.FieldInvalid(field="--param", reason=f"{each!r} must be NAME=VALUE")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found or None
