"""What was asked of a farm and what its PCs say was done: the values the judge of chaos reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

FOREVER = float("inf")
LOOKS = frozenset({"", "list2", "list3", "list", "runninglist", "isrunning", "getprop"})
"""What LDPlayer is asked without changing anything; the bare run too."""
LOOKS_INSIDE = ("get-state", "shell getprop", "shell pm list", "shell pidof", "shell dumpsys")
LINK_FAULTS = frozenset({"unreachable", "cut", "delay_s", "refuse_login", "wedged_service"})
BLINDING_ACTIONS = frozenset({"vanish_shells", "cut_connections", "reboot", "log_off"})
POWER_ACTIONS = frozenset({"kill_vm_service", "kill_players", "reboot", "log_off"})
Place = tuple[str, str, int]
"""Workstation, install, index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One command that reached ldconsole, by the simulator's journal, in real seconds."""

    number: int
    workstation: str
    install: str
    argv: tuple[str, ...]
    """The command and its options."""
    begin: float
    end: float
    effect: str
    index: int | None
    job: str = ""

    @property
    def verb(self) -> str:
        return self.argv[0] if self.argv else ""

    @property
    def changes(self) -> bool:
        """Whether it does more than look."""
        if self.verb == "adb":
            command = self.option("command") or ""
            return not command.startswith(LOOKS_INSIDE)
        return self.verb not in LOOKS

    @property
    def places(self) -> frozenset[Place]:
        """The emulators whose files or machines it touches."""
        numbers = {self.index, _number(self.option("from") if self.verb == "copy" else None)}
        return frozenset((self.workstation, self.install, n) for n in numbers if n is not None)

    def option(self, name: str) -> str | None:
        """The value of --name."""
        words = self.argv[1:]
        return next((b for a, b in pairwise(words) if a == f"--{name}"), None)

    def within(self, began: float, ended: float) -> bool:
        return self.begin < ended and began < self.end

    def __str__(self) -> str:
        return (
            f"#{self.number} {self.workstation} {self.begin:.2f}-{self.end:.2f} "
            f"{' '.join(self.argv)}: {self.effect} {self.job}".rstrip()
        )


def _number(word: str | None) -> int | None:
    return int(word) if word is not None and word.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that was done to a workstation, or to a process of ours."""

    what: str
    began: float
    ended: float
    workstation: str | None = None
    """None: a process of ldfleet was killed or frozen, which may concern all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation, as ldfleet tells of it at the end."""

    id: str
    verb: str
    status: str
    workstation: str
    place: Place | None = None
    """Of the emulator it was asked of."""
    emulator_id: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str = ""
    created: float = 0.0
    started: float = FOREVER
    finished: float = FOREVER

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"

    @property
    def marks(self) -> frozenset[str]:
        """Words that its commands have and those of few others."""
        settings: Mapping[str, Any] = self.params.get("settings") or {}
        words = (self.params.get("name"), settings.get("phone_number"), self.params.get("command"))
        return frozenset(str(word) for word in words if word is not None)

    def __str__(self) -> str:
        return (
            f"{self.id} {self.verb} {self.status} on {self.place or self.workstation} "
            f"{self.started:.2f}-{self.finished:.2f} {dict(self.params)} {self.reason}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An emulator at the end: on record, or in truth."""

    place: Place
    name: str
    power: str
    """`running`, `stopped` or `other`."""
    phone_number: str | None = None
    """None: not told."""
    emulator_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All of it."""

    accepted: frozenset[str]
    asked: Sequence[Asked]
    deeds: Sequence[Deed]
    troubles: Sequence[Trouble] = ()
    recorded: Sequence[Standing] = ()
    true: Sequence[Standing] = ()
    lanes: Mapping[str, int] = field(
        default_factory=lambda: {"boot": 2, "disk": 1, "light": 4},
    )


def deeds_of(entries: Sequence[Mapping[str, Any]], *, origin: float, scale: float) -> list[Deed]:
    """The commands in a journal: a line tells their start, another of the same process the end."""
    begun: dict[tuple[str, int], float] = {}
    deeds: list[Deed] = []
    for entry in entries:
        key, at = (entry["workstation"], entry["pid"]), origin + entry["at"] / scale
        if entry["kind"] == "process" and _is_console(entry):
            begun[key] = at
        elif entry["kind"] == "ldconsole":
            deeds.append(_deed(entry, begin=begun.pop(key, at), end=at))
    return deeds


def _is_console(entry: Mapping[str, Any]) -> bool:
    return bool(entry["argv"]) and entry["argv"][0].lower().endswith("console.exe")


def _deed(entry: Mapping[str, Any], *, begin: float, end: float) -> Deed:
    return Deed(
        number=entry["number"],
        workstation=entry["workstation"],
        install=entry["install"],
        argv=tuple(entry["argv"][1:]),
        begin=begin,
        end=end,
        effect=entry["effect"],
        index=entry["index"],
        job=entry["job"],
    )


def troubles_of(
    entries: Sequence[Mapping[str, Any]], *, origin: float, scale: float
) -> list[Trouble]:
    """The faults and actions in a journal: a fault lasts until it is switched back."""
    on: dict[tuple[str, str], float] = {}
    troubles: list[Trouble] = []
    for entry in entries:
        if entry["kind"] not in {"fault", "action"}:
            continue
        workstation, (name, value) = entry["workstation"], entry["argv"]
        at = origin + entry["at"] / scale
        if entry["kind"] == "action":
            troubles.append(Trouble(what=name, began=at, ended=at, workstation=workstation))
        elif value in {"false", '""', "0", "0.0", "null"}:
            began = on.pop((workstation, name), at)
            troubles.append(Trouble(what=name, began=began, ended=at, workstation=workstation))
        else:
            on.setdefault((workstation, name), at)
    return troubles + [
        Trouble(what=name, began=began, ended=FOREVER, workstation=workstation)
        for (workstation, name), began in on.items()
    ]


def seconds(moment: str | None) -> float:
    """A time of the API as Unix time; never, where there is none."""
    return FOREVER if moment is None else datetime.fromisoformat(moment).timestamp()
