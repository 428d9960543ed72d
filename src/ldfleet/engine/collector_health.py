"""How a workstation is, folded from what a poll of it gave. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from ldfleet import errors
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.facts import SystemFacts
from ldfleet.domain.problem import short_of_disk, stuck_starts
from ldfleet.domain.workstation import Health, Workstation, WorkstationStatus

MISSES_ALLOWED = 1
FULL_DISK = 2 * 2**30


class Sight(StrEnum):
    """What a failed poll says of the workstation."""

    REFUSED = auto()
    """It knows us not: trying again could lock the account."""
    CLOSED = auto()
    """It will not be reached by trying again; once is enough to say so."""
    LOST = auto()
    """It may have been a moment: one is no alarm."""
    BLIND = auto()
    """It was reached, but its emulators could not be seen."""
    REACHED = auto()
    """Its emulators were seen; something else is wrong."""


_SIGHTS: Mapping[type[errors.FleetError], Sight] = {
    errors.WorkstationRefusedLogin: Sight.REFUSED,
    errors.SecretUnreadable: Sight.REFUSED,
    errors.WorkstationUntrusted: Sight.CLOSED,
    errors.TransportUnsupported: Sight.CLOSED,
    errors.LoginMethodUnsupported: Sight.CLOSED,
    errors.PrivateKeyUnreadable: Sight.CLOSED,
    errors.WorkstationUnreachable: Sight.LOST,
    errors.WorkstationBusy: Sight.LOST,
    errors.WorkstationSaidNonsense: Sight.LOST,
    errors.OutcomeUnknown: Sight.LOST,
    errors.NetworkError: Sight.LOST,
    errors.ConfigFileUnreadable: Sight.REACHED,
    errors.FileForbidden: Sight.REACHED,
}


def sight_of(error: errors.FleetError) -> Sight:
    """What this failure says; an unlisted one came from a workstation that answered."""
    return next((sight for kind, sight in _SIGHTS.items() if isinstance(error, kind)), Sight.BLIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll gave: `facts` where they were asked for and answered."""

    at: datetime
    scan_failure: errors.FleetError | None = None
    facts: SystemFacts | None = None
    facts_failure: errors.FleetError | None = None

    @property
    def sight(self) -> Sight | None:
        """None: all that was asked was seen."""
        if self.scan_failure is not None:
            return sight_of(self.scan_failure)
        if self.facts_failure is None:
            return None
        sight = sight_of(self.facts_failure)
        return Sight.REACHED if sight is Sight.BLIND else sight


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    status: WorkstationStatus
    failure: str | None
    reason: str


def health_after(poll: Poll, workstation: Workstation, emulators: Sequence[Emulator]) -> Health:
    """The workstation's health after a poll; `changed_at` moves with its status only."""
    health = _looked(poll, workstation, emulators)
    before = workstation.health
    if health.status is before.status and before.changed_at is not None:
        return health
    return replace(health, changed_at=poll.at)


def differs(one: Health, other: Health) -> bool:
    """Whether it is a change of state, worth an event; numbers and times are not."""
    return (one.status, one.failure, one.desktop_user) != (
        other.status,
        other.failure,
        other.desktop_user,
    )


def goes_stale(before: Health, after: Health) -> bool:
    """Whether its emulators can from now on be shown as last known only."""
    refused = {WorkstationStatus.AUTH_FAILED, WorkstationStatus.UNREACHABLE}
    if after.status in refused and after.status is not before.status:
        return True
    return after.misses > MISSES_ALLOWED >= before.misses


def _looked(poll: Poll, workstation: Workstation, emulators: Sequence[Emulator]) -> Health:
    failure = poll.scan_failure or poll.facts_failure
    if failure is None or poll.sight in {Sight.REACHED, Sight.BLIND}:
        return _reached(poll, workstation, emulators)
    health = replace(
        workstation.health,
        misses=workstation.health.misses + 1,
        failure=failure.code,
        reason=str(failure),
    )
    if poll.sight is Sight.REFUSED:
        return replace(health, status=WorkstationStatus.AUTH_FAILED)
    if poll.sight is Sight.CLOSED or health.misses > MISSES_ALLOWED:
        return replace(health, status=WorkstationStatus.UNREACHABLE)
    if health.status is WorkstationStatus.UNKNOWN:
        return health
    return replace(health, failure=workstation.health.failure, reason=workstation.health.reason)


def _reached(poll: Poll, workstation: Workstation, emulators: Sequence[Emulator]) -> Health:
    health = replace(
        workstation.health,
        misses=workstation.health.misses + 1 if poll.sight is Sight.BLIND else 0,
        seen_at=poll.at,
    )
    if poll.facts is not None:
        desktop = poll.facts.desktop
        user = None if desktop is None else desktop.user or f"session {desktop.session_id}"
        health = replace(health, facts=poll.facts, facts_at=poll.at, desktop_user=user)
    conditions = _conditions(poll, replace(workstation, health=health), emulators)
    if not conditions:
        return replace(health, status=WorkstationStatus.ONLINE, failure=None, reason=None)
    gravest = conditions[0]
    return replace(
        health,
        status=gravest.status,
        failure=gravest.failure,
        reason=" ".join(condition.reason for condition in conditions),
    )


def _conditions(
    poll: Poll, workstation: Workstation, emulators: Sequence[Emulator]
) -> Sequence[_Condition]:
    """What is wrong with a workstation that was reached, the gravest first."""
    found: list[_Condition] = []
    facts = workstation.health.facts
    if facts is not None and facts.desktop is None:
        nobody = errors.NoDesktopSession(workstation=workstation.name)
        found.append(_of(nobody, WorkstationStatus.NO_DESKTOP))
    if (failure := poll.scan_failure or poll.facts_failure) is not None:
        found.append(_of(failure))
    if stuck_starts(emulators):
        found.append(_of(errors.LDPlayerServiceWedged(workstation=workstation.name)))
    found.extend(_short_of_disk(workstation))
    return found


def _of(
    error: errors.FleetError, status: WorkstationStatus = WorkstationStatus.DEGRADED
) -> _Condition:
    return _Condition(status=status, failure=error.code, reason=str(error))


def _short_of_disk(workstation: Workstation) -> Sequence[_Condition]:
    full = errors.DiskFull(workstation=workstation.name).code
    return [
        _Condition(
            status=WorkstationStatus.DEGRADED,
            failure=full if disk.free < FULL_DISK else None,
            reason=f"Only {disk.free / 2**30:.1f} GiB are free on drive {disk.letter}.",
        )
        for disk in short_of_disk(workstation)
    ]
