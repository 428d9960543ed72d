"""How long to wait between two polls of a workstation (architecture.md 5). Pure."""

from dataclasses import dataclass

from ldfleet.domain.workstation import Workstation, WorkstationStatus

HELD = 60.0
SHUT_OUT = 30.0
"""How often the record is looked at, not the workstation, after a refused login."""
FIRST_RETRY = 10.0
LONGEST = 300.0
FACTS_EVERY = 60.0
"""A desktop that comes or goes is known within a minute."""
THOROUGH_EVERY = 300.0
"""Between two looks at installs and at every config file."""
JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two polls of a workstation that answers."""

    idle: float = 30.0
    lively: float = 10.0
    operating: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What decides the pace on a workstation."""

    workstation: Workstation
    operating: bool
    """An operation runs there."""
    lively: bool
    """An emulator runs or starts there."""


def pause(scene: Scene, *, pace: Pace, chance: float) -> float:
    """Seconds until the next poll; `chance` from 0 to 1 spreads them by a tenth each way."""
    return _pause(scene, pace) * (1 + JITTER * (2 * chance - 1))


def _pause(scene: Scene, pace: Pace) -> float:
    health = scene.workstation.health
    if health.status is WorkstationStatus.AUTH_FAILED:
        return SHUT_OUT
    if health.misses > 0:
        return min(LONGEST, FIRST_RETRY * 2.0 ** min(health.misses - 1, 10))
    if scene.operating:
        return pace.operating
    if scene.workstation.maintenance is not None:
        return HELD
    return pace.lively if scene.lively else pace.idle
