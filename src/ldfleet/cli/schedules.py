"""`ldfleet schedules …`."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from ldfleet import errors
from ldfleet.cli import output, selection, waiting
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import Client, connect
from ldfleet.cli.filters import FilterOption, Sort, filter_of
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.policy import rolls_out
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, change_of, only_given
from ldfleet.client import schedules
from ldfleet.domain.schedule import Misfire, Overlap
from ldfleet.domain.verb import Verb
from ldfleet.wire.schedules import (
    PauseIn,
    PauseOut,
    PreviewOut,
    ScheduleFilter,
    ScheduleIn,
    ScheduleOut,
    SchedulePatch,
    TimingIn,
)

app = group(
    "What is asked by itself at certain times.",
    "ldfleet schedules add nightly launch '0 3 * * mon-fri' --zone Europe/Berlin --tag qa",
    "ldfleet schedules add weekly reboot '0 4 * * sun' --tag qa --waves 1,25% --pause 5m",
    "ldfleet schedules list",
    "ldfleet schedules run nightly               now, whatever its times say",
    "ldfleet schedules pause --reason 'the power is cut tonight'",
    "ldfleet schedules resume",
)

ScheduleRef = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its id or name.")]
Targets = Annotated[
    list[str] | None,
    typer.Option("--id", help="An emulator (or workstation), by its id; several times."),
]
Status = Annotated[str | None, typer.Option(help="On all with this status at that time.")]
Workstation = Annotated[str | None, typer.Option(help="On all of this workstation (id or name).")]
NamePart = Annotated[str | None, typer.Option("--name-part", help="On all with this in the name.")]
Tag = Annotated[str | None, typer.Option(help="On all with this tag.")]
Everything = Annotated[bool, typer.Option("--all", help="On all there are at that time.")]
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        metavar="NAME=VALUE",
        help="The verb's field in the API (text or JSON): package=com.example.app; several times.",
    ),
]
Zone = Annotated[str | None, typer.Option(help="IANA time zone, as Europe/Berlin. Default: UTC.")]
Jitter = Annotated[
    str | None, typer.Option(metavar="DURATION", help="Come up to so much later, by chance.")
]
Grace = Annotated[
    str | None, typer.Option(metavar="DURATION", help="So late it still counts. Default: 5m.")
]
Blackouts = Annotated[
    list[str] | None,
    typer.Option(
        "--blackout", metavar="HH:MM-HH:MM[/sat,sun]", help="Start nothing then; several times."
    ),
]
WhenBusy = Annotated[Overlap | None, typer.Option(help="If the run before is not over.")]
WhenLate = Annotated[Misfire | None, typer.Option(help="If it is later than the grace.")]
Notes = Annotated[str | None, typer.Option(help="Free text.")]


def _target(schedule: ScheduleOut) -> object:
    if schedule.all:
        return "all"
    return schedule.ids if schedule.filter is None else schedule.filter


def _blackouts(schedule: ScheduleOut) -> list[str]:
    return [
        f"{each.start}-{each.end}" + (f"/{','.join(each.days)}" if each.days else "")
        for each in schedule.blackouts
    ]


SCHEDULES: Sequence[Column[ScheduleOut]] = (
    Column("id", lambda schedule: schedule.id),
    Column("name", lambda schedule: schedule.name),
    Column("verb", lambda schedule: schedule.verb),
    Column("on", _target),
    Column("cron", lambda schedule: f"{schedule.cron} {schedule.zone}"),
    Column("enabled", lambda schedule: schedule.enabled),
    Column("next", lambda schedule: next(iter(schedule.next_runs), None)),
    Column("last", lambda schedule: schedule.last and schedule.last.outcome),
)
SCHEDULE: Sequence[Column[ScheduleOut]] = (
    *SCHEDULES,
    Column("next runs", lambda schedule: [f"{at:%Y-%m-%d %H:%M:%SZ}" for at in schedule.next_runs]),
    Column("params", lambda schedule: [f"{k}={v}" for k, v in schedule.params.items()]),
    Column("jitter s", lambda schedule: schedule.jitter_s),
    Column("blackouts", _blackouts),
    Column("overlap", lambda schedule: schedule.overlap),
    Column("misfire", lambda schedule: f"{schedule.misfire} after {schedule.grace_s:g} s"),
    Column("waves", lambda schedule: schedule.policy.waves),
    Column("wave size", lambda schedule: schedule.policy.wave_size),
    Column("max parallel", lambda schedule: schedule.policy.max_parallel),
    Column("pause s", lambda schedule: schedule.policy.pause_s),
    Column("stop on failures", lambda schedule: schedule.policy.stop_on_failures),
    Column("last at", lambda schedule: schedule.last and schedule.last.at),
    Column("last batch", lambda schedule: schedule.last and schedule.last.batch_id),
    Column("last reason", lambda schedule: schedule.last and schedule.last.reason),
    Column("notes", lambda schedule: schedule.notes),
    Column("by", lambda schedule: schedule.requested_by),
)
PAUSE: Sequence[Column[PauseOut]] = (
    Column("paused", lambda pause: pause.paused),
    Column("reason", lambda pause: pause.reason),
    Column("by", lambda pause: pause.by),
    Column("since", lambda pause: pause.since),
)

PREVIEW: Sequence[Column[PreviewOut]] = (
    Column("next runs", lambda preview: [f"{at:%Y-%m-%d %H:%M:%SZ}" for at in preview.next_runs]),
)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(SCHEDULE)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List schedules by name."""
    call = schedules.page(built(ScheduleFilter, only_given(filter=filter_, sort=sort)))
    with connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
        paused = client.send(schedules.paused())
    show_list(page, SCHEDULES, output_format, every=SCHEDULE, names=shown, quiet=quiet)
    if paused.paused:
        output.say(f"All schedules are paused by {paused.by}: {paused.reason}")


