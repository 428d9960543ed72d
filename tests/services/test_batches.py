"""Batches: accepted, planned, paused, cancelled, retried, rolled out across restarts."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.batch import MOST_TARGETS, Batch, BatchStatus, Policy
from ldfleet.domain.emulator import Observation, Power
from ldfleet.domain.event import EventType
from ldfleet.domain.filter import Filter, parse
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, Limits, WorkstationStatus
from ldfleet.engine.batches import Rollout
from ldfleet.ports import Journal, OperationQuery
from ldfleet.services.batches import Batches, Wish
from ldfleet.services.requests import Requests
from ldfleet.services.selection import Selection, noun_of
from support.clock import START
from support.engines import Floor
from support.stores import a_workstation, an_emulator, an_operation

ANNA = Actor(name="anna")
WIDE = Limits(boots=32, boot_gap=0)
ONLINE = Health(status=WorkstationStatus.ONLINE)
EVERYTHING = Selection(everything=True)


def matching(text: str, verb: Verb = Verb.LAUNCH) -> Selection:
    return Selection(filter=parse(text, noun_of(verb), now=START))


_S = OperationStatus


def service(floor: Floor) -> Batches:
    return Batches(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


def launching(*ids: str, **changes: Any) -> Wish:
    fields: dict[str, Any] = {"verb": Verb.LAUNCH, "selection": EVERYTHING}
    if ids:
        fields["selection"] = Selection(ids=ids)
    return Wish(**{**fields, **changes})


def rollout(floor: Floor) -> Rollout:
    return Rollout(storage=floor.database, reader=floor.database.reader, clock=floor.clock)


async def farm(floor: Floor, emulators: int) -> None:
    await floor.farm(emulators=emulators, limits=WIDE, health=ONLINE)


async def operations(floor: Floor, batch: Batch) -> list[Operation]:
    async with floor.database() as work:
        page = await work.operations.list(OperationQuery(batch_id=batch.id), limit=500)
    return sorted(page.items, key=lambda each: each.created_at)


async def by_emulator(floor: Floor, batch: Batch) -> Mapping[str, OperationStatus]:
    return {str(each.emulator_id): each.status for each in await operations(floor, batch)}


async def until_batch(floor: Floor, batch: Batch, *wanted: BatchStatus) -> Batch:
    """Roll on by hand until it is there."""

    async def there() -> bool:
        await rollout(floor).turn()
        return (await service(floor).get(ANNA, batch.id)).batch.status in wanted

    await floor.until(there)
    return (await service(floor).get(ANNA, batch.id)).batch


def failing(*emulators: str) -> Any:
    async def act(operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        if operation.emulator_id in emulators:
            raise errors.EmulatorGone(emulator=operation.emulator_id or "")
        return {}

    return act


async def test_a_batch_queues_one_operation_for_each_target(floor: Floor) -> None:
    await farm(floor, 3)

    report = await service(floor).submit(
        ANNA, launching("em_0003", "em_0001", "em_0003", reason=" nightly ")
    )

    placed = await operations(floor, report.batch)
    assert [each.emulator_id for each in placed] == ["em_0003", "em_0001"]
    assert {(each.status, each.wave, each.reason) for each in placed} == {(_S.QUEUED, 1, "nightly")}
    assert (report.batch.total, report.counts[_S.QUEUED]) == (2, 2)


async def test_one_event_tells_of_a_whole_batch(floor: Floor) -> None:
    await farm(floor, 3)
    after = await floor.database.feed.head()

    report = await service(floor).submit(ANNA, launching())

    [event] = await floor.told(after)
    assert (event.type, event.subject) == (EventType.BATCH_CHANGED, report.batch.id)
    assert event.data["counts"]["queued"] == 3


async def test_a_refused_target_is_skipped_beside_the_others(floor: Floor) -> None:
    await farm(floor, 1)
    running = Observation(at=START, power=Power.RUNNING, since=START)
    await floor.put(an_emulator(2, observed=running))

    report = await service(floor).submit(ANNA, launching())

    queued, skipped = await operations(floor, report.batch)
    assert (queued.status, skipped.status) == (_S.QUEUED, _S.SKIPPED)
    assert skipped.failure is not None
    assert skipped.failure["code"] == "emulator_wrong_state"
    assert (report.batch.status, report.batch.sizes) == (BatchStatus.RUNNING, (1,))


async def test_a_batch_of_refusals_alone_has_failed_at_once(floor: Floor) -> None:
    await farm(floor, 2)

    report = await service(floor).submit(ANNA, launching(verb=Verb.QUIT))

    assert report.batch.status is BatchStatus.FAILED
    assert report.batch.finished_at == floor.at()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("tag:qa", ["em_0002"]),
        ('"PLAYER 1"', ["em_0001"]),
        ("status:stopped", ["em_0001", "em_0002"]),
        ("ws_id:ws_0001 tag:qa", ["em_0002"]),
    ],
)
async def test_a_filter_is_expanded_when_accepted(
    floor: Floor, wanted: str, found: list[str]
) -> None:
    await farm(floor, 1)
    await floor.put(an_emulator(2, tags=("qa",)))

    report = await service(floor).submit(ANNA, launching(selection=matching(wanted)))
    await floor.put(an_emulator(3, tags=("qa",), name="player 1 too"))

    assert list(await by_emulator(floor, report.batch)) == found


async def test_a_verb_on_workstations_selects_these(floor: Floor) -> None:
    await farm(floor, 1)
    await floor.put(a_workstation(2, tags=("spare",)))

    spare = matching("tag:spare farm status:unknown", Verb.SCAN)
    filtered = await service(floor).submit(ANNA, launching(verb=Verb.SCAN, selection=spare))
    named = await service(floor).submit(ANNA, launching("ws_0001", verb=Verb.SCAN))

    assert [each.workstation_id for each in await operations(floor, filtered.batch)] == ["ws_0002"]
    assert [each.workstation_id for each in await operations(floor, named.batch)] == ["ws_0001"]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (launching(selection=Selection()), errors.FieldInvalid),
        (launching(selection=Selection(ids=("em_0001",), filter=Filter())), errors.FieldInvalid),
        (launching(selection=Selection(ids=())), errors.SelectionEmpty),
        (launching(selection=matching("none")), errors.SelectionEmpty),
        (launching("em_0001", "em_none"), errors.EmulatorNotFound),
        (launching("ws_none", verb=Verb.SCAN), errors.WorkstationNotFound),
        (launching(*(f"em_{n}" for n in range(MOST_TARGETS + 1))), errors.SelectionTooLarge),
        (launching(params={"no": 1}), errors.FieldInvalid),
        (launching(policy=Policy(waves=("0",))), errors.FieldInvalid),
        (launching(policy=Policy(waves=("1",) * 101)), errors.FieldInvalid),
        (launching(policy=Policy(wave_size=0)), errors.FieldInvalid),
        (launching(policy=Policy(max_parallel=0)), errors.FieldInvalid),
        (launching(policy=Policy(pause=-1)), errors.FieldInvalid),
        (launching(policy=Policy(stop_on_failures="101%")), errors.FieldInvalid),
    ],
)
async def test_what_can_not_be_meant_is_refused_whole(
    floor: Floor, wish: Wish, error: type[errors.FleetError]
) -> None:
    await farm(floor, 1)

    for ask in (service(floor).submit, service(floor).plan):
        with pytest.raises(error):
            await ask(ANNA, wish)

    assert await floor.statuses() == {}


async def test_one_file_is_not_for_the_backups_of_two(floor: Floor) -> None:
    await farm(floor, 2)
    wish = launching(verb=Verb.BACKUP, params={"file": "D:\\farm.ldbk"})

    with pytest.raises(errors.FieldInvalid, match="each gets a file of its own"):
        await service(floor).plan(ANNA, wish)
    with pytest.raises(errors.FieldInvalid, match="file"):
        await service(floor).submit(ANNA, wish)
    one = await service(floor).plan(ANNA, replace(wish, selection=Selection(ids=("em_0001",))))

    assert len(one.planned) == 1


async def test_the_same_key_gives_the_same_batch(floor: Floor) -> None:
    await farm(floor, 2)

    first = await service(floor).submit(ANNA, launching(), idempotency_key="k")
    second = await service(floor).submit(ANNA, launching(), idempotency_key="k")
    with pytest.raises(errors.IdempotencyKeyReused):
        await service(floor).submit(ANNA, launching("em_0001"), idempotency_key="k")

    assert second == first


async def test_a_plan_says_exactly_what_would_be_done(floor: Floor) -> None:
    await floor.farm(emulators=4, limits=Limits(boots=2, boot_gap=0), health=ONLINE)
    running = Observation(at=START, power=Power.RUNNING, since=START)
    await floor.put(an_emulator(5, observed=running))
    wish = launching(policy=Policy(waves=("1", "50%"), pause=60))

    before = await service(floor).plan(ANNA, wish)
    launched = an_operation(
        status=OperationStatus.SUCCEEDED,
        started_at=START,
        finished_at=START + timedelta(seconds=100),
    )
    await floor.put(launched)
    after = await service(floor).plan(ANNA, wish)
    one_by_one = await service(floor).plan(ANNA, launching(policy=Policy(max_parallel=1)))

    assert [(each.target.id, each.operation.wave) for each in before.planned] == [
        ("em_0001", 1),
        ("em_0002", 2),
        ("em_0003", 2),
        ("em_0004", 3),
        ("em_0005", None),
    ]
    assert (before.sizes, before.estimate) == ((1, 2, 1), None)
    # waves of 1, 2 and 1 fit in two boots at once: 100 s each, with two pauses
    assert after.sizes == before.sizes
    assert after.estimate == pytest.approx(3 * 100 + 2 * 60)
    assert one_by_one.estimate == pytest.approx(4 * 100)
    assert await floor.statuses() == {"op_0001": OperationStatus.SUCCEEDED}


@pytest.mark.parametrize(
    ("policy", "sizes"),
    [
        (Policy(wave_size=3), (3, 3, 1)),
        (Policy(waves=("1",), wave_size=4), (1, 4, 2)),
        (Policy(wave_size=9), (7,)),
        (Policy(), (7,)),
    ],
)
def test_waves_are_cut_to_their_size(policy: Policy, sizes: tuple[int, ...]) -> None:
    assert policy.sizes(7) == sizes


def test_waves_that_nobody_can_count_are_refused() -> None:
    assert len(Policy(wave_size=10).sizes(10_000)) == 1_000
    with pytest.raises(errors.FieldInvalid, match="more than 1000 waves"):
        Policy(wave_size=9).sizes(10_000)


async def test_no_more_run_at_once_than_the_batch_says(floor: Floor) -> None:
    await farm(floor, 4)
    policy = Policy(max_parallel=2)
    await service(floor).submit(ANNA, launching(policy=policy))

    async def two_run() -> bool:
        told = {(await floor.operation(key)).waiting_for for key in await floor.statuses()}
        return len(floor.bench.running) == 2 and (
            "2 of 2 operations of its batch in flight" in told
        )

    async with floor.engine().running():
        await floor.until(two_run)
        floor.bench.let_go.set()
        await floor.until(lambda: _all_over(floor))

    assert len(floor.bench.ended) == 4


async def _all_over(floor: Floor) -> bool:
    return all(status.over for status in (await floor.statuses()).values())


async def test_waves_follow_each_other_after_their_pauses(floor: Floor) -> None:
    await farm(floor, 3)
    floor.bench.act = failing()
    policy = Policy(waves=("1",), pause=60)
    batch = (await service(floor).submit(ANNA, launching(policy=policy))).batch

    async with floor.engine().running():
        first = (await operations(floor, batch))[0]
        await floor.until_status(first, _S.SUCCEEDED)
        await rollout(floor).turn()
        pausing = await by_emulator(floor, batch)
        waiting = (await operations(floor, batch))[1].waiting_for
        floor.clock.advance(61)
        ended = await until_batch(floor, batch, BatchStatus.SUCCEEDED)

    assert list(pausing.values()) == [_S.SUCCEEDED, _S.QUEUED, _S.QUEUED]
    assert waiting == "wave 2 of 2 of its batch"
    assert (ended.released, ended.finished_at) == (2, floor.at())


async def test_the_loop_rolls_on_by_itself(floor: Floor) -> None:
    await farm(floor, 3)
    floor.bench.act = failing("em_0002")
    batch = (await service(floor).submit(ANNA, launching(policy=Policy(waves=("1", "1"))))).batch

    async with floor.engine().running(), rollout(floor).running():

        async def over() -> bool:
            floor.clock.advance(1)
            return (await service(floor).get(ANNA, batch.id)).batch.status.over

        await floor.until(over)

    assert (await service(floor).get(ANNA, batch.id)).batch.status is BatchStatus.PARTIAL


async def test_too_many_failures_halt_it_until_a_person_goes_on(floor: Floor) -> None:
    await farm(floor, 4)
    floor.bench.act = failing("em_0001", "em_0002")
    policy = Policy(waves=("2",), stop_on_failures="50%")
    batch = (await service(floor).submit(ANNA, launching(policy=policy))).batch

    async with floor.engine().running():
        halted = await until_batch(floor, batch, BatchStatus.HALTED)
        standing = await by_emulator(floor, batch)
        await service(floor).resume(ANNA, batch.id)
        ended = await until_batch(floor, batch, BatchStatus.PARTIAL)

    assert halted.halted is not None
    assert "of 2 targets failed, 50% are too many" in halted.halted
    assert list(standing.values())[2:] == [_S.QUEUED, _S.QUEUED]
    assert ended.forgiven >= 1


async def test_a_paused_batch_starts_nothing_until_continued(floor: Floor) -> None:
    await farm(floor, 2)
    floor.bench.let_go.set()
    batch = (await service(floor).submit(ANNA, launching())).batch

    await service(floor).pause(ANNA, batch.id)
    again = (await service(floor).pause(ANNA, batch.id)).batch.status
    async with floor.engine().running():
        await rollout(floor).turn()
        await asyncio.sleep(0.05)
        begun = list(floor.bench.begun)
        waiting = (await operations(floor, batch))[0].waiting_for
        await service(floor).resume(ANNA, batch.id)
        await service(floor).resume(ANNA, batch.id)
        await until_batch(floor, batch, BatchStatus.SUCCEEDED)

    assert (again, begun, waiting) == (BatchStatus.PAUSED, [], "its batch was paused by anna")


async def test_cancelling_lets_what_runs_end_and_starts_no_more(floor: Floor) -> None:
    await farm(floor, 3)
    batch = (await service(floor).submit(ANNA, launching(policy=Policy(waves=("1",))))).batch

    async with floor.engine().running():
        await floor.until_begun((await operations(floor, batch))[0])
        asked = (await service(floor).cancel(ANNA, batch.id)).batch.status
        await service(floor).cancel(ANNA, batch.id)
        with pytest.raises(errors.BatchFinished):
            await service(floor).pause(ANNA, batch.id)
        floor.bench.let_go.set()
        await until_batch(floor, batch, BatchStatus.CANCELLED)

    assert asked is BatchStatus.CANCELLING
    assert list((await by_emulator(floor, batch)).values()) == [
        _S.SUCCEEDED,
        _S.CANCELLED,
        _S.CANCELLED,
    ]


async def test_nothing_moves_a_batch_that_is_over(floor: Floor) -> None:
    await farm(floor, 2)
    batch = (await service(floor).submit(ANNA, launching())).batch
    cancelled = (await service(floor).cancel(ANNA, batch.id)).batch

    assert cancelled.status is BatchStatus.CANCELLED
    for move in (service(floor).cancel, service(floor).pause, service(floor).resume):
        with pytest.raises(errors.BatchFinished):
            await move(ANNA, batch.id)


async def test_a_retry_repeats_what_failed_and_what_was_skipped(floor: Floor) -> None:
    await farm(floor, 2)
    running = Observation(at=START, power=Power.RUNNING, since=START)
    await floor.put(an_emulator(3, observed=running))
    floor.bench.act = failing("em_0002")
    batch = (await service(floor).submit(ANNA, launching(reason="nightly"))).batch

    with pytest.raises(errors.BatchUnfinished):
        await service(floor).retry(ANNA, batch.id)
    async with floor.engine().running():
        await until_batch(floor, batch, BatchStatus.PARTIAL)
        await floor.put(an_emulator(3))
        floor.bench.act = failing()
        again = (await service(floor).retry(ANNA, batch.id)).batch
        ended = await until_batch(floor, again, BatchStatus.SUCCEEDED)

    old = {each.emulator_id: each.id for each in await operations(floor, batch)}
    repeated = await operations(floor, again)
    assert [each.emulator_id for each in repeated] == ["em_0002", "em_0003"]
    assert [each.retry_of for each in repeated] == [old[each.emulator_id] for each in repeated]
    assert (ended.retry_of, ended.reason) == (batch.id, "nightly")
    with pytest.raises(errors.SelectionEmpty):
        await service(floor).retry(ANNA, again.id)


async def test_a_batch_goes_on_after_its_server_was_killed(floor: Floor) -> None:
    await farm(floor, 3)
    policy = Policy(waves=("1",), pause=60)
    batch = (await service(floor).submit(ANNA, launching(policy=policy))).batch
    first = (await operations(floor, batch))[0]
    async with floor.engine("killed").running():
        await floor.until_begun(first)

    floor.bench.act = failing()
    floor.bench.let_go.set()
    async with floor.engine("next").running():
        await floor.until_status(first, _S.SUCCEEDED)
        await rollout(floor).turn()  # begins the pause, and dies
        floor.clock.advance(61)
        ended = await until_batch(floor, batch, BatchStatus.SUCCEEDED)

    assert ended.released == 2
    assert len(await operations(floor, batch)) == 3


async def test_batches_are_listed_with_their_counts(floor: Floor) -> None:
    await farm(floor, 2)
    await service(floor).submit(ANNA, launching("em_0001"))
    newest = await service(floor).submit(ANNA, launching("em_0002"))

    page = await service(floor).list(ANNA, limit=1)

    assert page.items == [newest]
    assert page.next_cursor is not None


async def test_what_a_batch_holds_stands_before_nobody(floor: Floor) -> None:
    await farm(floor, 2)
    policy = Policy(waves=("1",), pause=600)
    report = await service(floor).submit(ANNA, launching(policy=policy))
    held = (await operations(floor, report.batch))[1]
    requests = Requests(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )

    asked = await requests.ask(ANNA, Verb.LAUNCH, emulator_id=held.emulator_id, on_busy="refuse")

    assert held.held and asked.id != held.id
    assert asked.waiting_for == "its turn on farm-0001"


async def test_a_look_that_finds_nothing_to_do_waits_for_no_writer(floor: Floor) -> None:
    await farm(floor, 2)
    report = await service(floor).submit(ANNA, launching())
    paused = await service(floor).submit(ANNA, launching(verb=Verb.REBOOT))
    await service(floor).pause(ANNA, paused.batch.id)

    async with asyncio.timeout(1), floor.database():
        looked = await rollout(floor).turn()

    assert looked
    assert report.batch.status is BatchStatus.RUNNING


async def test_only_the_process_that_leads_rolls_a_batch_on(floor: Floor) -> None:
    await farm(floor, 2)
    floor.bench.let_go.set()
    report = await service(floor).submit(ANNA, launching(policy=Policy(waves=("1",))))
    leading = False
    one = Rollout(
        storage=floor.database,
        reader=floor.database.reader,
        clock=floor.clock,
        leads=lambda: leading,
    )

    async def released() -> int:
        return (await service(floor).get(ANNA, report.batch.id)).batch.released

    async def on() -> bool:
        floor.clock.advance(1)
        return await released() == 2

    async with floor.engine().running(), one.running():
        first, _second = await operations(floor, report.batch)
        await floor.until_status(first, OperationStatus.SUCCEEDED)
        await floor.clock.run(10)
        before = await released()
        leading = True
        await floor.until(on)

    assert before == 1
