"""Telling the audit log what was done to a thing that people keep."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import done
from ldfleet.ports import UnitOfWork


class Named(Protocol):
    """What the log can point at."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


def note(
    work: UnitOfWork,
    actor: Actor,
    action: str,
    thing: Named,
    *,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """It was done, in the transaction that does it. Of two descriptions what differs is kept."""
    entry = done(
        actor,
        action,
        at=at,
        subject=thing.id,
        subject_name=thing.name,
        before=before,
        after=after,
    )
    work.audit.record(entry)