@app.command()
def show(*, schedule: ScheduleRef, output_format: As = Format.TABLE) -> None:
    """Show one schedule, with its next runs."""
    with connect() as client:
        found = _find(client, schedule)
    output.show_one(found, SCHEDULE, output_format)


@app.command(
    epilog=epilog(
        "ldfleet schedules add nightly reboot '0 3 * * *' --zone Europe/Berlin --status ready",
        "ldfleet schedules add hourly scan '0 * * * *' --id ws_01j… --jitter 5m",
        "ldfleet schedules add game run '30 8 * * *' --tag qa --param package=com.example.app",
    )
)
@rolls_out
def add(
    *,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    verb: Annotated[Verb, typer.Argument(help="What is asked.")],
    cron: Annotated[str, typer.Argument(help="Minute, hour, day, month, weekday.")],
    zone: Zone = None,
    target: Targets = None,
    filter_: FilterOption = None,
    status: Status = None,
    workstation: Workstation = None,
    name_part: NamePart = None,
    tag: Tag = None,
    everything: Everything = False,
    param: Params = None,
    jitter: Jitter = None,
    blackout: Blackouts = None,
    overlap: WhenBusy = None,
    misfire: WhenLate = None,
    grace: Grace = None,
    policy: Mapping[str, Any],
    notes: Notes = None,
    output_format: As = Format.TABLE,
) -> None:
    """Add a schedule, on ids or on what matches at that time."""
    with connect() as client:
        chosen = filter_of(
            filter_,
            status=status,
            name=name_part,
            tag=tag,
            workstation_id=workstation and selection.find_workstation(client, workstation).id,
        )
        given = only_given(
            name=name,
            verb=verb,
            cron=cron,
            zone=zone,
            ids=target,
            filter=chosen,
            all=everything or None,
            params=_params(param),
            jitter_s=waiting.seconds_of(jitter),
            blackouts=_blackouts_of(blackout),
            overlap=overlap,
            misfire=misfire,
            grace_s=waiting.seconds_of(grace),
            policy=policy,
            notes=notes,
        )
        added = client.send(schedules.add(built(ScheduleIn, given)))
    output.show_one(added, SCHEDULE, output_format)


