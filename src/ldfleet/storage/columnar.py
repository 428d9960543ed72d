"""The fleet by columns: no value of the domain is made of its thousands of rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ldfleet.domain.actor import Scope
from ldfleet.domain.emulator import Power
from ldfleet.domain.workstation import WorkstationStatus
from ldfleet.ports import FleetColumns
from ldfleet.storage.connections import Transaction
from ldfleet.storage.filters import Column, within
from ldfleet.storage.tables import emulators, workstations

_c, _w = emulators.c, workstations.c
_MICROS = 1_000_000
_OF_EMULATORS: Mapping[str, Column] = {
    "id": _c.id,
    "name": _c.name,
    "status": _c.status,
    "power": sa.case((_c.current, _c.power), else_=Power.UNKNOWN.value),
    "last_power": _c.power,
    "android": sa.case((_c.current, _c.android)),
    "adb": sa.case((_c.current, _c.adb)),
    "workstation_id": _c.workstation_id,
    "install": _c.install,
    "index": _c["index"],
    "tags": _c.tags,
    "cpu": _c.cpu,
    "memory_mib": _c.memory_mib,
    "protected": _c.protected,
    "current": _c.current,
    "trouble": _c.trouble,
    "version": _c.version,
}
_TIMES_OF_EMULATORS: Mapping[str, Column] = {"since": _c.since, "observed": _c.observed_at}
_OF_WORKSTATIONS: Mapping[str, Column] = {
    "id": _w.id,
    "name": _w.name,
    "status": sa.case(
        (_w.maintenance.is_not(None), WorkstationStatus.MAINTENANCE.value), else_=_w.health_status
    ),
    "site": _w.site,
}


async def columns_of(transaction: Transaction, scope: Scope | None) -> FleetColumns:
    """`ports.Emulators.columns`."""
    seen = [
        _c.removed_at.is_(None),
        *within(scope, site=_w.site, tags=(_c.tags, _w.tags)),
    ]
    there = sa.select(_c.workstation_id).join(workstations).where(*seen)
    return FleetColumns(
        emulators=await _columns(
            transaction,
            _OF_EMULATORS,
            _TIMES_OF_EMULATORS,
            lambda chosen: chosen.select_from(emulators.join(workstations)).where(*seen),
        ),
        workstations=await _columns(
            transaction,
            _OF_WORKSTATIONS,
            {"seen": _w.seen_at},
            lambda chosen: chosen.where(_w.id.in_(there)).order_by(_w.name, _w.id),
        ),
    )


async def _columns(
    transaction: Transaction,
    wanted: Mapping[str, Column],
    times: Mapping[str, Column],
    of: Callable[[sa.Select[Any]], sa.Select[Any]],
) -> Mapping[str, Sequence[Any]]:
    seconds = {
        name: _seconds(column, on_postgresql=transaction.on_postgresql)
        for name, column in times.items()
    }
    named = {**wanted, **seconds}
    chosen = sa.select(*(column.label(name) for name, column in named.items()))
    rows = (await transaction.execute(of(chosen))).all()
    return {name: [row[place] for row in rows] for place, name in enumerate(named)}


def _seconds(column: Column, *, on_postgresql: bool) -> Column:
    if on_postgresql:
        return sa.cast(sa.func.floor(sa.extract("epoch", column)), sa.BigInteger)
    return sa.type_coerce(column, sa.BigInteger).op("/")(_MICROS)
