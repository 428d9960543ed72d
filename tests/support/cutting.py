"""Runs that die at a chosen write of a step, as `kill -9` would have them."""

from collections.abc import Sequence

import pytest

from ldfleet.domain.operation import Operation, Step
from ldfleet.engine.journal import StoredJournal
from ldfleet.engine.record import Record
from ldfleet.engine.scribe import Scribe
from support.fastfleet import Fleet


class Killed(BaseException):
    """As `kill -9` would: nothing catches it, nothing is cleaned up."""


class CutJournal(StoredJournal):
    """Dies in place of its n-th write of a step: before the step, or after its effect."""

    cut_at = 0

    async def _write(self, *steps: Step, **more: object) -> None:
        if steps:
            self.cut_at -= 1
            if self.cut_at == 0:
                raise Killed
        await super()._write(*steps, **more)  # type: ignore[arg-type]  # passed on as they came


async def run_until_cut(fleet: Fleet, operation: Operation, cut_at: int) -> None:
    earlier: Sequence[Step] = await fleet.steps(operation)
    record = Record(operation, scribe=Scribe(fleet.database, fleet.clock), clock=fleet.clock)
    journal = CutJournal(record, earlier=earlier, clock=fleet.clock)
    journal.cut_at = cut_at
    with pytest.raises(Killed):
        await fleet.works[operation.verb](operation, journal)
