"""The emulators on record, removed ones too."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.emulator import (
    Adb,
    Android,
    BirthMarker,
    Emulator,
    EmulatorStatus,
    Observation,
    PlacedEmulator,
    Power,
    Screen,
)
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.domain.listing import EMULATORS
from ldfleet.ports import EmulatorQuery, FleetColumns, Page
from ldfleet.storage import tables
from ldfleet.storage.columnar import columns_of
from ldfleet.storage.connections import Transaction
from ldfleet.storage.cursors import Order
from ldfleet.storage.filters import Condition, Listing, within
from ldfleet.storage.paging import page_of

_table = tables.emulators
_c, _w = _table.c, tables.workstations.c
_PLACE = (
    _w.name.label("workstation_name"),
    _w.site.label("site"),
    _w.seen_at.label("workstation_seen_at"),
)
_PLACED = sa.select(_table, *_PLACE).join(tables.workstations)
_LISTING = Listing(
    noun=EMULATORS,
    columns={
        "name": _c.name_folded,
        "status": _c.status,
        "power": sa.case((_c.current, _c.power), else_=Power.UNKNOWN.value),
        "android": sa.case((_c.current, _c.android)),
        "adb": sa.case((_c.current, _c.adb)),
        "workstation": _w.name,
        "site": _w.site,
        "tag": _c.tags,
        "cpu": _c.cpu,
        "memory": _c.memory_mib,
        "index": _c["index"],
        "install": _c.install,
        "notes": _c.notes,
        "trouble": _c.trouble,
        "protected": _c.protected,
        "current": _c.current,
        "seen": sa.case(
            (
                sa.and_(_c.current, _c.removed_at.is_(None), _w.seen_at > _c.observed_at),
                _w.seen_at,
            ),
            else_=_c.observed_at,
        ),
        "since": _c.since,
        "created": _c.created_at,
        "updated": _c.updated_at,
        "id": _c.id,
        "workstation_id": _c.workstation_id,
    },
    nullable=frozenset({"android", "adb", "cpu", "memory"}),
    own=Order("emulators", (_PLACE[0], _c.install, _c["index"], _c.id)),
    id=_c.id,
)
_SET_BY_PEOPLE = frozenset({"tags", "notes", "protected", "version", "created_at"})
_AT_ONCE = 500  # ids in one IN list; SQLite takes 32,766 parameters


class StoredEmulators:
    """`ports.Emulators` in the table of emulators."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, emulator_id: str) -> Emulator:
        row = await self._transaction.row(sa.select(_table).where(_c.id == emulator_id))
        if row is None:
            raise errors.EmulatorNotFound(emulator=emulator_id)
        return emulator_of(row)

    async def some(self, ids: Sequence[EmulatorId]) -> Mapping[EmulatorId, Emulator]:
        rows = await self._transaction.rows(sa.select(_table).where(_c.id.in_(ids)))
        return {EmulatorId(row["id"]): emulator_of(row) for row in rows}

    async def placed(self, emulator_id: str) -> PlacedEmulator:
        row = await self._transaction.row(_PLACED.where(_c.id == emulator_id))
        if row is None:
            raise errors.EmulatorNotFound(emulator=emulator_id)
        return _placed_of(row)

    async def list(
        self,
        query: EmulatorQuery,
        *,
        cursor: str | None = None,
        limit: int = 50,
        count: bool = False,
    ) -> Page[PlacedEmulator]:
        order = _LISTING.order(query.sort, *_said(query))
        conditions = [
            *_conditions(query),
            *_LISTING.matching(query.matching, on_postgresql=self._transaction.on_postgresql),
            *within(query.scope, site=_w.site, tags=(_c.tags, _w.tags)),
        ]
        return await page_of(
            self._transaction,
            _PLACED.where(*conditions),
            order,
            _placed_of,
            cursor=cursor,
            limit=limit,
            count=count,
            key=_c.id if query.sort else None,
        )

    async def columns(self, scope: Scope | None) -> FleetColumns:
        return await columns_of(self._transaction, scope)

    async def of_workstation(self, workstation_id: WorkstationId) -> Sequence[Emulator]:
        there = sa.select(_table).where(
            _c.workstation_id == workstation_id, _c.removed_at.is_(None)
        )
        rows = await self._transaction.rows(there.order_by(_c.install, _c["index"]))
        return [emulator_of(row) for row in rows]

    async def put(self, emulators: Sequence[Emulator]) -> None:
        await self._leave_places(emulators)
        for workstation_id in {emulator.workstation_id for emulator in emulators}:
            await self._transaction.upsert(
                _table,
                [_row(e) for e in emulators if e.workstation_id == workstation_id],
                key=["id"],
                keep=_SET_BY_PEOPLE,
                conflict=errors.RecordChanged(record=f"An index of workstation {workstation_id}"),
                orphan=errors.WorkstationNotFound(workstation=workstation_id),
            )

    async def change(self, emulator: Emulator, *, expected_version: int) -> Emulator:
        statement = (
            sa.update(_table)
            .where(_c.id == emulator.id, _c.version == expected_version)
            .values(
                tags=list(emulator.tags),
                notes=emulator.notes,
                protected=emulator.protected,
                updated_at=emulator.updated_at,
                version=expected_version + 1,
            )
        )
        result = await self._transaction.execute(statement)
        stored = await self.get(emulator.id)
        if not result.rowcount:
            raise errors.RecordChanged(record=f"The emulator {emulator.id}")
        return stored

    async def set_current(self, workstation_id: WorkstationId, *, current: bool) -> None:
        others = [e for e in await self.of_workstation(workstation_id) if e.current != current]
        if not others:
            return
        rows = [
            {"b_id": e.id, "b_current": current, "b_status": replace(e, current=current).status}
            for e in others
        ]
        statement = (
            sa.update(_table)
            .where(_c.id == sa.bindparam("b_id"))
            .values(current=sa.bindparam("b_current"), status=sa.bindparam("b_status"))
        )
        await self._transaction.execute(statement, rows)

    async def counts(self, scope: Scope | None = None) -> Mapping[EmulatorStatus, int]:
        counted = sa.select(_c.status, sa.func.count().label("number"))
        if scope is not None:
            counted = counted.join(tables.workstations)
        inside = within(scope, site=_w.site, tags=(_c.tags, _w.tags))
        rows = await self._transaction.rows(
            counted.where(_c.removed_at.is_(None), *inside).group_by(_c.status)
        )
        found = {row["status"]: row["number"] for row in rows}
        return {status: found.get(status, 0) for status in EmulatorStatus}

    async def _leave_places(self, emulators: Sequence[Emulator]) -> None:
        """Make room for those that take another's index in the same call."""
        for start in range(0, len(emulators), _AT_ONCE):
            wanted = {e.id: e for e in emulators[start : start + _AT_ONCE]}
            stored = await self._transaction.rows(
                sa.select(_c.id, _c.install, _c["index"]).where(
                    _c.id.in_(wanted), _c.removed_at.is_(None)
                )
            )
            moved = [row["id"] for row in stored if _moves(row, wanted[row["id"]])]
            if moved:
                # Out of the unique index for a moment; `put` writes the rows anew right after.
                await self._transaction.execute(
                    sa.update(_table).where(_c.id.in_(moved)).values(removed_at=_c.updated_at)
                )


