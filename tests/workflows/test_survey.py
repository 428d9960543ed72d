from collections.abc import Mapping

from ldfleet.domain.workstation import Stage, StageName
from ldfleet.workflows.survey import LDPlayerSurvey
from support.fastfleet import Fleet


async def survey(fleet: Fleet) -> Mapping[StageName, Stage]:
    workstation = await fleet.workstation()
    async with fleet.database() as work:
        credentials = await work.secrets.get(workstation.id)
    async with fleet.connector.connect(workstation, credentials) as transport:
        stages = await LDPlayerSurvey(clock=fleet.clock)(workstation, transport)
    return {stage.name: stage for stage in stages}


async def test_a_good_workstation_passes_every_rung(fleet: Fleet) -> None:
    stages = await survey(fleet)

    assert list(stages) == [StageName.LDPLAYER, StageName.DESKTOP, StageName.DISK]
    assert all(stage.ok for stage in stages.values())
    assert "LDPlayer9" in (stages[StageName.LDPLAYER].detail or "")


async def test_every_failed_rung_has_a_code_and_a_hint(fleet: Fleet) -> None:
    fleet.switch(no_desktop_session=True, not_installed=True, full_disk=True)

    stages = await survey(fleet)

    assert [stage.code for stage in stages.values()] == [
        "ldplayer_not_installed",
        "no_desktop_session",
        "disk_full",
    ]
    assert all(stage.hint for stage in stages.values())


async def test_low_disk_is_a_warning(fleet: Fleet) -> None:
    fleet.switch(free_bytes_c=5 * 2**30)

    stage = (await survey(fleet))[StageName.DISK]

    assert stage.ok is True
    assert "low on C" in (stage.detail or "")


async def test_a_lost_link_fails_the_rungs_and_raises_nothing(fleet: Fleet) -> None:
    fleet.switch(unreachable=True)

    stages = await survey(fleet)

    assert {stage.code for stage in stages.values()} == {"workstation_unreachable"}
