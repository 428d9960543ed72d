"""Which things are meant: ids, or names where a name means one thing."""

from collections.abc import Iterable
from typing import Annotated, Protocol, TypeVar

import typer

from ldfleet import errors
from ldfleet.cli.connection import Client
from ldfleet.client import apps, emulators, profiles, workstations
from ldfleet.client.calls import Call
from ldfleet.wire.apps import LibraryAppFilter, LibraryAppOut
from ldfleet.wire.emulators import EmulatorFilter, EmulatorOut
from ldfleet.wire.profiles import ProfileFilter, ProfileOut
from ldfleet.wire.shapes import Page
from ldfleet.wire.workstations import WorkstationFilter, WorkstationOut

T = TypeVar("T")
N = TypeVar("N", bound="Named")

LARGEST_PAGE = 500

Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="At most so many; without it, the whole list.")
]
Cursor = Annotated[
    str | None, typer.Option("--cursor", help="Go on where a list with --limit ended.")
]
WorkstationRef = Annotated[str, typer.Argument(metavar="WORKSTATION", help="Its id or name.")]
AppRef = Annotated[
    str,
    typer.Argument(
        metavar="APP", help="Its id, its package (then the newest there is), or PACKAGE@VERSION."
    ),
]
OperationId = Annotated[str, typer.Argument(metavar="OPERATION", help="Its id.")]


class Named(Protocol):
    """What has a name that means one thing."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...


def gather(
    client: Client, call: Call[Page[T]], *, limit: int | None, cursor: str | None
) -> Page[T]:
    """One page of as many items as were asked for."""
    items: list[T] = []
    while limit is None or len(items) < limit:
        size = LARGEST_PAGE if limit is None else min(LARGEST_PAGE, limit - len(items))
        piece = call.having(limit=str(size))
        page = client.send(piece if cursor is None else piece.having(cursor=cursor))
        items += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return Page(items=items, next_cursor=cursor)


def find_emulator(client: Client, meant: str) -> EmulatorOut:
    """The emulator with this id, or the only one with this name."""
    if meant.startswith("em_"):
        return client.send(emulators.get(meant))
    named = EmulatorFilter(name=meant, limit=LARGEST_PAGE)
    found = [one for one in client.iterate(emulators.page(named)) if one.name == meant]
    if not found:
        raise errors.EmulatorNotFound(emulator=meant)
    if len(found) > 1:
        where = ", ".join(f"{one.id} on {one.workstation_name}" for one in found[:10])
        reason = f"{len(found)} emulators are called {meant}; use an id: {where}"
        raise errors.FieldInvalid(field="emulator", reason=reason)
    return found[0]


def find_workstation(client: Client, meant: str) -> WorkstationOut:
    """The workstation with this id or name."""
    if meant.startswith("ws_"):
        return client.send(workstations.get(meant))
    every = workstations.page(WorkstationFilter(limit=LARGEST_PAGE))
    return the_one_named(
        client.iterate(every), meant, errors.WorkstationNotFound(workstation=meant)
    )


def find_profile(client: Client, meant: str) -> ProfileOut:
    """The profile with this id or name."""
    if meant.startswith("pf_"):
        return client.send(profiles.get(meant))
    every = profiles.page(ProfileFilter(limit=LARGEST_PAGE))
    return the_one_named(client.iterate(every), meant, errors.ProfileNotFound(profile=meant))


def find_app(client: Client, meant: str) -> LibraryAppOut:
    """The app of the library with this id, or the newest of a package, or its version so named."""
    if meant.startswith("ap_"):
        return client.send(apps.get(meant))
    package, _, version = meant.partition("@")
    wanted = f'package:"{package}"' + (f' version:"{version}"' if version else "")
    found = client.send(apps.page(LibraryAppFilter(filter=wanted, sort="-code", limit=1)))
    if not found.items:
        raise errors.AppNotFound(app=meant)
    return found.items[0]


def the_one_named(every: Iterable[N], meant: str, missing: errors.FleetError) -> N:
    """The only one of them with this name."""
    for found in every:
        if found.name == meant:
            return found
    raise missing
