"""Writes for all runners of a process: what comes due at the same moment is one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ldfleet import errors
from ldfleet.domain.audit import ended
from ldfleet.domain.ids import OperationId
from ldfleet.domain.operation import LogLine, Operation, Step
from ldfleet.domain.telling import of_operation
from ldfleet.domain.verb import RULES
from ldfleet.engine.together import Together
from ldfleet.ports import Clock, Storage
from ldfleet.telemetry import logger

log = logger("ldfleet.engine")

_AT_ONCE = 50  # entries of one transaction: its work must not hold up the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one runner has to write about its operation."""

    operation_id: OperationId
    move: Callable[[Operation | None], Operation]
    """From the row as it is found; it refuses by a FleetError, and then nothing is written."""
    steps: Sequence[Step] = ()
    lines: Sequence[LogLine] = ()
    written: Callable[[], None]
    """Called once, when the commit has come about."""


class Scribe:
    """A call comes back after the commit that holds its entry, or with what spoke against it.

    Each entry moves its own row, under that row's token; one that is refused, or can't be
    stored, keeps no other from being written.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._together = Together(self._write, at_most=_AT_ONCE, clock=clock)

    async def write(self, entry: Entry) -> None:
        """Write it. Raises what its `move` or the database says against it."""
        refused = await self._together(entry)
        if refused is not None:
            raise refused

    async def read(self, operation_id: OperationId) -> tuple[Operation, Sequence[Step]]:
        """An operation as it is, with its steps. Raises OperationNotFound."""
        async with self._storage() as work:
            row = await work.operations.get(operation_id)
            return row, await work.operations.steps(operation_id)

    async def _write(self, entries: Sequence[Entry]) -> Sequence[Exception | None]:
        try:
            return await self._in_one(entries)
        except (errors.DatabaseBusy, errors.DatabaseUnreachable) as error:
            return [error] * len(entries)
        except Exception as error:  # noqa: BLE001 - boundary: one entry must not fail the others
            if len(entries) == 1:
                return [error]
            log.warning("scribe.one_by_one", entries=len(entries), reason=str(error))
        return [(await self._write([entry]))[0] for entry in entries]

    async def _in_one(self, entries: Sequence[Entry]) -> Sequence[Exception | None]:
        refused: dict[int, Exception] = {}
        async with self._storage() as work:
            found = await work.operations.hold([entry.operation_id for entry in entries])
            rows, now = dict(found), self._clock.now()
            for place, entry in enumerate(entries):
                try:
                    rows[entry.operation_id] = entry.move(rows.get(entry.operation_id))
                except errors.FleetError as error:
                    refused[place] = error
            taken = [entry for place, entry in enumerate(entries) if place not in refused]
            moved = [row for key, row in rows.items() if row != found.get(key)]
            await work.operations.put_many(moved)
            await work.operations.put_steps([step for entry in taken for step in entry.steps])
            await work.operations.log([line for entry in taken for line in entry.lines])
            for row in moved:
                work.tell(of_operation(row, at=now))
                if row.status.over and RULES[row.verb].outcome_audited:
                    work.audit.record(ended(row, at=now))
        for entry in taken:
            entry.written()
        return [refused.get(place) for place in range(len(entries))]
