"""The one way to ask for a verb: its target, its terms, and what a busy emulator answers."""

from datetime import timedelta
from typing import Any, cast

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.facts import Install
from ldfleet.domain.ids import BatchId
from ldfleet.domain.operation import Priority
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.services.requests import Requests, Terms
from support.clock import START
from support.engines import Floor

ANNA = Actor(name="anna")
EM = "em_0001"
WS = "ws_0001"
LDPLAYER9 = Install(
    path=r"C:\LDPlayer\LDPlayer9",
    generation=9,
    version=None,
    data_path=r"C:\LDPlayer\LDPlayer9\vms",
)


def service(floor: Floor) -> Requests:
    return Requests(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


async def test_an_operation_keeps_the_terms_it_was_asked_with(floor: Floor) -> None:
    await floor.farm()
    terms = Terms(priority=Priority.SCHEDULE, expires_at=START + timedelta(hours=1))

    asked = await service(floor).ask(ANNA, Verb.LAUNCH, emulator_id=EM, timeout=90, terms=terms)

    stored = await floor.operation(asked.id)
    assert (stored.timeout, stored.priority) == (90.0, Priority.SCHEDULE)
    assert stored.expires_at == START + timedelta(hours=1)


async def test_a_busy_emulator_refuses_who_would_not_queue(floor: Floor) -> None:
    await floor.farm()
    requests = service(floor)
    first = await requests.ask(ANNA, Verb.LAUNCH, emulator_id=EM)

    with pytest.raises(errors.EmulatorBusy) as refused:
        await requests.ask(ANNA, Verb.QUIT, emulator_id=EM, on_busy="refuse")

    assert str(refused.value) == f"The emulator em_0001 has a launch to do already ({first.id})."
    assert len(await floor.statuses()) == 1


async def test_no_backup_is_written_among_ldplayers_own_files(floor: Floor) -> None:
    await floor.farm(health=Health(status=WorkstationStatus.ONLINE, installs=(LDPLAYER9,)))
    config = {"file": rf"{LDPLAYER9.data_path}\config\leidian3.ldbk"}

    with pytest.raises(errors.FieldInvalid, match="LDPlayer's own folder"):
        await service(floor).ask(ANNA, Verb.BACKUP, emulator_id=EM, params=config)

    assert await floor.statuses() == {}


async def test_an_idle_emulator_takes_who_would_not_queue(floor: Floor) -> None:
    await floor.farm()

    asked = await service(floor).ask(ANNA, Verb.LAUNCH, emulator_id=EM, on_busy="refuse")

    assert asked.verb is Verb.LAUNCH


async def test_a_second_scan_of_a_workstation_is_the_first(floor: Floor) -> None:
    await floor.farm()
    requests = service(floor)

    first = await requests.ask(ANNA, Verb.SCAN, workstation_id=WS)
    again = await requests.ask(ANNA, Verb.SCAN, workstation_id=WS)

    assert again.id == first.id


@pytest.mark.parametrize(
    ("verb", "target", "field"),
    [
        (Verb.LAUNCH, {"workstation_id": WS}, "emulator_id"),
        (Verb.LAUNCH, {"workstation_id": WS, "emulator_id": EM}, "emulator_id"),
        (Verb.LAUNCH, {}, "emulator_id"),
        (Verb.SCAN, {"emulator_id": EM}, "workstation_id"),
        (cast("Verb", "dance"), {"emulator_id": EM}, "verb"),
        (Verb.LAUNCH, {"emulator_id": EM, "timeout": 0}, "timeout_s"),
        (Verb.LAUNCH, {"emulator_id": EM, "params": {"speed": 1}}, "speed"),
    ],
)
async def test_what_does_not_fit_is_refused_by_field(
    floor: Floor, verb: Verb, target: dict[str, Any], field: str
) -> None:
    await floor.farm()

    with pytest.raises(errors.FieldInvalid) as refused:
        await service(floor).ask(ANNA, verb, **target)

    assert refused.value.field == field


async def test_what_is_placed_in_a_transaction_goes_with_it(floor: Floor) -> None:
    await floor.farm(emulators=2)
    requests = service(floor)

    async def ask_two() -> None:
        async with floor.database() as work:
            await requests.place(work, ANNA, Verb.LAUNCH, emulator_id=EM)
            await requests.place(work, ANNA, Verb.LAUNCH, emulator_id="em_nope")

    with pytest.raises(errors.EmulatorNotFound):
        await ask_two()

    assert await floor.statuses() == {}


async def test_the_same_action_of_another_batch_is_not_merged(floor: Floor) -> None:
    await floor.farm()
    requests = service(floor)
    first = await requests.ask(ANNA, Verb.LAUNCH, emulator_id=EM)

    with pytest.raises(errors.EmulatorWrongState) as refused:
        await requests.ask(
            ANNA, Verb.LAUNCH, emulator_id=EM, terms=Terms(batch_id=BatchId("ba_0001"))
        )

    assert refused.value.state == f"running once {first.id} is over"
