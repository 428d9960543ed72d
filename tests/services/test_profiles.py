"""A profile becomes the params of `create` when that is accepted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.hardware import HardwareSettings
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation
from ldfleet.domain.profile import App, IdRule, Profile
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Health, WorkstationStatus
from ldfleet.ports import OperationQuery
from ldfleet.services.batches import Batches, Wish
from ldfleet.services.profiles import Draft, Profiles
from ldfleet.services.requests import Requests
from ldfleet.services.selection import Selection
from support.engines import Floor, a_floor

ANNA = Actor(name="anna")
PHONE = Draft(
    name="phone",
    settings=HardwareSettings(cpu=2, memory_mib=4096),
    identity={"imei": IdRule.NEW, "mac": IdRule.KEEP},
    tags=("qa",),
)
MADE: dict[str, Any] = {"settings": {"cpu": 2, "memory_mib": 4096, "imei": "auto"}, "tags": ["qa"]}


class Desk:
    """Where profiles are kept and operations asked for."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        outside: dict[str, Any] = {
            "storage": floor.database,
            "clock": floor.clock,
            "new_id": floor.new_id,
        }
        self.profiles = Profiles(**outside)
        self.requests = Requests(**outside, admission=floor.database.admission)
        self.batches = Batches(**outside, admission=floor.database.admission)

    async def create(self, **params: object) -> Operation:
        return await self.requests.ask(ANNA, Verb.CREATE, workstation_id="ws_0001", params=params)


@pytest.fixture
async def desk(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_floor(pytestconfig, tmp_path) as floor:
        await floor.farm(emulators=0)
        yield Desk(floor)


@pytest.fixture
async def phone(desk: Desk) -> Profile:
    return await desk.profiles.add(ANNA, PHONE)


async def test_create_takes_settings_new_ids_and_tags_of_a_profile(
    desk: Desk, phone: Profile
) -> None:
    operation = await desk.create(profile=phone.id, name="first")

    assert operation.params == {"name": "first", **MADE}


async def test_what_create_names_itself_wins_over_the_profile(desk: Desk, phone: Profile) -> None:
    operation = await desk.create(profile=phone.id, settings={"cpu": 4}, tags=["own"])

    assert operation.params["settings"] == {**MADE["settings"], "cpu": 4}
    assert operation.params["tags"] == ["own"]


async def test_a_profile_of_nothing_asks_for_nothing(desk: Desk) -> None:
    blank = await desk.profiles.add(ANNA, Draft(name="blank"))

    assert (await desk.create(profile=blank.id)).params == {}


async def test_an_accepted_create_does_not_follow_the_profile(desk: Desk, phone: Profile) -> None:
    operation = await desk.create(profile=phone.id)

    changed = replace(PHONE, settings=HardwareSettings(cpu=1))
    await desk.profiles.change(ANNA, phone.id, changed, expected_version=1)

    assert (await desk.floor.operation(operation.id)).params == MADE


async def test_a_batch_creates_by_a_profile(desk: Desk, phone: Profile) -> None:
    wish = Wish(
        verb=Verb.CREATE, selection=Selection(ids=("ws_0001",)), params={"profile": phone.id}
    )

    report = await desk.batches.submit(ANNA, wish)

    async with desk.floor.database() as work:
        page = await work.operations.list(OperationQuery(batch_id=report.batch.id))
    assert [each.params for each in page.items] == [MADE]


async def test_an_unknown_profile_is_not_found(desk: Desk) -> None:
    with pytest.raises(errors.ProfileNotFound, match="pf_9"):
        await desk.create(profile="pf_9")


async def test_no_other_verb_takes_a_profile(desk: Desk, phone: Profile) -> None:
    with pytest.raises(errors.FieldInvalid, match="profile"):
        await desk.requests.ask(
            ANNA, Verb.SCAN, workstation_id="ws_0001", params={"profile": phone.id}
        )


async def test_create_takes_the_apps_of_a_profile_and_the_time_they_need(desk: Desk) -> None:
    apps = (App(package="com.example.game"), App(file="C:\\Apks\\two.apk"))
    gamer = await desk.profiles.add(ANNA, Draft(name="gamer", apps=apps))

    with_apps = await desk.create(profile=gamer.id)
    without = await desk.create(profile=gamer.id, apps=[])

    assert with_apps.params["apps"] == [
        {"package": "com.example.game"},
        {"file": "C:\\Apks\\two.apk"},
    ]
    assert without.params == {}
    assert with_apps.timeout > without.timeout + 800


async def test_where_nobody_is_logged_on_no_apps_are_installed(desk: Desk) -> None:
    health = Health(status=WorkstationStatus.NO_DESKTOP)
    async with desk.floor.database() as work:
        await work.workstations.observe(WorkstationId("ws_0001"), health)

    with pytest.raises(errors.NoDesktopSession):
        await desk.create(apps=[{"package": "com.example.game"}])
    assert (await desk.create()).verb is Verb.CREATE


@pytest.mark.parametrize(
    ("apps", "field"),
    [
        ("com.example.game", "apps"),
        ([7], "apps.0"),
        ([{"file": "C:\\one.zip"}], "apps.0.file"),
        ([{"package": None}], "apps.0.file"),
        ([{"package": "com.example.game"}] * 51, "apps"),
    ],
)
async def test_apps_that_can_not_be_meant_are_named(desk: Desk, apps: object, field: str) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        await desk.create(apps=apps)

    assert refused.value.field == field
