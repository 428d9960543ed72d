"""What can be asked of an emulator or a workstation, and what each asking takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from ldfleet import errors
from ldfleet.domain.actor import Actor, Role


class Verb(StrEnum):
    """One spelling in Python, SQL, JSON and the command line (product.md)."""

    LAUNCH = auto()
    QUIT = auto()
    REBOOT = auto()
    RENAME = auto()
    MODIFY = auto()
    REMOVE = auto()
    CREATE = auto()
    CLONE = auto()
    BACKUP = auto()
    RESTORE = auto()
    INSTALL = auto()
    UNINSTALL = auto()
    RUN = auto()
    KILL = auto()
    ADB = auto()
    LOCATE = auto()
    SETPROP = auto()
    GLOBAL_SETTINGS = auto()
    SORT_WINDOWS = auto()
    QUIT_ALL = auto()
    CONSOLE = auto()
    SCAN = auto()
    DOCTOR = auto()


class Lane(StrEnum):
    """What an operation takes of its workstation: a place, held until it is over."""

    BOOT = auto()
    DISK = auto()
    LIGHT = auto()
    SCAN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a verb is queued."""

    lane: Lane
    timeout: float
    """Seconds from its start, unless the request says otherwise."""
    on_workstation: bool = False
    """It is asked of a workstation; else of one emulator, which it holds."""
    role: Role = Role.OPERATOR
    """Who may ask for it, by whichever way: alone, in a batch, by a schedule, again."""
    outcome_audited: bool = False
    """How it ended is in the audit log too, not only that it was asked for."""
    needs_desktop: bool = False
    """Without a logged-on user it is refused before anything is started (ldconsole.md 9)."""


RULES: Mapping[Verb, Rule] = {
    # ldconsole.md 7: a hung boot shows after 180 s
    Verb.LAUNCH: Rule(lane=Lane.BOOT, timeout=600.0, needs_desktop=True),
    Verb.QUIT: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.REBOOT: Rule(lane=Lane.BOOT, timeout=660.0, needs_desktop=True),
    Verb.RENAME: Rule(lane=Lane.LIGHT, timeout=120.0),
    Verb.MODIFY: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.REMOVE: Rule(lane=Lane.DISK, timeout=480.0),
    Verb.CREATE: Rule(lane=Lane.DISK, timeout=900.0, on_workstation=True),
    # ldconsole.md 4: copies are given 1200 to 1800 s
    Verb.CLONE: Rule(lane=Lane.DISK, timeout=2700.0),
    # ldconsole.md 5: both block for minutes, clients wait 900 and 1800 s
    Verb.BACKUP: Rule(lane=Lane.DISK, timeout=2400.0),
    Verb.RESTORE: Rule(lane=Lane.DISK, timeout=2400.0),
    Verb.INSTALL: Rule(lane=Lane.LIGHT, timeout=780.0),
    Verb.UNINSTALL: Rule(lane=Lane.LIGHT, timeout=240.0),
    Verb.RUN: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.KILL: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.ADB: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.LOCATE: Rule(lane=Lane.LIGHT, timeout=120.0),
    Verb.SETPROP: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.GLOBAL_SETTINGS: Rule(lane=Lane.LIGHT, timeout=180.0, on_workstation=True),
    Verb.SORT_WINDOWS: Rule(
        lane=Lane.LIGHT, timeout=180.0, on_workstation=True, needs_desktop=True
    ),
    Verb.QUIT_ALL: Rule(lane=Lane.LIGHT, timeout=300.0, on_workstation=True),
    # beside the command's own deadline
    Verb.CONSOLE: Rule(
        lane=Lane.LIGHT,
        timeout=60.0,
        on_workstation=True,
        role=Role.ADMIN,
        outcome_audited=True,
    ),
    Verb.SCAN: Rule(lane=Lane.SCAN, timeout=180.0, on_workstation=True),
    # some forty looks; where a program hangs, each has its own deadline of 20 s
    Verb.DOCTOR: Rule(lane=Lane.LIGHT, timeout=900.0, on_workstation=True),
}

BOOT_TIME = 600.0
"""Seconds for the boot of an emulator that was just created, and for its end."""
APP_TIME = 400.0
"""Seconds for each app: one of LDPlayer's store may take 300 (ldconsole.md 5)."""


TRANSFER_TIME = 900.0
"""Seconds more for an app of the library: it is brought to the PC first."""
DEADLINE = 60.0
"""Seconds that a raw command has, unless the request says otherwise."""


def check_may(actor: Actor, verb: Verb) -> None:
    """Whether somebody may ask for it. Raises PermissionDenied.

    A verb that is not known is refused elsewhere.
    """
    rule = RULES.get(verb)
    if rule is not None and not actor.role.covers(rule.role):
        raise errors.PermissionDenied(actor=actor.name, role=actor.role, needed=rule.role)


def boots(verb: Verb, params: Mapping[str, Any]) -> bool:
    """Whether a created emulator is started too: for its apps, or because it is to stay on."""
    return verb is Verb.CREATE and bool(params.get("apps") or params.get("stay_on"))


def lanes_of(verb: Verb, params: Mapping[str, Any]) -> Sequence[Lane]:
    """All lanes in which it takes a place."""
    own = RULES[verb].lane
    return (own, Lane.BOOT) if boots(verb, params) else (own,)


def needs_desktop(verb: Verb, params: Mapping[str, Any]) -> bool:
    """Whether it is refused where nobody is logged on."""
    return RULES[verb].needs_desktop or boots(verb, params)


def timeout_of(verb: Verb, params: Mapping[str, Any]) -> float:
    """Seconds from its start, unless the request says otherwise."""
    own = RULES[verb].timeout
    if verb is Verb.CONSOLE:
        return own + float(params.get("deadline_s") or DEADLINE)
    if verb is Verb.INSTALL and params.get("app"):
        return own + TRANSFER_TIME
    if not boots(verb, params):
        return own
    apps: Sequence[Mapping[str, Any]] = params.get("apps") or ()
    fetched = sum(1 for app in apps if app.get("app"))
    return own + BOOT_TIME + APP_TIME * len(apps) + TRANSFER_TIME * fetched
