"""What `ports.Operations` promises, held against SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.ids import EmulatorId, OperationId, WorkstationId
from ldfleet.domain.operation import LogLine, OperationStatus, Priority, Step, StepStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.ports import KeptKey, OperationQuery, UnitOfWork
from ldfleet.storage.database import Database
from support.keeping import LEASE, OP, WS, add, every_page, start_all, start_one, the_queue
from support.stores import START, Place, an_operation


async def test_an_operation_comes_back_as_it_was_added(farm: Database) -> None:
    plain = an_operation()
    full = an_operation(
        2,
        params={"package": "com.игра", "nested": [1, None, {"a": "\x00"}]},
        priority=Priority.BATCH,
        reason="nightly",
        waiting_for="a slot",
        progress=0.25,
        message="booting",
        result={"seconds": 1.5},
        failure={"code": "x"},
    )

    async with farm() as work:
        await work.operations.add(plain)
        await work.operations.add(full)

    async with farm() as work:
        assert await work.operations.get(plain.id) == plain
        assert await work.operations.get(full.id) == full


async def test_a_key_is_used_once_in_its_time_and_the_unit_goes_on(farm: Database) -> None:
    request, day = {"verb": "launch", "params": {"a": [1]}}, timedelta(hours=24)

    async def keep(work: UnitOfWork, subject: str, hours: float) -> None:
        at = START + timedelta(hours=hours)
        await work.keys.keep("k", request=request, subject=subject, at=at, since=at - day)

    async with farm() as work:
        await keep(work, "op_0001", 0)
        with pytest.raises(errors.IdempotencyKeyReused, match="k"):
            await keep(work, "op_0002", 23)
        await work.operations.add(an_operation(3))

    async with farm() as work:
        kept = await work.keys.find("k", since=START - day)
        assert await work.keys.find("k", since=START) is None
        assert await work.keys.find("other", since=START - day) is None
        assert await work.operations.count_unfinished(WS) == 1
        await keep(work, "op_0002", 24)
        again = await work.keys.find("k", since=START)

    assert kept == KeptKey(request=request, subject="op_0001")
    assert again == KeptKey(request=request, subject="op_0002")


async def test_keys_are_forgotten_some_at_a_time(farm: Database) -> None:
    async with farm() as work:
        for n in range(5):
            at = START + timedelta(hours=n)
            await work.keys.keep(f"k{n}", request={}, subject="op", at=at, since=START)

        before = START + timedelta(hours=3)
        forgotten = [await work.keys.forget(before=before, limit=2) for _ in range(3)]

        assert forgotten == [2, 1, 0]
        assert await work.keys.find("k3", since=START) is not None


async def test_a_twin_is_queued_with_the_same_verb_target_and_params(farm: Database) -> None:
    twin = an_operation(1, params={"a": 1, "b": 2})
    async with farm() as work:
        await work.operations.add(twin)
        await work.operations.add(an_operation(2, emulator=None))

        find = work.operations.find_twin
        assert await find(an_operation(9, params={"b": 2, "a": 1})) == twin
        assert await find(an_operation(9, params={"a": 1})) is None
        assert await find(an_operation(9, verb=Verb.QUIT, params=twin.params)) is None
        assert await find(an_operation(9, emulator=2, params=twin.params)) is None
        assert await find(an_operation(9, emulator=None)) == an_operation(2, emulator=None)
        assert await find(twin) is None

    await farm.admission.admit(start_all, owner="me", lease=LEASE)
    async with farm() as work:
        assert await work.operations.find_twin(an_operation(9, params=twin.params)) is None


async def test_operations_are_listed_newest_first_by_what_is_asked(farm: Database) -> None:
    async with farm() as work:
        for number in range(1, 8):
            await work.operations.add(an_operation(number, emulator=number % 3 + 1))
        await work.operations.add(an_operation(8, emulator=None, workstation=2))
        await work.operations.put(an_operation(1, emulator=2).cancelled(at=START))

    async with farm() as work:

        async def ids(**conditions: Any) -> list[str]:
            query = OperationQuery(**conditions)
            return [
                o.id
                for o in await every_page(
                    lambda cursor: work.operations.list(query, cursor=cursor, limit=2)
                )
            ]

        def named(*numbers: int) -> list[str]:
            return [f"op_{n:04}" for n in numbers]

        assert await ids() == named(8, 7, 6, 5, 4, 3, 2, 1)
        assert await ids(unfinished=True) == named(8, 7, 6, 5, 4, 3, 2)
        assert await ids(workstation_id=WS) == named(7, 6, 5, 4, 3, 2, 1)
        assert await ids(emulator_id=EmulatorId("em_0002")) == named(7, 4, 1)
        assert await ids(status=OperationStatus.CANCELLED) == named(1)
        assert await ids(verb=Verb.SCAN) == named(8)
        assert [o.id for o in await work.operations.unfinished_of(EmulatorId("em_0002"))] == named(
            4, 7
        )
        counts = await work.operations.counts()
    assert counts == {
        **dict.fromkeys(OperationStatus, 0),
        OperationStatus.QUEUED: 7,
        OperationStatus.CANCELLED: 1,
    }


async def test_progress_of_a_runner_is_written_and_the_lease_stays(farm: Database) -> None:
    held = await start_one(farm)
    longer = LEASE * 2
    (renewed,) = await farm.admission.renew(owner="me", lease=longer)

    async with farm() as work:
        await work.operations.put(replace(held, progress=0.5, message="booting"))

    async with farm() as work:
        stored = await work.operations.get(OP)
    assert (stored.progress, stored.message) == (0.5, "booting")
    assert stored.lease_until == renewed.lease_until != held.lease_until


async def test_ending_an_operation_frees_its_slots_and_its_emulator(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.add(an_operation(2))
    before = await the_queue(farm)

    async with farm() as work:
        await work.operations.put(held.succeeded(at=START, result={"ok": True}))

    after = await the_queue(farm)
    assert (dict(before.slots), list(before.candidates)) == ({"ws_0001/boot": frozenset({0})}, [])
    assert (dict(after.slots), [c.operation.id for c in after.candidates]) == ({}, ["op_0002"])
    async with farm() as work:
        stored = await work.operations.get(OP)
    assert (stored.status, stored.result, stored.lease_until) == (
        OperationStatus.SUCCEEDED,
        {"ok": True},
        None,
    )


async def test_a_write_with_an_older_token_is_refused(farm: Database, place: Place) -> None:
    zombie = await start_one(farm)
    place.let_leases_age(31)
    (abandoned,) = await farm.admission.abandoned()
    await farm.admission.take_over([abandoned], owner="other", lease=LEASE)

    with pytest.raises(errors.RecordChanged, match="op_0001"):
        async with farm() as work:
            await work.operations.put(zombie.succeeded(at=START, result={}))

    async with farm() as work:
        assert (await work.operations.get(OP)).status is OperationStatus.RUNNING
    assert (await the_queue(farm)).slots


async def test_an_ended_operation_is_never_written_again(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.failed(at=START, failure=errors.DatabaseBusy()))

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(held.succeeded(at=START, result={}))

    async with farm() as work:
        assert (await work.operations.get(OP)).status is OperationStatus.FAILED


async def test_a_runners_progress_does_not_undo_a_cancellation(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.cancelling())

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(replace(held, progress=0.9))

    assert (await the_queue(farm)).slots == {"ws_0001/boot": frozenset({0})}
    async with farm() as work:
        await work.operations.put(held.cancelling().cancelled(at=START))
    assert (await the_queue(farm)).slots == {}


async def test_nobody_but_admission_can_start_an_operation(farm: Database) -> None:
    queued = an_operation()
    async with farm() as work:
        await work.operations.add(queued)

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put(queued.admitted(owner="me", now=START, lease=LEASE))


async def test_of_many_all_are_written_or_none(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))
    first, second = await farm.admission.admit(start_all, owner="me", lease=LEASE)
    ended = [first.succeeded(at=START, result={"n": 1}), second.cancelling()]
    stale = replace(ended[1], token=second.token - 1)

    with pytest.raises(errors.RecordChanged):
        async with farm() as work:
            await work.operations.put_many([ended[0], stale])
    async with farm() as work:
        untouched = await work.operations.hold([first.id, second.id, OperationId("op_none")])
        await work.operations.put_many(ended)

    assert untouched == {first.id: first, second.id: second}
    async with farm() as work:
        written = await work.operations.hold([first.id, second.id])
    assert written == {first.id: replace(ended[0], lease_until=None), second.id: ended[1]}


async def test_a_step_is_replaced_in_its_place(farm: Database) -> None:
    async with farm() as work:
        await work.operations.add(an_operation())
        first = Step(operation_id=OP, name="launch", status=StepStatus.RUNNING, started_at=START)
        second = replace(first, name="boot")
        for step in (first, second):
            await work.operations.put_steps([step])
        ended = replace(
            first,
            status=StepStatus.SUCCEEDED,
            finished_at=START + timedelta(seconds=1),
            result={"pid": 7},
        )
        await work.operations.put_steps([ended])

    async with farm() as work:
        assert await work.operations.steps(OP) == [ended, second]


async def test_a_log_is_read_on_from_where_one_was(farm: Database) -> None:
    lines = [
        LogLine(operation_id=OP, at=START, event=f"line.{n}", fields={"n": n}) for n in range(5)
    ]
    async with farm() as work:
        await work.operations.add(an_operation())
        await work.operations.log(lines[:2])
        await work.operations.log(lines[2:])
        await work.operations.log([])

        first = await work.operations.log_of(OP, limit=3)
        rest = await work.operations.log_of(OP, after=first[-1][0])

    assert [line for _, line in [*first, *rest]] == lines


async def test_a_log_of_no_operation_is_refused(farm: Database) -> None:
    with pytest.raises(errors.OperationNotFound):
        async with farm() as work:
            await work.operations.log([LogLine(operation_id=OP, at=START, event="x")])


async def an_old_one(farm: Database, number: int, *, lines: int = 0, **changes: Any) -> None:
    """An operation that ended right after it was made, an hour for each number after the start."""
    at = START + timedelta(hours=number)
    ended: dict[str, Any] = {"status": OperationStatus.FAILED, "finished_at": at}
    ended["created_at"] = at
    operation = an_operation(number, **{**ended, **changes})
    line = LogLine(operation_id=operation.id, at=at, event="x")
    step = Step(operation_id=operation.id, name="look", status=StepStatus.SUCCEEDED, started_at=at)
    async with farm() as work:
        await work.operations.add(operation)
        await work.operations.put_steps([step])
        await work.operations.log([line] * lines)


async def test_what_ended_long_ago_is_pruned_in_small_steps(farm: Database) -> None:
    for number in (1, 2, 3):
        await an_old_one(farm, number, lines=25)
    before = START + timedelta(hours=3)

    removed: list[tuple[int, int]] = []
    async with farm() as work:
        assert await work.operations.count_old(before) == 2
    while not removed or removed[-1][0]:
        async with farm() as work:
            pruned = await work.operations.prune(before, limit=20)
        removed.append((pruned.rows, pruned.operations))

    assert all(rows <= 20 for rows, _ in removed)
    assert (sum(rows for rows, _ in removed), sum(ops for _, ops in removed)) == (54, 2)
    async with farm() as work:
        left = await work.operations.list(OperationQuery())
        assert [operation.id for operation in left.items] == ["op_0003"]
        assert len(await work.operations.log_of(OperationId("op_0003"))) == 25


async def test_what_is_not_over_is_never_pruned(farm: Database) -> None:
    await start_one(farm)
    async with farm() as work:
        await work.operations.add(an_operation(2))

        late = START + timedelta(days=9999)
        assert await work.operations.count_old(late) == 0
        assert (await work.operations.prune(late, limit=500)).rows == 0


async def test_operations_are_counted_by_verb(farm: Database) -> None:
    await an_old_one(farm, 1)
    await add(farm, an_operation(2), an_operation(3, emulator=2), an_operation(4, emulator=None))

    async with farm() as work:
        tally = await work.operations.tally()

    assert tally == {
        Verb.LAUNCH: {OperationStatus.FAILED: 1, OperationStatus.QUEUED: 2},
        Verb.SCAN: {OperationStatus.QUEUED: 1},
    }


async def test_what_waited_too_long_is_overdue(farm: Database) -> None:
    day, now = timedelta(hours=24), START + timedelta(hours=30)
    lost = Health(status=WorkstationStatus.UNREACHABLE, changed_at=START)
    lately = replace(lost, changed_at=START + timedelta(hours=29))
    async with farm() as work:
        await work.workstations.observe(WS, lost)
        await work.workstations.observe(WorkstationId("ws_0002"), lately)
        third = await work.workstations.get("ws_0003")
        await work.workstations.change(replace(third, maintenance="new disk"), expected_version=1)
        for operation in (
            an_operation(1),
            an_operation(2, emulator=2, created_at=now),
            an_operation(3, emulator=5, workstation=2),
            an_operation(4, emulator=6, workstation=2, expires_at=now),
            an_operation(5, emulator=7, workstation=2, expires_at=now + timedelta(seconds=1)),
            an_operation(6, emulator=9, workstation=3),
            an_operation(7, emulator=3),
        ):
            await work.operations.add(operation)
        await work.operations.put(an_operation(7, emulator=3).cancelled(at=START))

        async def overdue(limit: int) -> list[str]:
            found = await work.operations.overdue(now=now, away=day, limit=limit)
            return [operation.id for operation in found]

        assert await overdue(10) == ["op_0001", "op_0004", "op_0006"]
        assert await overdue(2) == ["op_0001", "op_0004"]