def _moves(row: Mapping[str, Any], emulator: Emulator) -> bool:
    there = (row["install"], row["index"])
    return emulator.removed_at is not None or there != (emulator.install, emulator.index)


def _said(query: EmulatorQuery) -> tuple[object, ...]:
    return (
        query.workstation_id,
        query.status,
        query.name,
        query.removed,
        query.matching.text,
        query.scope,
    )


def _conditions(query: EmulatorQuery) -> list[Condition]:
    conditions: list[Condition] = []
    if query.workstation_id is not None:
        conditions.append(_c.workstation_id == query.workstation_id)
    if query.status is not None:
        conditions.append(_c.status == query.status)
    if query.name is not None:
        conditions.append(_c.name_folded.contains(query.name.casefold(), autoescape=True))
    if not query.removed:
        conditions.append(_c.removed_at.is_(None))
    return conditions


def emulator_of(row: Mapping[str, Any]) -> Emulator:
    """The value of a row."""
    return Emulator(
        id=EmulatorId(row["id"]),
        workstation_id=WorkstationId(row["workstation_id"]),
        install=row["install"],
        index=row["index"],
        name=row["name"],
        marker=BirthMarker(android_id=row["android_id"], imei=row["imei"], mac=row["mac"]),
        screen=_screen_of(row),
        cpu=row["cpu"],
        memory_mib=row["memory_mib"],
        adb_debug=row["adb_debug"],
        config_hash=row["config_hash"],
        config_read_at=row["config_read_at"],
        tags=tuple(row["tags"]),
        notes=row["notes"],
        protected=row["protected"],
        observed=_observation_of(row),
        current=row["current"],
        removed_at=row["removed_at"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _placed_of(row: Mapping[str, Any]) -> PlacedEmulator:
    return PlacedEmulator(
        emulator=emulator_of(row),
        workstation_name=row["workstation_name"],
        site=row["site"],
        workstation_seen_at=row["workstation_seen_at"],
    )


def _screen_of(row: Mapping[str, Any]) -> Screen | None:
    if row["screen_width"] is None:
        return None
    return Screen(width=row["screen_width"], height=row["screen_height"], dpi=row["screen_dpi"])


def _observation_of(row: Mapping[str, Any]) -> Observation:
    return Observation(
        at=row["observed_at"],
        power=Power(row["power"]),
        android=Android(row["android"]),
        adb=Adb(row["adb"]),
        player_pid=row["player_pid"],
        vm_pid=row["vm_pid"],
        since=row["since"],
        trouble=row["trouble"],
    )


def _row(emulator: Emulator) -> dict[str, Any]:
    observed, screen = asdict(emulator.observed), emulator.screen
    observed["observed_at"] = observed.pop("at")
    return {
        **observed,
        **asdict(emulator.marker),
        "id": emulator.id,
        "workstation_id": emulator.workstation_id,
        "install": emulator.install,
        "index": emulator.index,
        "name": emulator.name,
        "name_folded": emulator.name.casefold(),
        "screen_width": screen.width if screen else None,
        "screen_height": screen.height if screen else None,
        "screen_dpi": screen.dpi if screen else None,
        "cpu": emulator.cpu,
        "memory_mib": emulator.memory_mib,
        "adb_debug": emulator.adb_debug,
        "config_hash": emulator.config_hash,
        "config_read_at": emulator.config_read_at,
        "tags": list(emulator.tags),
        "notes": emulator.notes,
        "protected": emulator.protected,
        "status": emulator.status,
        "current": emulator.current,
        "removed_at": emulator.removed_at,
        "version": emulator.version,
        "created_at": emulator.created_at,
        "updated_at": emulator.updated_at,
    }
