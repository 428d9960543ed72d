"""What each list can be filtered and sorted by: one table of fields for a noun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from ldfleet.domain.emulator import Adb, Android, EmulatorStatus, Power
from ldfleet.domain.operation import OperationStatus, Priority
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import (
    LoginMethod,
    TransportKind,
    Workstation,
    WorkstationStatus,
)


class FieldKind(StrEnum):
    """What a field's values are, and so how they are compared."""

    NAME = auto()
    """Case is ignored in every script."""
    TEXT = auto()
    """Case is ignored in ASCII."""
    CHOICE = auto()
    TAGS = auto()
    NUMBER = auto()
    MOMENT = auto()
    FLAG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListField:
    """A fact that a list can be filtered by, and mostly sorted by."""

    name: str
    kind: FieldKind
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """All there are, of a CHOICE."""
    sortable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A kind of thing that is listed. A bare word of a filter is looked for in `bare`."""

    name: str
    bare: str
    fields: tuple[ListField, ...]
    unknown_yet: Mapping[str, str] = field(default_factory=dict[str, str])
    """Words that people try and that nothing is kept of, with what to do instead."""

    def find(self, word: str) -> ListField | None:
        """The field that is called so, or has that alias; case is ignored."""
        wanted = word.lower()
        return next((f for f in self.fields if wanted in {f.name, *f.aliases}), None)

    @property
    def filtered_by(self) -> str:
        """The names of all fields, for people."""
        return ", ".join(each.name for each in self.fields)

    @property
    def sorted_by(self) -> str:
        """The names of those that lists can be sorted by, for people."""
        return ", ".join(each.name for each in self.fields if each.sortable)


_K = FieldKind


def choice(name: str, choices: type[StrEnum], *aliases: str) -> ListField:
    """A field that has one of these values."""
    return ListField(name=name, kind=_K.CHOICE, choices=tuple(choices), aliases=aliases)


def known(name: str, kind: FieldKind, *aliases: str) -> ListField:
    """A field that lists can be sorted by."""
    return ListField(name=name, kind=kind, aliases=aliases)


def unsorted(name: str, kind: FieldKind, *aliases: str) -> ListField:
    """A field that there is no order by."""
    return ListField(name=name, kind=kind, aliases=aliases, sortable=False)


EMULATORS = Noun(
    name="emulators",
    bare="name",
    fields=(
        known("name", _K.NAME),
        choice("status", EmulatorStatus),
        choice("power", Power),
        choice("android", Android),
        choice("adb", Adb),
        known("workstation", _K.TEXT, "ws"),
        known("site", _K.TEXT),
        unsorted("tag", _K.TAGS, "tags"),
        known("cpu", _K.NUMBER, "cores"),
        known("memory", _K.NUMBER, "memory_mib", "ram"),
        known("index", _K.NUMBER),
        unsorted("install", _K.TEXT),
        unsorted("notes", _K.TEXT),
        unsorted("trouble", _K.TEXT),
        unsorted("protected", _K.FLAG),
        unsorted("current", _K.FLAG),
        known("seen", _K.MOMENT, "seen_at"),
        known("since", _K.MOMENT),
        known("created", _K.MOMENT, "created_at"),
        known("updated", _K.MOMENT, "updated_at"),
        known("id", _K.TEXT),
        unsorted("workstation_id", _K.TEXT, "ws_id"),
    ),
    unknown_yet={
        "app": "which apps are installed is not kept; ask an emulator for its apps",
        "apps": "which apps are installed is not kept; ask an emulator for its apps",
        "package": "which apps are installed is not kept; ask an emulator for its apps",
    },
)
WORKSTATIONS = Noun(
    name="workstations",
    bare="name",
    fields=(
        known("name", _K.TEXT),
        choice("status", WorkstationStatus),
        known("host", _K.TEXT, "address"),
        known("site", _K.TEXT),
        unsorted("tag", _K.TAGS, "tags"),
        choice("transport", TransportKind),
        choice("login", LoginMethod),
        unsorted("user", _K.TEXT, "username"),
        unsorted("desktop", _K.TEXT, "desktop_user"),
        unsorted("failure", _K.TEXT, "code"),
        unsorted("notes", _K.TEXT),
        unsorted("maintenance", _K.FLAG),
        known("seen", _K.MOMENT, "seen_at"),
        known("changed", _K.MOMENT, "changed_at"),
        known("created", _K.MOMENT, "created_at"),
        known("updated", _K.MOMENT, "updated_at"),
        known("id", _K.TEXT, "workstation_id", "ws_id"),
    ),
)
OPERATIONS = Noun(
    name="operations",
    bare="emulator",
    fields=(
        choice("status", OperationStatus),
        choice("verb", Verb),
        known("emulator", _K.NAME, "em", "name"),
        known("workstation", _K.TEXT, "ws"),
        known("site", _K.TEXT),
        choice("priority", Priority),
        known("by", _K.TEXT, "requested_by", "user"),
        known("source", _K.TEXT),
        unsorted("reason", _K.TEXT),
        unsorted("over", _K.FLAG),
        known("tries", _K.NUMBER),
        unsorted("wave", _K.NUMBER),
        unsorted("batch", _K.TEXT, "batch_id"),
        known("created", _K.MOMENT, "created_at"),
        known("started", _K.MOMENT, "started_at"),
        known("finished", _K.MOMENT, "finished_at"),
        known("id", _K.TEXT),
        unsorted("emulator_id", _K.TEXT, "em_id"),
        unsorted("workstation_id", _K.TEXT, "ws_id"),
    ),
)


def facts_of_workstation(workstation: Workstation) -> Mapping[str, Any]:
    """What the fields of WORKSTATIONS say of one."""
    health = workstation.health
    return {
        "name": workstation.name,
        "status": workstation.status,
        "host": workstation.address.host,
        "site": workstation.site,
        "tag": workstation.tags,
        "transport": workstation.address.transport,
        "login": workstation.address.login,
        "user": workstation.address.username,
        "desktop": health.desktop_user,
        "failure": health.failure,
        "notes": workstation.notes,
        "maintenance": workstation.maintenance is not None,
        "seen": health.seen_at,
        "changed": health.changed_at,
        "created": workstation.created_at,
        "updated": workstation.updated_at,
        "id": workstation.id,
    }
