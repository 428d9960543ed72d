"""What can be asked of an emulator or a workstation, and what each asking takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto


class Verb(StrEnum):
    """One spelling in Python, SQL, JSON and the command line (product.md)."""

    LAUNCH = auto()
    QUIT = auto()
    SCAN = auto()


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
    needs_desktop: bool = False
    """Without a logged-on user it is refused before anything is started (ldconsole.md 9)."""


RULES: Mapping[Verb, Rule] = {
    # ldconsole.md 7: a hung boot shows after 180 s
    Verb.LAUNCH: Rule(lane=Lane.BOOT, timeout=600.0, needs_desktop=True),
    Verb.QUIT: Rule(lane=Lane.LIGHT, timeout=180.0),
    Verb.SCAN: Rule(lane=Lane.SCAN, timeout=180.0, on_workstation=True),
}
