"""How loaded the workstations were."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.load import Load
from ldfleet.storage.connections import Transaction
from ldfleet.storage.tables import metrics_history

_c = metrics_history.c


class StoredLoads:
    """`ports.Loads` in the table of samples."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, load: Load) -> None:
        orphan = errors.WorkstationNotFound(workstation=load.workstation_id)
        key = ["workstation_id", "at"]
        await self._transaction.upsert(metrics_history, [asdict(load)], key=key, orphan=orphan)

    async def between(
        self, workstation_id: WorkstationId, *, since: datetime, until: datetime
    ) -> Sequence[Load]:
        wanted = sa.select(metrics_history).where(
            _c.workstation_id == workstation_id, _c.at >= since, _c.at < until
        )
        return [Load(**row) for row in await self._transaction.rows(wanted.order_by(_c.at))]

    async def forget(self, *, before: datetime, limit: int) -> int:
        old = sa.select(_c.workstation_id, _c.at).where(_c.at < before).limit(limit)
        key = sa.tuple_(_c.workstation_id, _c.at)
        removed = await self._transaction.execute(sa.delete(metrics_history).where(key.in_(old)))
        return removed.rowcount
