"""What `ports.Admission` promises, held against SQLite and PostgreSQL."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.ids import BatchId, OperationId, WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus, Priority
from ldfleet.domain.verb import Verb
from ldfleet.ports import Queue, Sent, Verdict
from ldfleet.storage.database import Database
from support.keeping import (
    LEASE,
    OP,
    add,
    start_all,
    start_one,
    start_two_a_workstation,
    the_queue,
)
from support.stores import START, Place, a_workstation, an_emulator, an_operation


async def test_an_admitted_operation_runs_under_a_new_token(farm: Database, place: Place) -> None:
    await add(farm, an_operation(waiting_for="a slot"))
    place.clock.move(60)

    (admitted,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    now = place.clock.now()
    assert admitted == replace(
        an_operation(),
        status=OperationStatus.RUNNING,
        owner="me",
        token=1,
        attempt=1,
        lease_until=admitted.lease_until,
        started_at=now,
    )
    assert place.seconds_left(admitted) == pytest.approx(30, abs=5)
    async with farm() as work:
        assert await work.operations.get(OP) == admitted
    await add(farm, an_operation(2, emulator=2))
    queue = await the_queue(farm)
    assert dict(queue.slots) == {"ws_0001/boot": frozenset({0})}
    assert dict(queue.last_start) == {"ws_0001/boot": now}


async def test_candidates_come_by_priority_then_age_one_for_an_emulator(farm: Database) -> None:
    await add(
        farm,
        an_operation(1, emulator=1, priority=Priority.BATCH),
        an_operation(2, emulator=1, priority=Priority.BATCH),
        an_operation(3, emulator=2, priority=Priority.SCHEDULE),
        an_operation(4, emulator=3),
        an_operation(5, emulator=3, priority=Priority.BATCH),
        an_operation(6, emulator=5, workstation=2),
        an_operation(7, emulator=None, workstation=3),
    )

    queue = await the_queue(farm)

    ids = [candidate.operation.id for candidate in queue.candidates]
    assert ids == ["op_0004", "op_0006", "op_0007", "op_0003", "op_0001"]
    assert [c.workstation.id for c in queue.candidates] == [
        c.operation.workstation_id for c in queue.candidates
    ]


async def test_an_emulator_that_is_active_is_no_candidate(farm: Database) -> None:
    held = await start_one(farm)
    await add(farm, an_operation(2), an_operation(3, emulator=2))
    async with farm() as work:
        await work.operations.put(held.cancelling())

    queue = await the_queue(farm)

    assert [c.operation.id for c in queue.candidates] == ["op_0003"]


async def test_a_deep_backlog_of_one_workstation_hides_no_other(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([an_emulator(n) for n in range(100, 300)])
        for n in range(100, 300):
            await work.operations.add(an_operation(n, emulator=n))
        await work.operations.add(an_operation(900, emulator=5, workstation=2))
        await work.operations.add(an_operation(901, emulator=150, verb=Verb.QUIT))
        await work.operations.add(an_operation(902, emulator=1, verb=Verb.QUIT))

    queue = await the_queue(farm)

    ids = [candidate.operation.id for candidate in queue.candidates]
    assert {"op_0100", "op_0900", "op_0902"} <= set(ids)
    assert "op_0901" not in ids  # its emulator's launch comes first
    assert len(ids) < 20


async def test_fifty_admissions_at_once_give_no_slot_twice(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            for number in range(1, 11):
                await work.workstations.add(a_workstation(number))
            await work.emulators.put(
                [an_emulator(n, workstation=n % 10 + 1) for n in range(1, 101)]
            )
            for n in range(1, 101):
                await work.operations.add(an_operation(n, emulator=n, workstation=n % 10 + 1))

        outcomes = await asyncio.gather(
            *(
                (one, two)[n % 2].admission.admit(
                    start_two_a_workstation, owner=f"o{n % 2}", lease=LEASE
                )
                for n in range(50)
            )
        )

        admitted = [operation.id for outcome in outcomes for operation in outcome]
        assert len(admitted) == len(set(admitted)) == 20
        queue = await the_queue(one)
        assert dict(queue.slots) == {f"ws_{n:04}/boot": frozenset({0, 1}) for n in range(1, 11)}


async def test_a_slot_that_is_taken_is_not_given_whatever_is_decided(farm: Database) -> None:
    await start_one(farm)
    await add(farm, *(an_operation(n, emulator=n) for n in (2, 3, 4)))

    def wrong(_queue: Queue) -> Verdict:
        return Verdict(
            admitted={
                OperationId("op_0002"): {"ws_0001/boot": 0, "global": 0},
                OperationId("op_0003"): {"ws_0001/boot": 1, "global": 1},
                OperationId("op_0004"): {"ws_0001/boot": 1, "global": 2},
            }
        )

    admitted = await farm.admission.admit(wrong, owner="me", lease=LEASE)

    assert [operation.id for operation in admitted] == ["op_0003"]
    queue = await the_queue(farm)
    assert dict(queue.slots) == {
        "ws_0001/boot": frozenset({0, 1}),
        "global": frozenset({1}),
    }
    assert [c.operation.id for c in queue.candidates] == ["op_0002", "op_0004"]
    async with farm() as work:
        assert (await work.operations.get("op_0002")).token == 0


async def test_an_operation_that_was_cancelled_meanwhile_does_not_start(place: Place) -> None:
    async with place.opened() as one, place.opened() as two:
        async with one() as work:
            await work.workstations.add(a_workstation())
            await work.emulators.put([an_emulator(1), an_emulator(2)])
        await add(one, an_operation(1), an_operation(2, emulator=2))

        async def cancel() -> None:
            async with contextlib.AsyncExitStack() as stack:
                stack.enter_context(contextlib.suppress(errors.RecordChanged))
                work = await stack.enter_async_context(two())
                await work.operations.put(an_operation(1).cancelled(at=START))

        async with asyncio.TaskGroup() as group:
            group.create_task(cancel())
            admission = group.create_task(one.admission.admit(start_all, owner="me", lease=LEASE))

        started = {operation.id for operation in admission.result()}
        async with one() as work:
            cancelled = await work.operations.get("op_0001")
        assert "op_0002" in started
        assert (cancelled.status is OperationStatus.CANCELLED) == ("op_0001" not in started)


async def test_what_waits_is_told_why(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))

    def refuse(queue: Queue) -> Verdict:
        return Verdict(waiting={c.operation.id: "the PC is off" for c in queue.candidates})

    assert await farm.admission.admit(refuse, owner="me", lease=LEASE) == []
    async with farm() as work:
        told = (await work.operations.get(OP)).waiting_for
    await farm.admission.admit(start_all, owner="me", lease=LEASE)

    assert told == "the PC is off"
    async with farm() as work:
        assert (await work.operations.get(OP)).waiting_for is None


async def test_what_was_changed_while_it_was_queued_is_in_what_was_admitted(
    farm: Database,
) -> None:
    await add(farm, an_operation())
    await the_queue(farm)
    async with farm() as work:
        await work.operations.put(an_operation(reason="the owner asked"))

    (admitted,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    assert admitted.reason == "the owner asked"
    async with farm() as work:
        assert await work.operations.get(OP) == admitted


async def test_a_candidate_tells_what_it_was_told_last(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))

    def refuse(queue: Queue) -> Verdict:
        told = queue.candidates[0].operation.waiting_for
        return Verdict(waiting={OP: "no slot" if told else "the PC is off"})

    for _ in range(2):
        await farm.admission.admit(refuse, owner="me", lease=LEASE)

    queue = await the_queue(farm)

    assert [c.operation.waiting_for for c in queue.candidates] == ["no slot", None]


async def test_a_failing_decision_changes_nothing(farm: Database) -> None:
    await add(farm, an_operation())

    def broken(_queue: Queue) -> Verdict:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await farm.admission.admit(broken, owner="me", lease=LEASE)

    assert [c.operation.id for c in (await the_queue(farm)).candidates] == [OP]


async def test_renewing_lengthens_the_leases_of_the_owner_alone(
    farm: Database, place: Place
) -> None:
    await start_one(farm)
    await add(farm, an_operation(2, emulator=2))
    await farm.admission.admit(start_all, owner="other", lease=LEASE)
    place.let_leases_age(20)

    renewed = await farm.admission.renew(owner="me", lease=LEASE)

    assert [o.id for o in renewed] == [OP]
    assert place.seconds_left(renewed[0]) == pytest.approx(30, abs=5)
    place.let_leases_age(20)
    assert [o.id for o in await farm.admission.abandoned()] == ["op_0002"]
    assert [o.id for o in await farm.admission.abandoned(all_owners=True)] == [OP, "op_0002"]


async def test_renewing_tells_of_a_cancellation_and_leaves_out_what_was_lost(
    farm: Database, place: Place
) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.cancelling())
    (renewed,) = await farm.admission.renew(owner="me", lease=LEASE)
    place.let_leases_age(31)
    (abandoned,) = await farm.admission.abandoned()

    await farm.admission.take_over([abandoned], owner="other", lease=LEASE)

    assert renewed.status is OperationStatus.CANCELLING
    assert await farm.admission.renew(owner="me", lease=LEASE) == []


async def test_an_abandoned_operation_is_taken_over_once_with_its_slots(
    farm: Database, place: Place
) -> None:
    held = await start_one(farm)
    place.let_leases_age(31)
    (abandoned,) = await farm.admission.abandoned()

    outcomes = await asyncio.gather(
        *(farm.admission.take_over([abandoned], owner=f"o{n}", lease=LEASE) for n in range(5))
    )

    [taken] = itertools.chain.from_iterable(outcomes)
    assert (taken.token, taken.attempt) == (held.token + 1, 2)
    assert place.seconds_left(taken) == pytest.approx(30, abs=5)
    assert taken.started_at == held.started_at
    assert (await the_queue(farm)).slots == {"ws_0001/boot": frozenset({0})}
    async with farm() as work:
        assert await work.operations.get(OP) == taken


async def test_an_owner_that_lives_after_all_keeps_its_operation(
    farm: Database, place: Place
) -> None:
    await start_one(farm)
    place.let_leases_age(31)
    (abandoned,) = await farm.admission.abandoned()
    await farm.admission.renew(owner="me", lease=LEASE)

    assert await farm.admission.take_over([abandoned], owner="other", lease=LEASE) == []


async def test_an_ended_operation_is_not_taken_over(farm: Database, place: Place) -> None:
    held = await start_one(farm)
    place.let_leases_age(31)
    (abandoned,) = await farm.admission.abandoned()
    async with farm() as work:
        await work.operations.put(held.timed_out(at=START))

    assert await farm.admission.take_over([abandoned], owner="other", lease=LEASE) == []
    assert await farm.admission.abandoned(all_owners=True) == []


async def test_what_is_on_its_way_is_claimed_once_under_its_token(
    farm: Database, place: Place
) -> None:
    sent = await start_one(farm)
    place.let_leases_age(20)

    async def claim(owner: str, **changes: Any) -> Operation | None:
        wanted: dict[str, Any] = {"token": sent.token, "sender": "me", **changes}
        claims = [
            Sent(operation_id=sent.id, **wanted),
            Sent(operation_id=OperationId("op_none"), token=1, sender="me"),
        ]
        return (await farm.admission.claim(claims, owner=owner, lease=LEASE)).get(sent.id)

    assert await claim("late", token=sent.token - 1) is None
    assert await claim("astray", sender="another") is None
    outcomes = await asyncio.gather(*(claim(f"o{n}") for n in range(5)))

    (taken,) = (outcome for outcome in outcomes if outcome is not None)
    assert (taken.token, taken.attempt) == (sent.token, sent.attempt)
    assert place.seconds_left(taken) == pytest.approx(30, abs=5)
    assert await farm.admission.renew(owner="me", lease=LEASE) == []


async def seconds_until_woken(waiter: Database, waker: Callable[[], Any]) -> float:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(waiter.admission.woken(5))
        await asyncio.sleep(0.1)
        started = loop.time()
        outcome = waker()
        if outcome is not None:
            await outcome
        await waiting
    return loop.time() - started


async def test_waking_ends_the_wait(farm: Database) -> None:
    await farm.admission.woken(0.01)

    assert await seconds_until_woken(farm, farm.admission.wake) < 1


async def test_a_wake_before_the_wait_is_not_lost(farm: Database) -> None:
    await farm.admission.woken(0.01)
    farm.admission.wake()
    started = asyncio.get_running_loop().time()

    await farm.admission.woken(5)

    assert asyncio.get_running_loop().time() - started < 1


async def test_a_wait_ends_by_itself(farm: Database) -> None:
    await farm.admission.woken(0.01)
    async with asyncio.timeout(2):
        await farm.admission.woken(0.05)


async def test_a_new_and_an_ended_operation_wake_the_queue(farm: Database) -> None:
    await farm.admission.woken(0.01)

    assert await seconds_until_woken(farm, lambda: add(farm, an_operation())) < 1
    (held,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)

    async def end() -> None:
        async with farm() as work:
            await work.operations.put(held.succeeded(at=START, result={}))

    assert await seconds_until_woken(farm, end) < 1


async def test_a_long_line_of_one_person_hides_nobody_elses(farm: Database) -> None:
    async with farm() as work:
        await work.emulators.put([an_emulator(n) for n in range(100, 140)])
        for n in range(100, 139):
            await work.operations.add(an_operation(n, emulator=n))
        await work.operations.add(an_operation(139, emulator=139, requested_by="ben"))

    queue = await the_queue(farm)

    by = [candidate.operation.requested_by for candidate in queue.candidates]
    assert (by.count("anna"), by.count("ben")) == (8, 1)


async def test_those_whose_time_has_not_come_hide_nobody(farm: Database, place: Place) -> None:
    due = START + timedelta(seconds=60)
    async with farm() as work:
        await work.emulators.put([an_emulator(n) for n in range(100, 121)])
        for n in range(100, 120):
            await work.operations.add(an_operation(n, emulator=n, not_before=due))
        await work.operations.add(an_operation(120, emulator=120))

    early = [candidate.operation.id for candidate in (await the_queue(farm)).candidates]
    place.clock.move(60)
    late = [candidate.operation.id for candidate in (await the_queue(farm)).candidates]

    assert "op_0120" in early
    assert len(early) == 9
    assert len(late) == 8


async def test_what_was_put_back_is_read_anew(farm: Database, place: Place) -> None:
    held = await start_one(farm)
    await the_queue(farm)
    until = START + timedelta(seconds=20)
    async with farm() as work:
        await work.operations.put(held.put_back(at=START, until=until, reason="busy"))
    queue = await the_queue(farm)

    back = queue.candidates[0].operation
    assert (back.status, back.tries, back.not_before) == (OperationStatus.QUEUED, 1, until)
    assert (back.owner, back.lease_until, back.started_at, back.attempt) == (None, None, None, 0)
    assert not queue.slots
    place.let_leases_age(20)
    (again,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)
    assert (again.token, again.attempt, again.message) == (held.token + 1, 1, None)


async def test_a_runner_whose_operation_was_put_back_writes_nothing_more(farm: Database) -> None:
    held = await start_one(farm)
    async with farm() as work:
        await work.operations.put(held.put_back(at=START, until=START, reason="busy"))

    for late in (replace(held, progress=0.5), held.cancelling()):
        with pytest.raises(errors.RecordChanged):
            async with farm() as work:
                await work.operations.put(late)


async def test_a_release_leaves_all_to_the_next_and_counts_for_nothing(farm: Database) -> None:
    held = await start_one(farm)
    await add(farm, an_operation(2, emulator=2))
    await farm.admission.admit(start_all, owner="other", lease=LEASE)
    for _ in range(3):
        await farm.admission.release(owner="me")
        (left,) = await farm.admission.abandoned()
        [taken] = await farm.admission.take_over([left], owner="me", lease=LEASE)

        assert (taken.id, taken.attempt) == (held.id, 2)


async def told(database: Database, after: str) -> list[tuple[str, str]]:
    async with contextlib.aclosing(database.feed.follow(after)) as stream:
        return [(event.subject, event.data["status"]) for _, event in await anext(stream)]


async def test_the_feed_tells_of_what_starts_and_why_the_others_wait(farm: Database) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))
    await add(farm, an_operation(3, emulator=3, batch_id=BatchId("ba_1"), wave=1))
    after = await farm.feed.head()

    def one(queue: Queue) -> Verdict:
        waiting = {c.operation.id: "no slot" for c in queue.candidates[1:]}
        return Verdict(admitted={queue.candidates[0].operation.id: {}}, waiting=waiting)

    for _ in range(2):
        await farm.admission.admit(one, owner="me", lease=LEASE)

    assert await told(farm, after) == [
        (OP, "running"),
        ("op_0002", "queued"),
        ("op_0002", "running"),
    ]


async def test_what_is_settled_is_left_out_until_it_changes(farm: Database, place: Place) -> None:
    await add(farm, an_operation(1), an_operation(2, emulator=2))
    await add(farm, an_operation(3, emulator=5, workstation=2))
    seen: list[list[str]] = []

    def refuse(queue: Queue) -> Verdict:
        seen.append([c.operation.id for c in queue.candidates])
        return Verdict(stirring=frozenset({WorkstationId("ws_0002")}))

    async def look() -> list[str]:
        await farm.admission.admit(refuse, owner="me", lease=LEASE)
        return seen[-1]

    assert await look() == ["op_0001", "op_0002", "op_0003"]
    assert await look() == ["op_0003"]
    await add(farm, an_operation(4, emulator=4))
    assert await look() == ["op_0001", "op_0002", "op_0003", "op_0004"]
    async with farm() as work:
        found = await work.workstations.get("ws_0001")
        await work.workstations.change(found, expected_version=found.version)
    assert await look() == ["op_0001", "op_0002", "op_0003", "op_0004"]
    assert await look() == ["op_0003"]
    place.clock.move(60)
    assert await look() == ["op_0001", "op_0002", "op_0003", "op_0004"]


async def test_an_ended_operation_stirs_its_workstation(farm: Database) -> None:
    await add(farm, an_operation(1))
    (running,) = await farm.admission.admit(start_all, owner="me", lease=LEASE)
    await add(farm, an_operation(2, emulator=2))
    seen: list[int] = []

    def refuse(queue: Queue) -> Verdict:
        seen.append(len(queue.candidates))
        return Verdict(stirring=frozenset())

    for _ in range(2):
        await farm.admission.admit(refuse, owner="me", lease=LEASE)
    async with farm() as work:
        await work.operations.put(running.succeeded(at=START, result={}))
    await farm.admission.admit(refuse, owner="me", lease=LEASE)

    assert seen == [1, 0, 1]
