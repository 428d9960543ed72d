"""How loaded a workstation was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from ldfleet.domain.emulator import Emulator, Power
from ldfleet.domain.facts import SystemFacts
from ldfleet.domain.ids import WorkstationId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A sample; sizes in bytes. None: Windows did not say."""

    workstation_id: WorkstationId
    at: datetime
    cpu_load: int | None = None
    """Per cent over all cores."""
    memory: int | None = None
    memory_free: int | None = None
    disk_free: int | None = None
    """Of the drive with the least of it."""
    running: int | None = None
    """Emulators."""


def load_of(
    workstation_id: WorkstationId, facts: SystemFacts, *, at: datetime, of: Sequence[Emulator]
) -> Load:
    """The sample that a look at its facts gives."""
    return Load(
        workstation_id=workstation_id,
        at=at,
        cpu_load=facts.cpu_load,
        memory=facts.memory,
        memory_free=facts.memory_free,
        disk_free=min((disk.free for disk in facts.disks), default=None),
        running=sum(each.current and each.observed.power is Power.RUNNING for each in of),
    )


def first_step(since: datetime, step: timedelta) -> datetime:
    """When the first step begins that is not before `since`: steps are the same for all who ask."""
    return _EPOCH - (_EPOCH - since) // step * step


def thinned(samples: Sequence[Load], *, step: timedelta) -> Sequence[Load]:
    """One sample for each step that has some: means, of the free disk the least.

    Its time is that of the first sample in it.
    """

    def number(sample: Load) -> int:
        return (sample.at - _EPOCH) // step

    return [_mean(list(some)) for _, some in groupby(samples, key=number)]


def _mean(some: Sequence[Load]) -> Load:
    free = [each.disk_free for each in some if each.disk_free is not None]
    return replace(
        some[0],
        memory=some[-1].memory,
        cpu_load=_of([each.cpu_load for each in some]),
        memory_free=_of([each.memory_free for each in some]),
        running=_of([each.running for each in some]),
        disk_free=min(free, default=None),
    )


def _of(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None
