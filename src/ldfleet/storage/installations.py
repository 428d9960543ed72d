"""Which app was seen on which emulator."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Unpack

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.app import Installation, PlacedInstallation
from ldfleet.domain.ids import AppId, EmulatorId, WorkstationId
from ldfleet.domain.nouns import INSTALLATIONS
from ldfleet.ports import Listed, Page
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Listing, within
from ldfleet.storage.paging import listed
from ldfleet.storage.tables import emulators, installations, workstations

_c, _e, _w = installations.c, emulators.c, workstations.c
_EMULATOR, _WORKSTATION = _e.name.label("emulator_name"), _w.name.label("workstation_name")
_LISTING = Listing(
    noun=INSTALLATIONS,
    columns={
        "emulator": _e.name,
        "workstation": _w.name,
        "site": _w.site,
        "version": _c.version_name,
        "code": _c.version_code,
        "seen": _c.seen_at,
        "id": _c.emulator_id,
        "workstation_id": _w.id,
    },
    nullable=frozenset({"version", "code"}),
    own=Order("installations", (_c.emulator_id,)),
    id=_c.emulator_id,
)


class StoredInstallations:
    """`ports.Installations` in the table of installations."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def put(self, installation: Installation) -> None:
        orphan = errors.EmulatorNotFound(emulator=installation.emulator_id)
        key = ["emulator_id", "package"]
        await self._transaction.upsert(
            installations, [asdict(installation)], key=key, orphan=orphan
        )

    async def gone(self, emulator_id: EmulatorId, package: str) -> None:
        there = (_c.emulator_id == emulator_id, _c.package == package)
        await self._transaction.execute(sa.delete(installations).where(*there))

    async def list(
        self, package: str, *, scope: Scope | None, **how: Unpack[Listed]
    ) -> Page[PlacedInstallation]:
        statement = (
            sa.select(installations, _EMULATOR, _w.id.label("workstation_id"), _WORKSTATION)
            .join(emulators, _e.id == _c.emulator_id)
            .join(workstations, _w.id == _e.workstation_id)
            .where(_c.package == package, _e.removed_at.is_(None))
            .where(*within(scope, site=_w.site, tags=(_w.tags, _e.tags)))
        )
        return await listed(self._transaction, statement, _LISTING, _placed_of, how, package, scope)


def _placed_of(row: Mapping[str, Any]) -> PlacedInstallation:
    app = row["app_id"]
    return PlacedInstallation(
        installation=Installation(
            emulator_id=EmulatorId(row["emulator_id"]),
            package=row["package"],
            version_code=row["version_code"],
            version_name=row["version_name"],
            app_id=None if app is None else AppId(app),
            operation_id=row["operation_id"],
            seen_at=row["seen_at"],
        ),
        emulator_name=row["emulator_name"],
        workstation_id=WorkstationId(row["workstation_id"]),
        workstation_name=row["workstation_name"],
    )
