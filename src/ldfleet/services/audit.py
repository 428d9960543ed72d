"""The audit log: read by administrators, and verified on the server."""

from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from ldfleet.domain.actor import Actor
from ldfleet.domain.audit import AuditEntry, Walk, refused
from ldfleet.errors import FleetError
from ldfleet.ports import AuditQuery, Listed, Page, Storage

PIECE = 1_000  # entries that one transaction reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether all entries are those that were written."""

    entries: int
    """How many were found to be so."""
    broken: int | None = None
    """The number of the first one that is not."""
    reason: str | None = None


class AuditLog:
    """Entries are written by the use cases themselves, in the transaction that they tell of.

    What is refused before it comes to a use case is written by `refuse`.
    """

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def refuse(
        self, actor: Actor, action: str, error: FleetError, *, at: datetime, subject: str | None
    ) -> None:
        """Write down that a rule of access stood against what somebody asked for."""
        async with self._storage() as work:
            work.audit.record(refused(actor, action, error, at=at, subject=subject))

    async def list(
        self, _actor: Actor, query: AuditQuery, **how: Unpack[Listed]
    ) -> Page[AuditEntry]:
        async with self._storage() as work:
            return await work.audit.list(query, **how)

    async def verify(self) -> Verdict:
        """Walk along the whole chain, up to what was its end when this was called."""
        async with self._storage() as work:
            last, last_link = await work.audit.head()
        walk = Walk()
        while walk.seq < last:
            async with self._storage() as work:
                links = await work.audit.links(after=walk.seq, limit=min(PIECE, last - walk.seq))
            if not links:
                return _broken(walk, walk.seq + 1, "it and all after it went missing")
            for entry, link in links:
                wrong = walk.step(entry, link)
                if wrong is not None:
                    return _broken(walk, entry.seq, wrong)
        if walk.link != last_link:
            return _broken(walk, walk.seq, "it is not the one that was written last")
        return Verdict(entries=walk.seq)


def _broken(walk: Walk, seq: int, reason: str) -> Verdict:
    return Verdict(entries=walk.seq, broken=seq, reason=reason)
