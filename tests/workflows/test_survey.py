from collections.abc import Mapping

import pytest

from ldfleet.domain.workstation import Stage, StageName
from ldfleet.transports.powershell import text_of
from ldfleet.workflows.survey import RUNNER, RUNNER_VERSION, LDPlayerSurvey
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


async def test_a_pc_that_is_not_prepared_for_its_desktop_is_told_so(fleet: Fleet) -> None:
    fleet.switch(no_desktop_task=True)

    stage = (await survey(fleet))[StageName.DESKTOP]

    assert (stage.ok, stage.code) == (False, "desktop_task_missing")
    assert "prepare-a-workstation" in (stage.hint or "")


async def test_a_task_without_its_script_is_no_desktop_task(fleet: Fleet) -> None:
    fleet.pc().machine.host.files.remove(RUNNER)

    assert (await survey(fleet))[StageName.DESKTOP].code == "desktop_task_missing"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (b"# ldfleet:run v2\r\n", "; run.ps1 v2"),
        (b"# ldfleet:run v1\n", "; run.ps1 v1; v2 is shipped, prepare the PC again"),
        (b"Write-Host hello\r\n", "; run.ps1 is none of ldfleet's"),
    ],
)
async def test_the_version_of_the_desktops_script_is_told(
    fleet: Fleet, script: bytes, told: str
) -> None:
    fleet.pc().machine.host.files.write(RUNNER, script)

    stage = (await survey(fleet))[StageName.DESKTOP]

    assert stage.ok is True
    assert (stage.detail or "").endswith(told)


def test_the_version_it_compares_with_is_the_shipped_one() -> None:
    assert text_of("run").startswith(f"# ldfleet:run v{RUNNER_VERSION}\n")


async def test_low_disk_is_a_warning(fleet: Fleet) -> None:
    fleet.switch(free_bytes_c=5 * 2**30)

    stage = (await survey(fleet))[StageName.DISK]

    assert stage.ok is True
    assert "low on C" in (stage.detail or "")


async def test_a_lost_link_fails_the_rungs_and_raises_nothing(fleet: Fleet) -> None:
    fleet.switch(unreachable=True)

    stages = await survey(fleet)

    assert {stage.code for stage in stages.values()} == {"workstation_unreachable"}
