"""What many runners write at the same moment: one transaction, each under its own token."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.operation import Operation, OperationStatus, Step, StepStatus
from ldfleet.engine.record import Record
from ldfleet.engine.scribe import Scribe
from ldfleet.engine.together import Together
from ldfleet.ports import Queue, UnitOfWork, Verdict
from support.clock import ManualClock
from support.engines import Floor
from support.keeping import LEASE
from support.stores import an_operation

MANY = 30


async def started(floor: Floor, count: int) -> Sequence[Operation]:
    await floor.farm(emulators=count)
    await floor.put(*(an_operation(n + 1, emulator=n + 1) for n in range(count)))

    def all_of_them(queue: Queue) -> Verdict:
        return Verdict(admitted={c.operation.id: {} for c in queue.candidates})

    admission = floor.database.admission
    held: list[Operation] = []
    while len(held) < count:
        held += await admission.admit(all_of_them, owner="me", lease=LEASE)
    return held


def records(floor: Floor, operations: Sequence[Operation]) -> tuple[list[Record], list[int]]:
    """Their records under one scribe, and a list that grows by each of its transactions."""
    opened: list[int] = []

    def storage() -> UnitOfWork:
        opened.append(len(opened))
        return floor.database()

    scribe = Scribe(storage, floor.clock)
    return [Record(each, scribe=scribe, clock=floor.clock) for each in operations], opened


def to_the_end(floor: Floor, number: int) -> Callable[[Operation], Operation]:
    return lambda row: row.succeeded(at=floor.at(), result={"number": number})


async def test_what_comes_due_together_is_written_together(floor: Floor) -> None:
    operations = await started(floor, MANY)
    runners, opened = records(floor, operations)

    async with asyncio.TaskGroup() as group:
        for number, runner in enumerate(runners):
            group.create_task(runner.write(to_the_end(floor, number)))

    assert len(opened) <= 2
    results = [(await floor.operation(each.id)).result for each in operations]
    assert results == [{"number": number} for number in range(MANY)]


async def test_one_that_is_refused_undoes_no_other(floor: Floor) -> None:
    operations = await started(floor, 3)
    stale = replace(operations[1], token=operations[1].token + 1)
    runners, _ = records(floor, [operations[0], stale, operations[2]])

    ends = [runner.write(to_the_end(floor, number)) for number, runner in enumerate(runners)]
    outcomes = await asyncio.gather(*ends, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), errors.RecordChanged, type(None)]
    statuses = await floor.statuses()
    assert [statuses[each.id] for each in operations] == [
        OperationStatus.SUCCEEDED,
        OperationStatus.RUNNING,
        OperationStatus.SUCCEEDED,
    ]


async def test_one_that_can_not_be_stored_undoes_no_other(floor: Floor) -> None:
    operations = await started(floor, 3)
    runners, _ = records(floor, operations)

    def step(operation: Operation, result: Any) -> Step:
        return Step(
            operation_id=operation.id,
            name="look",
            status=StepStatus.SUCCEEDED,
            started_at=floor.at(),
            result={"seen": result},
        )

    writes = [
        runner.write(lambda row: row, steps=[step(each, object() if number == 1 else number)])
        for number, (runner, each) in enumerate(zip(runners, operations, strict=True))
    ]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    assert [outcome is None for outcome in outcomes] == [True, False, True]
    assert [len(await floor.steps(each)) for each in operations] == [1, 0, 1]


async def test_who_is_cancelled_comes_back_after_the_commit(floor: Floor) -> None:
    [operation] = await started(floor, 1)
    [runner], _ = records(floor, [operation])
    written: list[bool] = []
    writing = asyncio.ensure_future(
        runner.write(to_the_end(floor, 1), written=lambda: written.append(True))
    )
    await asyncio.sleep(0)
    writing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writing

    assert written == [True]
    assert (await floor.operation(operation.id)).status is OperationStatus.SUCCEEDED


async def test_a_run_that_missed_the_word_to_stop_finds_it_in_its_row(floor: Floor) -> None:
    [operation] = await started(floor, 1)
    async with floor.database() as work:
        await work.operations.put(operation.cancelling())
    asked: list[bool] = []
    scribe = Scribe(floor.database, floor.clock)
    record = Record(
        operation, scribe=scribe, clock=floor.clock, asked_to_stop=lambda: asked.append(True)
    )

    await record.write(lambda row: replace(row, message="half done"))

    assert asked == [True]


async def test_what_is_asked_for_meanwhile_is_one_round_and_no_larger_than_allowed() -> None:
    rounds: list[list[int]] = []

    async def double(numbers: Sequence[int]) -> Sequence[int]:
        rounds.append(list(numbers))
        await asyncio.sleep(0.01)
        return [2 * number for number in numbers]

    together = Together(double, at_most=4, clock=ManualClock())
    doubled = await asyncio.gather(*(together(number) for number in range(9)))

    assert doubled == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert rounds == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]


async def test_an_error_is_everyones_of_its_round() -> None:
    async def fail(_numbers: Sequence[int]) -> Sequence[int]:
        raise errors.DatabaseBusy

    together = Together(fail, at_most=4, clock=ManualClock())
    outcomes = await asyncio.gather(together(1), together(2), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [errors.DatabaseBusy] * 2
