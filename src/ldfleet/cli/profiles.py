"""`ldfleet profiles …`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from ldfleet import errors
from ldfleet.cli import output, selection, waiting
from ldfleet.cli.asking import Command, Option, having
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.filters import FilterOption, Sort
from ldfleet.cli.listing import Quiet, show_list, showing
from ldfleet.cli.output import As, Column, Format
from ldfleet.cli.selection import Cursor, Limit
from ldfleet.cli.sending import built, change_of, only_given
from ldfleet.client import profiles
from ldfleet.wire.profiles import (
    ProfileFile,
    ProfileFilter,
    ProfileIn,
    ProfileOut,
    ProfilePatch,
)

app = group(
    "What emulators made from them are like: hardware, device ids, apps, tags.",
    "ldfleet profiles add phone --cpu 2 --memory-mib 4096 --screen 720x1280x320 --new-id imei",
    "ldfleet profiles list",
    "ldfleet profiles export phone > phone.json",
    "ldfleet profiles import phone.json",
)

ProfileRef = Annotated[str, typer.Argument(metavar="PROFILE", help="Its id or name.")]
Cpu = Annotated[int | None, typer.Option(help="Cores.")]
Memory = Annotated[int | None, typer.Option(help="In MiB.")]
ScreenSize = Annotated[str | None, typer.Option(metavar="WIDTHxHEIGHTxDPI", help="720x1280x320.")]
Manufacturer = Annotated[str | None, typer.Option(help="Of the phone it shows itself as.")]
Model = Annotated[str | None, typer.Option(help="Of the phone it shows itself as.")]
Root = Annotated[bool | None, typer.Option("--root/--no-root", help="Root access.")]
NewIds = Annotated[
    list[str] | None,
    typer.Option("--new-id", help="A device id that is new each time; several times."),
]
Packages = Annotated[
    list[str] | None, typer.Option("--app", help="A package that belongs on it; several times.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="May be given several times.")]
Notes = Annotated[str | None, typer.Option(help="Free text.")]


def _settings(profile: ProfileOut) -> list[str]:
    given = profile.settings.model_dump(exclude_none=True)
    screen = given.pop("screen", None)
    shown = [f"{name} {value}" for name, value in given.items()]
    size = [] if screen is None else ["screen {width}x{height}x{dpi}".format(**screen)]
    return [*size, *shown]


def _new_ids(profile: ProfileOut) -> list[str]:
    return [name for name, rule in profile.identity.items() if rule == "new"]


PROFILES: Sequence[Column[ProfileOut]] = (
    Column("id", lambda profile: profile.id),
    Column("name", lambda profile: profile.name),
    Column("settings", _settings),
    Column("new ids", _new_ids),
    Column("apps", lambda profile: [app.package or app.file for app in profile.apps]),
    Column("tags", lambda profile: profile.tags),
)
PROFILE: Sequence[Column[ProfileOut]] = (
    *PROFILES,
    Column("notes", lambda profile: profile.notes),
    Column("changed", lambda profile: profile.updated_at),
)


_DESCRIPTION: Mapping[str, Option] = {
    "cpu": (Cpu, None),
    "memory_mib": (Memory, None),
    "screen": (ScreenSize, None),
    "manufacturer": (Manufacturer, None),
    "model": (Model, None),
    "root": (Root, None),
    "new_id": (NewIds, None),
    "package": (Packages, None),
    "tag": (Tags, None),
    "notes": (Notes, None),
}


def _described(
    *,
    screen: str | None,
    new_id: Sequence[str] | None,
    package: Sequence[str] | None,
    tag: Sequence[str] | None,
    notes: str | None,
    **hardware: Any,
) -> dict[str, Any]:
    """What was given of a profile."""
    return only_given(
        settings=only_given(screen=_screen(screen), **hardware) or None,
        identity=None if new_id is None else dict.fromkeys(new_id, "new"),
        apps=None if package is None else [{"package": each} for each in package],
        tags=tag,
        notes=notes,
    )


def _describes(command: Command) -> Command:
    """It takes `described`, made of the options that describe a profile."""
    return having(command, _DESCRIPTION, "described", _described)


@app.command("list")
def list_(
    *,
    filter_: FilterOption = None,
    sort: Sort = None,
    limit: Limit = None,
    cursor: Cursor = None,
    shown: Annotated[str | None, showing(PROFILE)] = None,
    quiet: Quiet = False,
    output_format: As = Format.TABLE,
) -> None:
    """List profiles by name."""
    call = profiles.page(built(ProfileFilter, only_given(filter=filter_, sort=sort)))
    with connect() as client:
        page = selection.gather(client, call, limit=limit, cursor=cursor)
    show_list(page, PROFILES, output_format, every=PROFILE, names=shown, quiet=quiet)


@app.command()
def show(*, profile: ProfileRef, output_format: As = Format.TABLE) -> None:
    """Show one profile."""
    with connect() as client:
        found = selection.find_profile(client, profile)
    output.show_one(found, PROFILE, output_format)


@app.command(epilog=epilog("ldfleet profiles add phone --cpu 2 --memory-mib 4096 --new-id imei"))
@_describes
def add(
    *,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    described: dict[str, Any],
    output_format: As = Format.TABLE,
) -> None:
    """Add a profile. What has no option here comes in by import."""
    draft = built(ProfileIn, {"name": name, **described})
    with connect() as client:
        added = client.send(profiles.add(draft))
    output.show_one(added, PROFILES, output_format)


@app.command(epilog=epilog("ldfleet profiles edit phone --cpu 4 --tag qa"))
@_describes
def edit(
    *,
    profile: ProfileRef,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    described: dict[str, Any],
    output_format: As = Format.TABLE,
) -> None:
    """Change what is given, and nothing else. Emulators made from it stay as they are."""
    patch = change_of(ProfilePatch, only_given(name=name, **described))
    with connect() as client:
        found = selection.find_profile(client, profile)
        changed = client.send(profiles.change(found.id, patch, if_version=found.version))
    output.show_one(changed, PROFILE, output_format)


@app.command()
def remove(
    *,
    profile: ProfileRef,
    yes: waiting.Yes = False,
) -> None:
    """Take a profile off record. Emulators made from it stay."""
    with connect() as client:
        found = selection.find_profile(client, profile)
        waiting.refuse_unless_confirmed(
            f"Remove the profile {found.name}?", yes=yes, terminal=sys.stdin.isatty()
        )
        client.send(profiles.remove(found.id, if_version=found.version))
    output.say(f"Removed {found.name}.")


@app.command()
def export(*, profile: ProfileRef) -> None:
    """Print a profile as a file that `import` takes."""
    with connect() as client:
        file = client.send(profiles.export(selection.find_profile(client, profile).id))
    output.show_one(file, (), Format.JSON)


@app.command("import")
def import_(
    *,
    file: Annotated[Path, typer.Argument(help="What export printed.", exists=True)],
    name: Annotated[str | None, typer.Option(help="Another name than the file's.")] = None,
    output_format: As = Format.TABLE,
) -> None:
    """Add the profile of a file."""
    described = built(ProfileFile, {**_content(file), **only_given(name=name)})
    with connect() as client:
        added = client.send(profiles.import_(described))
    output.show_one(added, PROFILES, output_format)


def _screen(text: str | None) -> Mapping[str, int] | None:
    if text is None:
        return None
    numbers = text.lower().split("x")
    names = ("width", "height", "dpi")
    if len(numbers) != len(names) or not all(number.isdecimal() for number in numbers):
        raise typer.BadParameter(f"{text!r} is no screen like 720x1280x320")
    return dict(zip(names, map(int, numbers), strict=True))


def _content(file: Path) -> Mapping[str, Any]:
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise errors.FieldInvalid(field="file", reason=f"{file} can't be read as JSON") from exc
    if not isinstance(content, dict):
        raise errors.FieldInvalid(field="file", reason=f"{file} holds no profile")
    return cast("dict[str, Any]", content)
