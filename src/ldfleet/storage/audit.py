"""The audit log: numbered and chained right before the commit, as the feed is.

Updating `audit_head` makes the commits of all writers follow each other, so that each knows
the hash of the entry before its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet.domain.audit import AuditEntry, AuditResult
from ldfleet.domain.nouns import AUDIT
from ldfleet.ports import AuditQuery, Listed, Page
from ldfleet.storage.access_tables import audit, audit_head
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing
from ldfleet.storage.paging import listed

_c = audit.c
_LISTING = Listing(
    noun=AUDIT,
    columns={
        "name": _c.subject_name,
        "actor": _c.actor,
        "action": _c.action,
        "result": _c.result,
        "code": _c.code,
        "source": _c.source,
        "address": _c.address,
        "subject": _c.subject,
        "reason": _c.reason,
        "correlation": _c.correlation_id,
        "at": _c.at,
        "seq": _c.seq,
    },
    nullable=frozenset({"name"}),
    own=Order("audit", (_c.seq,), descending=True),
    id=_c.seq,
)
_FIELDS = tuple(column.name for column in _c if column.name != "hash")
_AREA_ENDS = "."  # `workstation.` stands for all that is done to workstations


class StoredAudit:
    """`ports.Audit` in the tables of the audit log."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self._entries.append(entry)

    async def list(self, query: AuditQuery, **how: Unpack[Listed]) -> Page[AuditEntry]:
        statement = sa.select(audit).where(*_conditions(query))
        return await listed(self._transaction, statement, _LISTING, _entry_of, how, query)

    async def links(self, *, after: int, limit: int) -> Sequence[tuple[AuditEntry, str]]:
        wanted = sa.select(audit).where(_c.seq > after).order_by(_c.seq).limit(limit)
        return [(_entry_of(row), row["hash"]) for row in await self._transaction.rows(wanted)]

    async def head(self) -> tuple[int, str]:
        row = (await self._transaction.rows(sa.select(audit_head)))[0]
        return row["seq"], row["hash"]

    async def write(self) -> None:
        """Number, chain and write what was recorded. To be called right before the commit."""
        entries, self._entries = self._entries, []
        if not entries:
            return
        head = audit_head.c
        raised = sa.update(audit_head).values(seq=head.seq + len(entries))
        last = await self._transaction.rows(raised.returning(head.seq, head.hash))
        seq: int = last[0]["seq"]
        link: str = last[0]["hash"]
        rows: list[Mapping[str, Any]] = []
        for number, entry in enumerate(entries, start=seq - len(entries) + 1):
            numbered = replace(entry, seq=number)
            link = numbered.chained(link)
            rows.append({**_row_of(numbered), "hash": link})
        await self._transaction.execute(sa.insert(audit), rows)
        await self._transaction.execute(sa.update(audit_head).values(hash=link))


def _conditions(query: AuditQuery) -> Sequence[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if query.actor is not None:
        wanted.append(_c.actor == query.actor)
    if query.action is not None:
        whole_area = query.action.endswith(_AREA_ENDS)
        wanted.append(
            _c.action.startswith(query.action, autoescape=True)
            if whole_area
            else _c.action == query.action
        )
    if query.subject is not None:
        wanted.append(_c.subject == query.subject)
    if query.result is not None:
        wanted.append(_c.result == query.result)
    if query.since is not None:
        wanted.append(_c.at >= query.since)
    if query.until is not None:
        wanted.append(_c.at < query.until)
    return wanted


def _entry_of(row: Mapping[str, Any]) -> AuditEntry:
    fields: dict[str, Any] = {name: row[name] for name in _FIELDS}
    fields["result"] = AuditResult(row["result"])
    return AuditEntry(**fields)


def _row_of(entry: AuditEntry) -> Mapping[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "source": entry.source,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "subject_name": entry.subject_name,
        "before": None if entry.before is None else dict(entry.before),
        "after": None if entry.after is None else dict(entry.after),
        "result": entry.result,
        "code": entry.code,
        "reason": entry.reason,
        "correlation_id": entry.correlation_id,
    }
