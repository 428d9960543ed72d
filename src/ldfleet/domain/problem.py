"""What is wrong now, derived from what is known: nobody opens a problem, nobody closes one."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Any, NewType, Self

from ldfleet import errors
from ldfleet.domain.emulator import Emulator, Power
from ldfleet.domain.facts import Disk
from ldfleet.domain.ids import WorkstationId, make_id
from ldfleet.domain.schedule import Schedule
from ldfleet.domain.workstation import Workstation, WorkstationStatus

ProblemId = NewType("ProblemId", str)

LOW_DISK = 10 * 2**30  # bytes; an emulator takes 3 GB and grows (ldconsole.md 7)
WEDGED_FROM = 2  # stuck starts at once: one alone may be a sick emulator
ADB_REMOTE = 2  # the setting that opens ADB to the network (ldconsole.md 8)
_NAMED = 20  # emulators that the evidence names
_GIB = 2**30


class ProblemKind(StrEnum):
    """What can be wrong."""

    WORKSTATION_UNREACHABLE = auto()
    LOGIN_REFUSED = auto()
    CERTIFICATE_CHANGED = auto()
    CERTIFICATE_UNKNOWN = auto()
    """At first contact: nobody has said yet that it is the right one."""
    NO_DESKTOP = auto()
    LOW_DISK = auto()
    SERVICE_WEDGED = auto()
    """LDPlayer's VM service starts nothing any more."""
    ADB_OPEN = auto()
    """Emulators whose ADB listens to the network: whoever reaches it owns them."""
    SCHEDULE_FAILED = auto()


_K = ProblemKind
_OF_WORKSTATIONS = frozenset(_K) - {_K.SCHEDULE_FAILED}
_TOLD_FROM_AFAR = frozenset(
    {
        _K.WORKSTATION_UNREACHABLE,
        _K.LOGIN_REFUSED,
        _K.CERTIFICATE_CHANGED,
        _K.CERTIFICATE_UNKNOWN,
    }
)
"""All that can be said of a workstation that is not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What mends it: a sentence, and the request that does it or finds out whether it is done."""

    sentence: str
    method: str | None = None
    path: str | None = None
    """`{subject}` stands for the subject's id."""


_TEST = ("POST", "/api/workstations/{subject}/test-connection")
_SET = ("PATCH", "/api/workstations/{subject}")


def _remedy(error: type[errors.FleetError], action: tuple[str, str]) -> Remedy:
    return Remedy(sentence=error.hint or "", method=action[0], path=action[1])


