"""Who did what, from where, and what came of it: entries of a log that is only added to.

Each entry's hash covers the one before it, so that none can be changed, left out or put in
between without breaking the chain from there on.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Any

from ldfleet.domain.actor import Actor
from ldfleet.domain.operation import Operation
from ldfleet.errors import FleetError

FIRST_HASH = "0" * 64
"""What the first entry's hash builds on."""
CHANGED = "changed"
"""Stands for both values of a secret that was replaced."""


class AuditResult(StrEnum):
    """What came of it."""

    DONE = auto()
    REFUSED = auto()
    """By a rule of access: nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`before` and `after` hold the changed fields alone; of secrets only that they changed."""

    at: datetime
    actor: str
    source: str
    action: str
    """`noun.verb`, as `workstation.change`."""
    result: AuditResult = AuditResult.DONE
    address: str | None = None
    subject: str | None = None
    """The id of what it was done to."""
    subject_name: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    code: str | None = None
    """Of the error that refused it."""
    reason: str | None = None
    """What the person gave as theirs."""
    correlation_id: str | None = None
    seq: int = 0
    """Given by storage, without gaps, in the order of commits."""

    def chained(self, previous: str) -> str:
        """The hash of this entry behind the one whose hash is given."""
        told = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "source": self.source,
            "action": self.action,
            "result": self.result.value,
            "address": self.address,
            "subject": self.subject,
            "subject_name": self.subject_name,
            "before": self.before,
            "after": self.after,
            "code": self.code,
            "reason": self.reason,
            "correlation_id": self.correlation_id,
        }
        text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def done(
    actor: Actor,
    action: str,
    *,
    at: datetime,
    subject: str | None = None,
    subject_name: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """It was done. Of two descriptions only what differs is kept."""
    if before is not None and after is not None:
        before, after = differences(before, after)
    return AuditEntry(
        at=at,
        actor=actor.name,
        source=actor.source,
        address=actor.address,
        action=action,
        subject=subject,
        subject_name=subject_name,
        before=before,
        after=after,
        reason=reason,
        correlation_id=actor.correlation_id,
    )


def refused(
    actor: Actor, action: str, error: FleetError, *, at: datetime, subject: str | None = None
) -> AuditEntry:
    """A rule of access stood against it."""
    return AuditEntry(
        at=at,
        actor=actor.name,
        source=actor.source,
        address=actor.address,
        action=action,
        result=AuditResult.REFUSED,
        subject=subject,
        code=error.code,
        correlation_id=actor.correlation_id,
    )


def ended(operation: Operation, *, at: datetime) -> AuditEntry:
    """What came of an operation, for its asking was told when nothing was done yet."""
    failure, result = operation.failure or {}, operation.result or {}
    told = {
        "operation": operation.id,
        "params": dict(operation.params),
        "status": operation.status.value,
        "exit_code": result.get("exit_code"),
        "code": failure.get("code"),
    }
    return AuditEntry(
        at=at,
        actor=operation.requested_by,
        source="engine",
        action=f"operation.{operation.verb}_ended",
        subject=operation.emulator_id or operation.workstation_id,
        after={name: value for name, value in told.items() if value is not None},
        correlation_id=operation.correlation_id,
    )


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Both without what is the same in both."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


@dataclass(slots=True)
class Walk:
    """Goes along the chain from its beginning, and sees whether each link holds."""

    seq: int = 0
    link: str = FIRST_HASH

    def step(self, entry: AuditEntry, link: str) -> str | None:
        """Take the next entry with its hash on record; gives what is wrong with it."""
        expected = self.seq + 1
        if entry.seq != expected:
            missing = f"entry {expected}"
            if entry.seq > expected + 1:
                missing = f"entries {expected} to {entry.seq - 1}"
            return f"{missing} before it went missing"
        if entry.chained(self.link) != link:
            return "it is not what was written, or the one before it is not"
        self.seq, self.link = entry.seq, link
        return None
