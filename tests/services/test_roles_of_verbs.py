"""A verb that takes an administrator takes one by whichever way it is asked for."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.bootstrap.scheduling import scheduling
from ldfleet.domain.actor import SYSTEM, Actor, Role
from ldfleet.domain.operation import Operation
from ldfleet.domain.schedule import Target
from ldfleet.domain.timing import Timing
from ldfleet.domain.verb import RULES, Verb
from ldfleet.services.batches import Batches, Wish
from ldfleet.services.requests import Requests
from ldfleet.services.scheduled import ScheduledBatches
from ldfleet.services.schedules import Draft
from ldfleet.services.selection import Selection
from ldfleet.services.users import Rights
from support.accounts import ROOT, a_person, the_people
from support.engines import Floor

ADMIN = Actor(name="anna")
OPERATOR = Actor(name="ben", role=Role.OPERATOR)
WS = "ws_0001"
PARAMS = {"argv": ["hostname.exe"]}
WISH = Wish(verb=Verb.CONSOLE, selection=Selection(ids=(WS,)), params=PARAMS)
NIGHTLY = Draft(
    name="nightly",
    verb=Verb.CONSOLE,
    target=Target(ids=(WS,)),
    params=PARAMS,
    timing=Timing(cron="0 3 * * *"),
)


def requests(floor: Floor) -> Requests:
    return Requests(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


def batches(floor: Floor) -> Batches:
    return Batches(
        storage=floor.database,
        admission=floor.database.admission,
        clock=floor.clock,
        new_id=floor.new_id,
    )


def scheduled(floor: Floor) -> ScheduledBatches:
    return ScheduledBatches(
        batches=batches(floor), admission=floor.database.admission, clock=floor.clock
    )


async def failed(floor: Floor) -> Operation:
    asked = await requests(floor).ask(ADMIN, Verb.CONSOLE, workstation_id=WS, params=PARAMS)
    queued = await floor.operation(asked.id)
    over = queued.failed(at=floor.clock.now(), failure=errors.InternalError())
    async with floor.database() as work:
        await work.operations.put(over)
    return over


async def asked_alone(floor: Floor, actor: Actor) -> Any:
    await requests(floor).ask(actor, Verb.CONSOLE, workstation_id=WS, params=PARAMS)


async def asked_again(floor: Floor, actor: Actor) -> Any:
    await requests(floor).retry(actor, (await failed(floor)).id)


async def in_a_batch(floor: Floor, actor: Actor) -> Any:
    await batches(floor).submit(actor, WISH)


async def as_a_plan(floor: Floor, actor: Actor) -> Any:
    await batches(floor).plan(actor, WISH)


async def by_a_schedule(floor: Floor, actor: Actor) -> Any:
    await scheduling(floor.database, clock=floor.clock, new_id=floor.new_id).schedules.add(
        actor, NIGHTLY
    )


WAYS = [asked_alone, asked_again, in_a_batch, as_a_plan, by_a_schedule]


@pytest.mark.parametrize("way", WAYS)
async def test_an_operator_gets_no_raw_command_by_any_way(
    floor: Floor, way: Callable[[Floor, Actor], Awaitable[Any]]
) -> None:
    await floor.farm()

    with pytest.raises(errors.PermissionDenied) as refused:
        await way(floor, OPERATOR)

    assert (refused.value.needed, refused.value.role) == ("admin", "operator")


@pytest.mark.parametrize("way", WAYS)
async def test_an_administrator_may(
    floor: Floor, way: Callable[[Floor, Actor], Awaitable[Any]]
) -> None:
    await floor.farm()

    await way(floor, ADMIN)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
async def test_a_schedule_may_what_its_owner_may_now(floor: Floor, role: Role) -> None:
    await floor.farm()
    who = the_people(floor)
    await a_person(who, "root2", Role.ADMIN)
    anna = await a_person(who, "anna", Role.ADMIN)
    schedules = scheduling(floor.database, clock=floor.clock, new_id=floor.new_id).schedules
    schedule = await schedules.add(anna.actor, NIGHTLY)
    await who.users.change(ROOT, anna.user.id, Rights(role=role))

    async with floor.database() as work:
        run = scheduled(floor).submit(work, schedule, actor=SYSTEM)
        if role is Role.ADMIN:
            assert (await run).startswith("ba_")
        else:
            with pytest.raises(errors.ScheduleOwnerUnfit, match="takes a role of admin"):
                await run


def test_every_other_verb_is_for_operators() -> None:
    assert {verb for verb in Verb if RULES[verb].role is not Role.OPERATOR} == {Verb.CONSOLE}
