"""What `ports.Backups` and `ports.Loads` promise, held against SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Scope
from ldfleet.domain.backup import Backup
from ldfleet.domain.ids import BackupId, EmulatorId, WorkstationId
from ldfleet.domain.load import Load
from ldfleet.ports import BackupQuery
from ldfleet.storage.database import Database
from support.stores import START, a_workstation

WS = WorkstationId("ws_0001")
MINUTE = timedelta(minutes=1)


def a_backup(number: int, **changes: Any) -> Backup:
    fields: dict[str, Any] = {
        "id": BackupId(f"bk_{number}"),
        "workstation_id": WS,
        "emulator_id": EmulatorId(f"em_000{number}"),
        "emulator_name": f"player {number}",
        "file": rf"D:\backups\{number}.ldbk",
        "size": 5 << 30,
        "sha256": "ab" * 32,
        "created_at": START + number * MINUTE,
    }
    return Backup(**{**fields, **changes})


async def put(database: Database, *backups: Backup) -> None:
    async with database() as work:
        for backup in backups:
            await work.backups.put(backup)


async def listed(database: Database, **conditions: Any) -> list[Backup]:
    async with database() as work:
        return list((await work.backups.list(BackupQuery(**conditions))).items)


async def test_backups_come_back_newest_first(farm: Database) -> None:
    one, two = a_backup(1), a_backup(2)
    await put(farm, one, two)

    assert await listed(farm) == [two, one]
    assert await listed(farm, emulator_id=one.emulator_id) == [one]
    assert await listed(farm, workstation_id=WorkstationId("ws_0002")) == []
    async with farm() as work:
        assert await work.backups.get("bk_1") == one


async def test_a_file_is_on_record_once_and_forgotten_when_gone(farm: Database) -> None:
    one = a_backup(1)
    await put(farm, one, replace(a_backup(1, id=BackupId("bk_9")), size=7))

    assert await listed(farm) == [replace(one, size=7)]
    async with farm() as work:
        await work.backups.gone(WS, one.file)
    assert await listed(farm) == []

    async with farm() as work:
        with pytest.raises(errors.BackupNotFound):
            await work.backups.get("bk_1")


async def test_a_scope_shows_what_lies_in_it(database: Database) -> None:
    async with database() as work:
        await work.workstations.add(a_workstation(1, tags=("qa",)))
        await work.workstations.add(a_workstation(2))
    mine = a_backup(1, emulator_id=None)
    await put(database, mine, a_backup(2, emulator_id=None, workstation_id="ws_0002"))

    assert await listed(database, scope=Scope(tags=frozenset({"qa"}))) == [mine]


async def test_samples_are_read_by_time_and_forgotten(farm: Database) -> None:
    samples = [
        Load(workstation_id=WS, at=START + n * MINUTE, cpu_load=n, memory=64 << 30, running=n)
        for n in range(5)
    ]
    async with farm() as work:
        for sample in (*samples, samples[0]):
            await work.loads.add(sample)
        some = await work.loads.between(WS, since=START + MINUTE, until=START + 3 * MINUTE)
        removed = await work.loads.forget(before=START + 2 * MINUTE, limit=1)
        left = await work.loads.between(WS, since=START, until=START + 9 * MINUTE)

    assert list(some) == samples[1:3]
    assert (removed, len(left)) == (1, 4)
