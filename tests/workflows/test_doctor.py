"""Doctor on a simulated PC: all is asked, what fails is unknown, and nothing is changed."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from ldfleet.domain.checkup import Checkup, Finding, Verdict
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.ldplayer.probes.table import PROBES
from ldfleet.ports import Transport
from ldfleet.simulator.host import Invocation
from ldfleet.transports.connector import KeptConnector
from support.fastfleet import Fleet, a_fleet

LOOKS = {"list2", "list3", "isrunning", "runninglist", "operatelist", "action", "adb"}


async def checkup_of(fleet: Fleet) -> Checkup | None:
    async with fleet.database() as work:
        return await work.checkups.find(WorkstationId("ws_0001"))


async def examined(fleet: Fleet) -> tuple[Operation, Checkup]:
    operation = await fleet.do(Verb.DOCTOR)
    checkup = await checkup_of(fleet)
    assert checkup is not None
    return operation, checkup


async def findings(fleet: Fleet) -> Mapping[str, Finding]:
    _, checkup = await examined(fleet)
    return {each.probe: each for each in checkup.findings}


def unknowns(found: Mapping[str, Finding]) -> set[str]:
    """The questions that were asked in vain."""
    return {name for name, each in found.items() if each.asked and each.verdict is Verdict.UNKNOWN}


async def test_every_question_is_a_finding_and_stays_on_record(fleet: Fleet) -> None:
    operation, checkup = await examined(fleet)

    assert operation.status is OperationStatus.SUCCEEDED
    assert operation.result == {each.value: checkup.count(each) for each in Verdict}
    assert [each.probe for each in checkup.findings] == [
        *(probe.id for probe in PROBES if not probe.of_install),
        *(probe.id for probe in PROBES if probe.of_install),
    ]
    assert checkup.operation_id == operation.id
    assert {each.about for each in checkup.findings} == {None, r"C:\LDPlayer\LDPlayer9"}


async def test_doctor_changes_nothing(fleet: Fleet) -> None:
    def emulators() -> object:
        return fleet.pc().machine.describe()["installs"]

    before = emulators()

    await examined(fleet)

    said = {
        entry.argv[1]
        for entry in fleet.farm.journal.after()
        if entry.kind == "ldconsole" and len(entry.argv) > 1
    }
    assert said == LOOKS
    assert emulators() == before


async def test_a_running_emulator_answers_what_needs_one(fleet: Fleet) -> None:
    await fleet.do(Verb.LAUNCH, 1)
    fleet.pc().machine.host.files.write(
        r"C:\LDPlayer\LDPlayer9\dnplayer.exe", b"<requestedExecutionLevel level='asInvoker'/>"
    )

    found = await findings(fleet)

    assert found["adb-binding"].answer == "5557 (adbDebug 1): 127.0.0.1"
    assert found["operatelist"].answer == "a JSON list, here of 0"
    assert "on: running" in found["running-words"].answer
    assert "no emulator was starting" in found["running-words"].answer


SILENT: Mapping[str, set[str]] = {
    "netstat.exe": {"adb-binding"},
    "cscript.exe": {"root-sddl", "winrm-quotas"},
    "findstr.exe": {"elevation"},
    "schtasks.exe": {"desktop-task"},
    "tasklist.exe": {"skip-cmd-shell", "session"},
    "reg.exe": {"ntlm", "code-pages"},
    "whoami.exe": {"login-rights", "root-sddl", "desktop-task"},
}


@pytest.mark.parametrize("program", SILENT)
@pytest.mark.parametrize("fault", ["program_missing", "program_garbage"])
async def test_a_program_that_fails_leaves_its_questions_open_and_no_others(
    quick_fleet: Fleet, fault: str, program: str
) -> None:
    usual = await findings(quick_fleet)

    quick_fleet.switch(on=1, **{fault: program})
    found = await findings(quick_fleet)

    assert unknowns(found) >= SILENT[program]
    assert unknowns(found) - unknowns(usual) <= SILENT[program] | {"registry", "elevation"}


class Impatient:
    """A connector whose transports wait half a second for a program, whatever they are told."""

    def __init__(self, connector: KeptConnector) -> None:
        self._connector = connector

    @asynccontextmanager
    async def connect(self, *where: Any) -> AsyncGenerator[Transport]:
        async with self._connector.connect(*where) as transport:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(transport, "run", partial(_run_quickly, transport.run))
                yield transport

    async def aclose(self) -> None:
        await self._connector.aclose()


async def _run_quickly(run: Any, argv: Sequence[str], *, deadline: float, **how: Any) -> Any:
    return await run(argv, deadline=min(deadline, 0.5), **how)


async def test_a_program_that_hangs_leaves_the_others_to_be_asked(quick_fleet: Fleet) -> None:
    quick_fleet.connector = cast("KeptConnector", Impatient(quick_fleet.connector))
    quick_fleet.switch(program_hangs="cscript.exe", ldconsole_hangs="isrunning")

    found = await findings(quick_fleet)

    assert {"root-sddl", "winrm-quotas", "missing-instance", "running-words"} <= unknowns(found)
    assert "cscript.exe" in found["winrm-quotas"].answer
    assert (found["session"].verdict, found["bare"].verdict) == (Verdict.OK, Verdict.OK)


async def test_nonsense_of_list2_is_unknown(fleet: Fleet) -> None:
    fleet.switch(garbage_list2=True)

    found = await findings(fleet)

    assert found["bare"].verdict is Verdict.OK
    assert found["ldconsole-session-0"].verdict is Verdict.UNKNOWN


async def test_nobody_at_the_desk_is_told_with_its_remedy(fleet: Fleet) -> None:
    fleet.switch(no_desktop_session=True)

    task = (await findings(fleet))["desktop-task"]

    assert task.verdict is Verdict.UNKNOWN
    assert task.remedy


@pytest.mark.parametrize(
    ("fault", "probe"),
    [
        ({"no_desktop_task": True}, "desktop-task"),
        ({"filtered_token": True}, "login-rights"),
        ({"winrm_shells": 3}, "winrm-quotas"),
        ({"skip_cmd_shell_ignored": True}, "skip-cmd-shell"),
        ({"registry_missing": True}, "registry"),
    ],
)
async def test_what_is_to_be_mended_is_a_warning_with_its_remedy(
    fleet: Fleet, fault: dict[str, Any], probe: str
) -> None:
    fleet.switch(**fault)

    found = (await findings(fleet))[probe]

    assert (found.verdict, bool(found.remedy)) == (Verdict.WARNING, True)


async def test_a_pc_without_ldplayer_is_asked_about_windows(fleet: Fleet) -> None:
    fleet.switch(not_installed=True)
    workstation = await fleet.workstation()
    async with fleet.database() as work:
        health = replace(workstation.health, installs=())
        await work.workstations.observe(workstation.id, health)

    found = await findings(fleet)

    assert found["session"].verdict is Verdict.OK
    assert "bare" not in found


async def test_a_pc_that_is_lost_fails_the_operation_and_keeps_what_was_known(
    fleet: Fleet,
) -> None:
    _, before = await examined(fleet)
    fleet.switch(unreachable=True)

    operation = await fleet.do(Verb.DOCTOR)

    assert operation.status is OperationStatus.FAILED
    assert (operation.failure or {})["code"] == "workstation_unreachable"
    assert await checkup_of(fleet) == before


CANARY = "xk7canary"


@pytest.fixture
async def telling_fleet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Fleet]:
    """A PC that tells of its people wherever it can."""
    async with a_fleet(request.config, tmp_path) as made:
        machine = made.pc().machine
        for index in (1, 2):
            path = rf"C:\LDPlayer\LDPlayer9\vms\config\leidian{index}.config"
            config = json.loads(machine.host.files.read(path))
            config["statusSettings.playerName"] = f"{CANARY}-Мария" if index == 1 else f"{CANARY}2"
            config["statusSettings.sharedPictures"] = f"C:/Users/{CANARY}/Pictures"
            machine.host.files.write(
                path, json.dumps(config, ensure_ascii=False, indent=4).encode()
            )
        yield made


GOSSIP = (
    "IMEI 356938035643809 token ldf_0123456789abcdef MAC 00DB0A1B2C3D serial "
    "00330-53210-00000-AA123 fe80::1c2d:3e4f \\\\gossip-nas\\share gossip@example.org "
    "S-1-5-21-917267712-1342860078-1792-1013"
)
SECRETS = (
    *("356938035643809", "0123456789abcdef", "00DB0A1B2C3D", "1c2d", "gossip", "917267712"),
    *("53210", "192.168.40.23", "192.168.40.10", "fleet-server.lan", CANARY, "Мария", "ldops"),
)


async def test_no_canary_flies_out_of_the_bundle(telling_fleet: Fleet) -> None:
    fleet = telling_fleet
    await fleet.add(name=f"{CANARY}-pc")
    host = fleet.pc().machine.host
    host.name = f"{CANARY}host"
    fleet.pc().machine.sessions.user = CANARY
    await fleet.scan()
    await fleet.do(Verb.LAUNCH, 1)
    netstat, reg = (
        host.programs[r"c:\windows\system32\netstat.exe"],
        host.programs[r"c:\windows\system32\reg.exe"],
    )

    async def gossip(invocation: Invocation) -> int:
        code = await (netstat if "netstat" in invocation.path else reg)(invocation)
        invocation.out(f"{CANARY} {GOSSIP} C:\\Users\\{CANARY}home\\a\r\n")
        invocation.err(f"{CANARY}HOST\\{CANARY}\r\n".upper())
        return code

    for name in ("netstat.exe", "reg.exe"):
        host.programs[rf"c:\windows\system32\{name}"] = gossip

    _, checkup = await examined(fleet)

    told = json.dumps(checkup.bundle, ensure_ascii=False)
    assert [one for one in SECRETS if one.casefold() in told.casefold()] == []
    assert "<host>" in told and "<user>" in told and "<emulator>" in told
    assert "TCP    127.0.0.1:5557" in told


async def test_the_bundle_has_all_that_was_asked_and_said(fleet: Fleet) -> None:
    _, checkup = await examined(fleet)

    bundle = checkup.bundle
    heard = {each["probe"]: each["heard"] for each in bundle["answers"]}
    assert bundle["format"] == "ldfleet-doctor 1"
    assert bundle["installs"][0]["version"] == "9.5.32.0"
    assert {each["probe"] for each in bundle["findings"]} == {probe.id for probe in PROBES}
    assert heard["bare"][0]["stdout"].startswith("dnplayer Command Line Management Interface\r\n")
    assert heard["missing-instance"][0]["argv"][1:] == ["isrunning", "--index", "98765"]
    assert (
        heard["scene"][1]["files"][r"C:\LDPlayer\LDPlayer9\vms\config\leidian1.config"]["types"][
            "propertySettings.phoneIMEI"
        ]
        == "text of 15"
    )
