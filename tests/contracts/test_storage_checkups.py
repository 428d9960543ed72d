"""What `ports.Checkups` promises, held against SQLite and PostgreSQL."""

from dataclasses import replace

import pytest

from ldfleet import errors
from ldfleet.domain.ids import OperationId, WorkstationId
from ldfleet.storage.database import Database
from support.checkups import a_checkup
from support.stores import START


async def test_the_last_visit_takes_the_place_of_the_one_before(farm: Database) -> None:
    first = a_checkup(START)
    last = replace(first, operation_id=OperationId("op_2"), findings=first.findings[:1])
    async with farm() as work:
        await work.checkups.put(first)
        assert await work.checkups.find(first.workstation_id) == first
        await work.checkups.put(last)

    async with farm() as work:
        assert await work.checkups.find(first.workstation_id) == last
        assert await work.checkups.find(WorkstationId("ws_0002")) is None


async def test_it_goes_with_its_workstation_and_never_without_one(farm: Database) -> None:
    checkup = a_checkup(START)
    async with farm() as work:
        await work.checkups.put(checkup)
        await work.workstations.remove(checkup.workstation_id)

    async with farm() as work:
        assert await work.checkups.find(checkup.workstation_id) is None
    with pytest.raises(errors.WorkstationNotFound):
        async with farm() as work:
            await work.checkups.put(checkup)
