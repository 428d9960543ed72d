"""The workstations on record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.listing import WORKSTATIONS
from ldfleet.domain.workstation import (
    Address,
    Health,
    Limits,
    LoginMethod,
    TransportKind,
    Workstation,
    WorkstationStatus,
)
from ldfleet.ports import EVERY_WORKSTATION, Page, WorkstationQuery
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.facts import dump_facts, load_facts, load_installs
from ldfleet.storage.filters import Listing, within
from ldfleet.storage.paging import page_of
from ldfleet.storage.signals import Channel
from ldfleet.storage.tables import lane_starts, workstations

_c = workstations.c
_shown_status = sa.case(
    (_c.maintenance.is_not(None), WorkstationStatus.MAINTENANCE.value), else_=_c.health_status
)
_LISTING = Listing(
    noun=WORKSTATIONS,
    columns={
        "name": _c.name,
        "status": _shown_status,
        "host": _c.host,
        "site": _c.site,
        "tag": _c.tags,
        "transport": _c.transport,
        "login": _c.login,
        "user": _c.username,
        "desktop": _c.desktop_user,
        "failure": _c.health_failure,
        "notes": _c.notes,
        "maintenance": _c.maintenance.is_not(None),
        "seen": _c.seen_at,
        "changed": _c.changed_at,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
    },
    nullable=frozenset({"seen", "changed"}),
    own=Order("workstations", (_c.name, _c.id)),
    id=_c.id,
)


class StoredWorkstations:
    """`ports.Workstations` in the table of workstations."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, workstation_id: str) -> Workstation:
        row = await self._transaction.row(sa.select(workstations).where(_c.id == workstation_id))
        if row is None:
            raise errors.WorkstationNotFound(workstation=workstation_id)
        return workstation_of(row)

    async def list(
        self,
        query: WorkstationQuery = EVERY_WORKSTATION,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[Workstation]:
        statement = sa.select(workstations).where(
            *_LISTING.matching(query.matching, on_postgresql=self._transaction.on_postgresql),
            *within(query.scope, site=_c.site, tags=(_c.tags,)),
        )
        if query.status is not None:
            statement = statement.where(_shown_status == query.status)
        order = _LISTING.order(query.sort, query.status, query.matching.text, query.scope)
        return await page_of(
            self._transaction,
            statement,
            order,
            workstation_of,
            cursor=cursor,
            limit=limit,
            count=count,
        )

    async def some(self, ids: Sequence[WorkstationId]) -> Mapping[WorkstationId, Workstation]:
        rows = await self._transaction.rows(sa.select(workstations).where(_c.id.in_(ids)))
        return {WorkstationId(row["id"]): workstation_of(row) for row in rows}

    async def every(self) -> Sequence[Workstation]:
        rows = await self._transaction.rows(sa.select(workstations).order_by(_c.name, _c.id))
        return [workstation_of(row) for row in rows]

    async def sites(self, ids: Collection[WorkstationId]) -> Mapping[WorkstationId, str]:
        wanted = sa.select(_c.id, _c.site).where(_c.id.in_(ids))
        rows = await self._transaction.rows(wanted)
        return {WorkstationId(row["id"]): row["site"] for row in rows}

    async def add(self, workstation: Workstation) -> None:
        row = {
            "id": workstation.id,
            "version": workstation.version,
            "created_at": workstation.created_at,
            **_set_by_people(workstation),
            **_observed(workstation.health),
        }
        taken = errors.WorkstationNameTaken(name=workstation.name)
        await self._transaction.execute(sa.insert(workstations), [row], conflict=taken)

    async def change(self, workstation: Workstation, *, expected_version: int) -> Workstation:
        statement = (
            sa.update(workstations)
            .where(_c.id == workstation.id, _c.version == expected_version)
            .values(**_set_by_people(workstation), version=expected_version + 1)
        )
        taken = errors.WorkstationNameTaken(name=workstation.name)
        result = await self._transaction.execute(statement, conflict=taken)
        stored = await self.get(workstation.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The workstation {workstation.id}")
        # Its limits, or that it is out of maintenance, may let something start.
        self._transaction.ring(Channel.QUEUE)
        return stored

    async def observe(self, workstation_id: WorkstationId, health: Health) -> None:
        statement = (
            sa.update(workstations).where(_c.id == workstation_id).values(**_observed(health))
        )
        if not (await self._transaction.execute(statement)).rowcount:
            raise errors.WorkstationNotFound(workstation=workstation_id)

    async def remove(self, workstation_id: WorkstationId) -> None:
        await self._transaction.execute(sa.delete(workstations).where(_c.id == workstation_id))
        lanes = lane_starts.c.lane.startswith(f"{workstation_id}/", autoescape=True)
        await self._transaction.execute(sa.delete(lane_starts).where(lanes))


def workstation_of(row: Mapping[str, Any]) -> Workstation:
    """The value of a row."""
    return Workstation(
        id=WorkstationId(row["id"]),
        name=row["name"],
        address=Address(
            host=row["host"],
            port=row["port"],
            transport=TransportKind(row["transport"]),
            tls=row["tls"],
            login=LoginMethod(row["login"]),
            username=row["username"],
            certificate_sha256=row["certificate_sha256"],
            ca_pem=row["ca_pem"],
            host_key_sha256=row["host_key_sha256"],
        ),
        ldplayer_path=row["ldplayer_path"],
        tags=tuple(row["tags"]),
        notes=row["notes"],
        limits=Limits(
            boots=row["boots"], disk=row["disk"], light=row["light"], boot_gap=row["boot_gap"]
        ),
        site=row["site"],
        maintenance=row["maintenance"],
        health=_health_of(row),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _health_of(row: Mapping[str, Any]) -> Health:
    return Health(
        status=WorkstationStatus(row["health_status"]),
        reason=row["health_reason"],
        failure=row["health_failure"],
        misses=row["misses"],
        seen_at=row["seen_at"],
        changed_at=row["changed_at"],
        desktop_user=row["desktop_user"],
        facts=load_facts(row["facts"]),
        facts_at=row["facts_at"],
        installs=load_installs(row["installs"]),
    )


def _set_by_people(workstation: Workstation) -> dict[str, Any]:
    return {
        **asdict(workstation.address),
        **asdict(workstation.limits),
        "name": workstation.name,
        "ldplayer_path": workstation.ldplayer_path,
        "tags": list(workstation.tags),
        "notes": workstation.notes,
        "site": workstation.site,
        "maintenance": workstation.maintenance,
        "updated_at": workstation.updated_at,
    }


def _observed(health: Health) -> dict[str, Any]:
    return {
        "health_status": health.status,
        "health_reason": health.reason,
        "health_failure": health.failure,
        "misses": health.misses,
        "seen_at": health.seen_at,
        "changed_at": health.changed_at,
        "desktop_user": health.desktop_user,
        "facts": dump_facts(health.facts),
        "facts_at": health.facts_at,
        "installs": [asdict(install) for install in health.installs],
    }