REMEDIES: Mapping[ProblemKind, Remedy] = {
    _K.WORKSTATION_UNREACHABLE: _remedy(errors.WorkstationUnreachable, _TEST),
    _K.LOGIN_REFUSED: _remedy(errors.WorkstationRefusedLogin, _SET),
    _K.CERTIFICATE_CHANGED: _remedy(errors.WorkstationUntrusted, _SET),
    _K.CERTIFICATE_UNKNOWN: Remedy(
        sentence="Compare the fingerprint with the one that the PC shows, then send it as "
        "certificate_sha256, over SSH as host_key_sha256.",
        method=_SET[0],
        path=_SET[1],
    ),
    _K.NO_DESKTOP: _remedy(errors.NoDesktopSession, _TEST),
    _K.LOW_DISK: Remedy(
        sentence="Remove emulators or backups that nobody needs, or move LDPlayer's data to "
        "another drive."
    ),
    _K.SERVICE_WEDGED: _remedy(
        errors.LDPlayerServiceWedged, ("POST", "/api/workstations/{subject}/quit-all")
    ),
    _K.ADB_OPEN: Remedy(
        sentence="In each emulator's settings choose ADB debugging: local connection, and "
        "start it anew."
    ),
    _K.SCHEDULE_FAILED: Remedy(
        sentence="Mend what the reason says, then run the schedule now.",
        method="POST",
        path="/api/schedules/{subject}/run",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a subject, by what is known of it."""

    kind: ProblemKind
    evidence: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found wrong with a subject, and which kinds could be judged at all."""

    subject: str
    name: str
    workstation_id: WorkstationId | None = None
    judged: frozenset[ProblemKind]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is or was wrong."""

    id: ProblemId
    kind: ProblemKind
    subject: str
    subject_name: str
    workstation_id: WorkstationId | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict[str, Any])
    since: datetime
    seen_at: datetime
    """When the evidence was last other than before."""
    ended_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_reason: str | None = None

    @property
    def remedy(self) -> Remedy:
        """What mends it."""
        remedy = REMEDIES[self.kind]
        path = None if remedy.path is None else remedy.path.format(subject=self.subject)
        return replace(remedy, path=path)

    def acknowledged(self, *, by: str, reason: str, at: datetime) -> Self:
        """Somebody knows of it; it stays until its cause ends. Raises ProblemEnded."""
        if self.ended_at is not None:
            raise errors.ProblemEnded(problem=self.id)
        return replace(self, acknowledged_by=by, acknowledged_at=at, acknowledged_reason=reason)


class Turn(StrEnum):
    """What became of a problem."""

    OPENED = auto()
    CHANGED = auto()
    ENDED = auto()


def of_workstation(workstation: Workstation, emulators: Sequence[Emulator]) -> Look:
    """What is wrong with it; nothing, while a person holds it in maintenance."""
    found: tuple[Finding, ...] = ()
    health = workstation.health
    far = health.status in {WorkstationStatus.UNREACHABLE, WorkstationStatus.AUTH_FAILED}
    if workstation.maintenance is None:
        found = _from_afar(workstation) if far else _reached(workstation, emulators)
    whole = workstation.maintenance is not None or not far
    return Look(
        subject=workstation.id,
        name=workstation.name,
        workstation_id=workstation.id,
        judged=_OF_WORKSTATIONS if whole else _TOLD_FROM_AFAR,
        findings=found,
    )


def of_schedule(schedule: Schedule, failure: errors.FleetError | None) -> Look:
    """Whether it could be submitted when it was due."""
    found: tuple[Finding, ...] = ()
    if failure is not None:
        evidence = {"code": failure.code, "reason": str(failure)}
        found = (Finding(kind=_K.SCHEDULE_FAILED, evidence=evidence),)
    return Look(
        subject=schedule.id,
        name=schedule.name,
        judged=frozenset({_K.SCHEDULE_FAILED}),
        findings=found,
    )


def fold(known: Sequence[Problem], look: Look, *, at: datetime) -> Sequence[tuple[Turn, Problem]]:
    """What becomes of the open problems of a subject after a look at it."""
    before = {problem.kind: problem for problem in known}
    found = {finding.kind: finding for finding in look.findings}
    turns: list[tuple[Turn, Problem]] = []
    for kind, finding in found.items():
        problem = before.get(kind)
        if problem is None:
            turns.append((Turn.OPENED, _opened(look, finding, at)))
        elif dict(problem.evidence) != dict(finding.evidence):
            told = replace(problem, evidence=finding.evidence, seen_at=at)
            turns.append((Turn.CHANGED, told))
    for kind, problem in before.items():
        if kind in look.judged and kind not in found:
            turns.append((Turn.ENDED, replace(problem, ended_at=at)))
    return turns


def short_of_disk(workstation: Workstation) -> Sequence[Disk]:
    """Drives with LDPlayer's data on them that are nearly full."""
    facts = workstation.health.facts
    used = {install.data_path[:1].upper() for install in workstation.health.installs}
    disks = () if facts is None else facts.disks
    return [disk for disk in disks if disk.letter[:1].upper() in used and disk.free < LOW_DISK]


def stuck_starts(emulators: Sequence[Emulator]) -> Sequence[Emulator]:
    """Starts stuck in one LDPlayer: its one VM service hangs (ldconsole.md 1, 10)."""
    stuck = [
        emulator
        for emulator in emulators
        if emulator.current
        and emulator.observed.power is Power.STARTING
        and emulator.observed.trouble is not None
    ]
    counts = Counter(emulator.install for emulator in stuck)
    return [emulator for emulator in stuck if counts[emulator.install] >= WEDGED_FROM]


def _opened(look: Look, finding: Finding, at: datetime) -> Problem:
    # Chance is not needed: nothing else of this kind begins with this subject at this time.
    entropy = hashlib.sha256(f"{finding.kind} {look.subject}".encode()).digest()
    return Problem(
        id=ProblemId(make_id("pb", at=at, entropy=entropy)),
        kind=finding.kind,
        subject=look.subject,
        subject_name=look.name,
        workstation_id=look.workstation_id,
        evidence=finding.evidence,
        since=at,
        seen_at=at,
    )


def _from_afar(workstation: Workstation) -> tuple[Finding, ...]:
    health = workstation.health
    kind = _K.WORKSTATION_UNREACHABLE
    if health.status is WorkstationStatus.AUTH_FAILED:
        kind = _K.LOGIN_REFUSED
    elif health.failure == errors.WorkstationUntrusted.code:
        first = health.seen_at is None
        kind = _K.CERTIFICATE_UNKNOWN if first else _K.CERTIFICATE_CHANGED
    seen = None if health.seen_at is None else health.seen_at.isoformat()
    evidence = {"code": health.failure, "reason": health.reason, "last_seen": seen}
    return (Finding(kind=kind, evidence=evidence),)


def _reached(workstation: Workstation, emulators: Sequence[Emulator]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    facts = workstation.health.facts
    if facts is not None and facts.desktop is None:
        found.append(Finding(kind=_K.NO_DESKTOP))
    # Whole GiB: a disk fills all the time, and only a step of it is news.
    if disks := short_of_disk(workstation):
        free = {disk.letter: round(disk.free / _GIB) for disk in disks}
        found.append(Finding(kind=_K.LOW_DISK, evidence={"free_gib": free}))
    if stuck := stuck_starts(emulators):
        found.append(Finding(kind=_K.SERVICE_WEDGED, evidence=_named(stuck)))
    if wide := [each for each in emulators if each.adb_debug == ADB_REMOTE]:
        found.append(Finding(kind=_K.ADB_OPEN, evidence=_named(wide)))
    return tuple(found)


def _named(emulators: Sequence[Emulator]) -> Mapping[str, Any]:
    named = [{"id": each.id, "name": each.name} for each in emulators[:_NAMED]]
    return {"count": len(emulators), "emulators": named}
