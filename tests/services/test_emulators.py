"""Launch and quit: queued, merged, refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import Android, Emulator, EmulatorStatus, Observation, Power
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.ports import EmulatorQuery
from ldfleet.services.emulators import Emulators
from ldfleet.services.requests import Requests
from support.clock import START
from support.engines import Floor
from support.stores import an_emulator

ANNA = Actor(name="anna")
BEN = Actor(name="ben", source="cli")
EM = "em_0001"


def service(floor: Floor) -> Emulators:
    return Emulators(
        storage=floor.database,
        reader=floor.database.reader,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


def asking(floor: Floor) -> Requests:
    return Requests(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


async def quit_of(floor: Floor, emulator: str, *, idempotency_key: str | None = None) -> Operation:
    return await asking(floor).ask(
        ANNA, Verb.QUIT, emulator_id=emulator, idempotency_key=idempotency_key
    )


def seen(power: Power, **changes: Any) -> Emulator:
    return an_emulator(observed=Observation(at=START, power=power, since=START, **changes))


async def a_ready_one(floor: Floor) -> None:
    await floor.farm(emulators=0)
    await floor.put(seen(Power.RUNNING, android=Android.READY))


async def test_a_launch_is_queued_with_who_and_why(floor: Floor) -> None:
    await floor.farm()

    operation = await service(floor).launch(BEN, EM, package="com.example.app", reason=" nightly ")

    stored = await floor.operation(operation.id)
    assert stored.verb is Verb.LAUNCH
    assert stored.status is OperationStatus.QUEUED
    assert stored.params == {"package": "com.example.app"}
    assert (stored.requested_by, stored.source, stored.reason) == ("ben", "cli", "nightly")
    assert stored.waiting_for == "its turn on farm-0001"


async def test_a_queued_action_is_told_and_wakes_the_engine(floor: Floor) -> None:
    await floor.farm()
    floor.bench.let_go.set()
    after = await floor.database.feed.head()

    async with floor.engine().running():
        operation = await service(floor).launch(ANNA, EM)
        await floor.until_status(operation, OperationStatus.SUCCEEDED)

    batch = await floor.told(after)
    assert [event.data["status"] for event in batch] == ["queued", "running", "succeeded"]


async def test_an_identical_queued_action_is_the_same_operation(floor: Floor) -> None:
    await floor.farm()
    emulators = service(floor)

    first = await emulators.launch(ANNA, EM)
    again = await emulators.launch(BEN, EM)

    assert again.id == first.id
    assert len(await floor.statuses()) == 1


async def test_a_launch_of_another_app_is_not_the_same(floor: Floor) -> None:
    await floor.farm()
    emulators = service(floor)
    first = await emulators.launch(ANNA, EM)

    with pytest.raises(errors.EmulatorWrongState) as refused:
        await emulators.launch(ANNA, EM, package="com.example.app")

    assert refused.value.state == f"running once {first.id} is over"


async def test_actions_are_checked_against_what_is_queued(floor: Floor) -> None:
    await floor.farm()
    emulators = service(floor)

    first = await emulators.launch(ANNA, EM)
    second = await quit_of(floor, EM)
    third = await emulators.launch(ANNA, EM)

    assert len({first.id, second.id, third.id}) == 3
    assert second.waiting_for == f"the launch before it on this emulator ({first.id})"
    with pytest.raises(errors.EmulatorWrongState):
        await emulators.launch(ANNA, EM, package="com.example.app")


@pytest.mark.parametrize(
    ("emulator", "state"),
    [
        (seen(Power.RUNNING, android=Android.READY), "ready"),
        (seen(Power.STARTING), "starting"),
        (seen(Power.RUNNING, android=Android.FROZEN), "frozen"),
        (seen(Power.RUNNING, trouble="no virtual machine"), "degraded"),
    ],
)
async def test_what_runs_is_not_launched(floor: Floor, emulator: Emulator, state: str) -> None:
    await floor.farm(emulators=0)
    await floor.put(emulator)

    with pytest.raises(errors.EmulatorWrongState) as refused:
        await service(floor).launch(ANNA, EM)

    assert str(refused.value) == f"The emulator em_0001 is {state}; launch needs it stopped."
    assert await floor.statuses() == {}


async def test_what_is_stopped_is_not_quit(floor: Floor) -> None:
    await floor.farm()

    with pytest.raises(errors.EmulatorWrongState) as refused:
        await quit_of(floor, EM)

    assert (refused.value.state, refused.value.needed) == ("stopped", "running")


@pytest.mark.parametrize("verb", [Verb.LAUNCH, Verb.QUIT])
async def test_a_state_that_is_not_known_forbids_nothing(floor: Floor, verb: Verb) -> None:
    await floor.farm(emulators=0, health=Health(status=WorkstationStatus.UNREACHABLE))
    await floor.put(replace(seen(Power.RUNNING), current=False))

    operation = await asking(floor).ask(ANNA, verb, emulator_id=EM)

    assert operation.status is OperationStatus.QUEUED


async def test_an_emulator_that_is_gone_is_not_asked(floor: Floor) -> None:
    await floor.farm(emulators=0)
    await floor.put(replace(an_emulator(), removed_at=START))

    with pytest.raises(errors.EmulatorGone):
        await service(floor).launch(ANNA, EM)


async def test_an_unknown_emulator_is_not_found(floor: Floor) -> None:
    with pytest.raises(errors.EmulatorNotFound):
        await service(floor).launch(ANNA, "em_nope")


async def test_without_a_desktop_a_launch_is_refused_and_a_quit_is_not(floor: Floor) -> None:
    nobody = Health(status=WorkstationStatus.NO_DESKTOP)
    await floor.farm(emulators=1, health=nobody)
    await floor.put(replace(seen(Power.RUNNING), id=an_emulator(2).id, index=2))
    emulators = service(floor)

    with pytest.raises(errors.NoDesktopSession) as refused:
        await emulators.launch(ANNA, EM)
    quit_ = await quit_of(floor, "em_0002")

    assert refused.value.workstation == "farm-0001"
    assert quit_.status is OperationStatus.QUEUED


async def test_the_same_key_gives_the_same_operation_even_when_it_is_over(floor: Floor) -> None:
    await a_ready_one(floor)
    first = await quit_of(floor, EM, idempotency_key="k1")
    async with floor.database() as work:
        await work.operations.put((await work.operations.get(first.id)).cancelled(at=START))

    again = await quit_of(floor, EM, idempotency_key="k1")

    assert (again.id, again.status) == (first.id, OperationStatus.CANCELLED)


@pytest.mark.parametrize("other", [{"package": "com.example.app"}, {"reason": "another"}])
async def test_a_key_is_for_one_request(floor: Floor, other: Mapping[str, Any]) -> None:
    await floor.farm()
    emulators = service(floor)
    await emulators.launch(ANNA, EM, idempotency_key="k1")

    with pytest.raises(errors.IdempotencyKeyReused):
        await emulators.launch(ANNA, EM, idempotency_key="k1", **other)


async def test_a_merged_request_has_its_own_key(floor: Floor) -> None:
    await floor.farm()
    emulators = service(floor)
    first = await emulators.launch(ANNA, EM)
    merged = await emulators.launch(BEN, EM, idempotency_key="k1")
    async with floor.database() as work:
        await work.operations.put((await work.operations.get(first.id)).cancelled(at=START))

    again = await emulators.launch(BEN, EM, idempotency_key="k1")

    assert first.id == merged.id == again.id
    with pytest.raises(errors.IdempotencyKeyReused):
        await emulators.launch(BEN, EM, package="com.example.app", idempotency_key="k1")


async def test_a_key_lasts_a_day(floor: Floor) -> None:
    await a_ready_one(floor)
    first = await quit_of(floor, EM, idempotency_key="k1")
    async with floor.database() as work:
        await work.operations.put((await work.operations.get(first.id)).cancelled(at=START))

    floor.clock.advance(24 * 3600 - 1)
    same = await quit_of(floor, EM, idempotency_key="k1")
    floor.clock.advance(1)
    anew = await quit_of(floor, EM, idempotency_key="k1")

    assert same.id == first.id
    assert anew.id != first.id


async def test_the_keys_of_two_people_do_not_meet(floor: Floor) -> None:
    await floor.farm(emulators=2)
    emulators = service(floor)

    mine = await emulators.launch(ANNA, EM, idempotency_key="k1")
    yours = await emulators.launch(BEN, "em_0002", idempotency_key="k1")

    assert mine.id != yours.id


@pytest.mark.parametrize("key", ["", "x" * 201, "ключ", "a\nb"])
async def test_a_key_is_printable(floor: Floor, key: str) -> None:
    await floor.farm()

    with pytest.raises(errors.FieldInvalid) as refused:
        await service(floor).launch(ANNA, EM, idempotency_key=key)

    assert refused.value.field == "Idempotency-Key"


async def test_annotations_change_what_is_given_and_keep_the_rest(floor: Floor) -> None:
    await floor.farm()
    emulators = service(floor)

    tagged = await emulators.annotate(ANNA, EM, tags=("qa",))
    protected = await emulators.annotate(ANNA, EM, notes="mine", protected=True, expected_version=2)

    assert (tagged.tags, tagged.version) == (("qa",), 2)
    assert (protected.tags, protected.notes, protected.protected) == (("qa",), "mine", True)
    with pytest.raises(errors.RecordChanged):
        await emulators.annotate(ANNA, EM, notes="late", expected_version=2)


async def test_emulators_are_listed(floor: Floor) -> None:
    await floor.farm(emulators=3)
    emulators = service(floor)

    page = await emulators.list(ANNA, EmulatorQuery(status=EmulatorStatus.STOPPED), limit=2)
    rest = await emulators.list(
        ANNA, EmulatorQuery(status=EmulatorStatus.STOPPED), cursor=page.next_cursor, limit=2
    )

    assert [e.emulator.id for e in (*page.items, *rest.items)] == ["em_0001", "em_0002", "em_0003"]
    assert (await emulators.get(ANNA, EM)).name == "player 1"