@app.command(epilog=epilog("ldfleet schedules preview '0 3 * * mon-fri' --zone Europe/Berlin"))
def preview(
    *,
    cron: Annotated[str, typer.Argument(help="Minute, hour, day, month, weekday.")],
    zone: Zone = None,
    blackout: Blackouts = None,
    output_format: As = Format.TABLE,
) -> None:
    """Show when such a schedule would run, before it is added."""
    given = only_given(cron=cron, zone=zone, blackouts=_blackouts_of(blackout))
    with connect() as client:
        found = client.send(schedules.preview(built(TimingIn, given)))
    output.show_one(found, PREVIEW, output_format)


@app.command(epilog=epilog("ldfleet schedules edit nightly --cron '0 4 * * *' --off"))
@rolls_out
def edit(
    *,
    schedule: ScheduleRef,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    cron: Annotated[str | None, typer.Option(help="New times.")] = None,
    zone: Zone = None,
    jitter: Jitter = None,
    blackout: Blackouts = None,
    overlap: WhenBusy = None,
    misfire: WhenLate = None,
    grace: Grace = None,
    policy: Mapping[str, Any],
    notes: Notes = None,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Whether it runs.")] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Change what is given, and nothing else."""
    given = only_given(
        name=name,
        cron=cron,
        zone=zone,
        jitter_s=waiting.seconds_of(jitter),
        blackouts=_blackouts_of(blackout),
        overlap=overlap,
        misfire=misfire,
        grace_s=waiting.seconds_of(grace),
        policy=policy or None,
        notes=notes,
        enabled=enabled,
    )
    patch = change_of(SchedulePatch, given)
    with connect() as client:
        found = _find(client, schedule)
        changed = client.send(schedules.change(found.id, patch, if_version=found.version))
    output.show_one(changed, SCHEDULE, output_format)


@app.command()
def remove(
    *,
    schedule: ScheduleRef,
    yes: waiting.Yes = False,
) -> None:
    """Take a schedule off record. What it submitted goes on."""
    with connect() as client:
        found = _find(client, schedule)
        waiting.refuse_unless_confirmed(
            f"Remove the schedule {found.name}?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(schedules.remove(found.id, if_version=found.version))
    output.say(f"Removed {found.name}.")


@app.command()
def run(*, schedule: ScheduleRef, output_format: As = Format.TABLE) -> None:
    """Submit it now, whatever its times say; its next time stays."""
    with connect() as client:
        ran = client.send(schedules.run(_find(client, schedule).id))
    output.show_one(ran, SCHEDULE, output_format)


@app.command()
def pause(
    *,
    reason: Annotated[str, typer.Option(help="Why; everyone sees it.")],
    output_format: As = Format.TABLE,
) -> None:
    """Run no schedule until `resume`. What is due meanwhile is passed over for good."""
    why = built(PauseIn, {"reason": reason})
    with connect() as client:
        paused = client.send(schedules.pause(why))
    output.show_one(paused, PAUSE, output_format)


@app.command()
def resume(*, output_format: As = Format.TABLE) -> None:
    """Run schedules again, from their next times on."""
    with connect() as client:
        resumed = client.send(schedules.resume())
    output.show_one(resumed, PAUSE, output_format)


def _params(pairs: Sequence[str] | None) -> Mapping[str, str] | None:
    if pairs is None:
        return None
    split = [pair.partition("=") for pair in pairs]
    if any(not name or not sign for name, sign, _ in split):
        raise typer.BadParameter("a param is written as name=value")
    return {name: value for name, _, value in split}


def _blackouts_of(texts: Sequence[str] | None) -> list[Mapping[str, Any]] | None:
    if texts is None:
        return None
    found: list[Mapping[str, Any]] = []
    for text in texts:
        times, _, days = text.partition("/")
        start, sign, end = times.partition("-")
        if not sign:
            raise typer.BadParameter(f"{text!r} is no blackout like 22:00-06:00 or 00:00-08:00/sun")
        found.append({"start": start, "end": end, "days": days.split(",") if days else []})
    return found


def _find(client: Client, meant: str) -> ScheduleOut:
    if meant.startswith("sc_"):
        return client.send(schedules.get(meant))
    every = schedules.page(ScheduleFilter(limit=selection.LARGEST_PAGE))
    missing = errors.ScheduleNotFound(schedule=meant)
    return selection.the_one_named(client.iterate(every), meant, missing)
