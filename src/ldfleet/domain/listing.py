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


def _choice(name: str, choices: type[StrEnum], *aliases: str) -> ListField:
    return ListField(name=name, kind=_K.CHOICE, choices=tuple(choices), aliases=aliases)


def _field(name: str, kind: FieldKind, *aliases: str) -> ListField:
    return ListField(name=name, kind=kind, aliases=aliases)


def _unsorted(name: str, kind: FieldKind, *aliases: str) -> ListField:
    return ListField(name=name, kind=kind, aliases=aliases, sortable=False)


EMULATORS = Noun(
    name="emulators",
    bare="name",
    fields=(
        _field("name", _K.NAME),
        _choice("status", EmulatorStatus),
        _choice("power", Power),
        _choice("android", Android),
        _choice("adb", Adb),
        _field("workstation", _K.TEXT, "ws"),
        _field("site", _K.TEXT),
        _unsorted("tag", _K.TAGS, "tags"),
        _field("cpu", _K.NUMBER, "cores"),
        _field("memory", _K.NUMBER, "memory_mib", "ram"),
        _field("index", _K.NUMBER),
        _unsorted("install", _K.TEXT),
        _unsorted("notes", _K.TEXT),
        _unsorted("trouble", _K.TEXT),
        _unsorted("protected", _K.FLAG),
        _unsorted("current", _K.FLAG),
        _field("seen", _K.MOMENT, "seen_at"),
        _field("since", _K.MOMENT),
        _field("created", _K.MOMENT, "created_at"),
        _field("updated", _K.MOMENT, "updated_at"),
        _field("id", _K.TEXT),
        _unsorted("workstation_id", _K.TEXT, "ws_id"),
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
        _field("name", _K.TEXT),
        _choice("status", WorkstationStatus),
        _field("host", _K.TEXT, "address"),
        _field("site", _K.TEXT),
        _unsorted("tag", _K.TAGS, "tags"),
        _choice("transport", TransportKind),
        _choice("login", LoginMethod),
        _unsorted("user", _K.TEXT, "username"),
        _unsorted("desktop", _K.TEXT, "desktop_user"),
        _unsorted("failure", _K.TEXT, "code"),
        _unsorted("notes", _K.TEXT),
        _unsorted("maintenance", _K.FLAG),
        _field("seen", _K.MOMENT, "seen_at"),
        _field("changed", _K.MOMENT, "changed_at"),
        _field("created", _K.MOMENT, "created_at"),
        _field("updated", _K.MOMENT, "updated_at"),
        _field("id", _K.TEXT, "workstation_id", "ws_id"),
    ),
)
OPERATIONS = Noun(
    name="operations",
    bare="emulator",
    fields=(
        _choice("status", OperationStatus),
        _choice("verb", Verb),
        _field("emulator", _K.NAME, "em", "name"),
        _field("workstation", _K.TEXT, "ws"),
        _field("site", _K.TEXT),
        _choice("priority", Priority),
        _field("by", _K.TEXT, "requested_by", "user"),
        _field("source", _K.TEXT),
        _unsorted("reason", _K.TEXT),
        _unsorted("over", _K.FLAG),
        _field("tries", _K.NUMBER),
        _unsorted("wave", _K.NUMBER),
        _unsorted("batch", _K.TEXT, "batch_id"),
        _field("created", _K.MOMENT, "created_at"),
        _field("started", _K.MOMENT, "started_at"),
        _field("finished", _K.MOMENT, "finished_at"),
        _field("id", _K.TEXT),
        _unsorted("emulator_id", _K.TEXT, "em_id"),
        _unsorted("workstation_id", _K.TEXT, "ws_id"),
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
