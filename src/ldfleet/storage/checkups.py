"""What doctor found on the workstations."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.checkup import Checkup, Finding, Verdict
from ldfleet.domain.ids import OperationId, WorkstationId
from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import checkups

_c = checkups.c


class StoredCheckups:
    """`ports.Checkups` in a table of one row for each workstation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, workstation_id: WorkstationId) -> Checkup | None:
        wanted = sa.select(checkups).where(_c.workstation_id == workstation_id)
        row = await self._transaction.row(wanted)
        if row is None:
            return None
        return Checkup(
            workstation_id=WorkstationId(row["workstation_id"]),
            operation_id=OperationId(row["operation_id"]),
            at=row["at"],
            findings=tuple(_finding_of(each) for each in row["findings"]),
            bundle=row["bundle"],
        )

    async def put(self, checkup: Checkup) -> None:
        orphan = errors.WorkstationNotFound(workstation=checkup.workstation_id)
        row = {
            "workstation_id": checkup.workstation_id,
            "operation_id": checkup.operation_id,
            "at": checkup.at,
            "findings": [asdict(each) for each in checkup.findings],
            "bundle": dict(checkup.bundle),
        }
        await self._transaction.upsert(checkups, [row], key=["workstation_id"], orphan=orphan)


def _finding_of(kept: dict[str, Any]) -> Finding:
    fields: dict[str, Any] = {**kept, "verdict": Verdict(kept["verdict"])}
    return Finding(**fields)
