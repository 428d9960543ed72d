"""Every verb from the command line: what is sent, asked before, refused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ldfleet.cli import waiting
from ldfleet.domain.emulator import Adb, Android, Observation, Power
from ldfleet.domain.operation import Operation
from ldfleet.ports import Journal
from support.clock import START
from support.commandline import CommandLine
from support.edges import ONLINE, Edge
from support.stores import an_emulator

READY = Observation(
    at=START, power=Power.RUNNING, android=Android.READY, adb=Adb.READY, since=START
)
FILE = r"D:\backups\one.ldbk"
RUNNING: list[tuple[list[str], str, dict[str, Any]]] = [
    (["reboot", "em_0001"], "reboot", {}),
    (["install", "em_0001", "--file", r"D:\one.apk"], "install", {"file": r"D:\one.apk"}),
    (["uninstall", "em_0001", "--package", "com.a.b"], "uninstall", {"package": "com.a.b"}),
    (["run", "player 1", "--package", "com.a.b"], "run", {"package": "com.a.b"}),
    (["kill", "em_0001", "--package", "com.a.b"], "kill", {"package": "com.a.b"}),
    (["adb", "em_0001", "--", "shell", "ls", "-l"], "adb", {"command": "shell ls -l"}),
    (
        ["setprop", "em_0001", "phone.imei", "auto"],
        "setprop",
        {"key": "phone.imei", "value": "auto"},
    ),
    (
        ["locate", "em_0001", "--longitude", "-3.5", "--latitude", "40"],
        "locate",
        {"longitude": -3.5, "latitude": 40.0},
    ),
]
STOPPED: list[tuple[list[str], str, dict[str, Any]]] = [
    (["rename", "em_0001", "farm-07"], "rename", {"name": "farm-07"}),
    (["clone", "em_0001"], "clone", {"new_ids": True, "stop_source": False}),
    (
        ["clone", "em_0001", "--keep-ids", "--stop-source", "--name", "b"],
        "clone",
        {"name": "b", "new_ids": False, "stop_source": True},
    ),
    (["backup", "em_0001"], "backup", {}),
    (["backup", "em_0001", "--file", FILE], "backup", {"file": FILE}),
    (["restore", "em_0001", FILE, "--yes"], "restore", {"file": FILE}),
    (["remove", "em_0001", "--yes"], "remove", {}),
    (
        ["create", "farm-0001", "--name", "new", "--tag", "qa", "--cpu", "2"],
        "create",
        {"name": "new", "tags": ["qa"], "settings": {"cpu": 2}},
    ),
    (
        ["modify", "em_0001", "--screen", "1280x720@240", "--no-root"],
        "modify",
        {"settings": {"screen": {"width": 1280, "height": 720, "dpi": 240}, "root": False}},
    ),
]
ON_WORKSTATION: list[tuple[list[str], str, dict[str, Any]]] = [
    (
        ["global-settings", "farm-0001", "--fps", "30", "--no-audio"],
        "global_settings",
        {"fps": 30, "audio": False},
    ),
    (
        ["console", "farm-0001", "--deadline", "2m", "--", "ipconfig.exe", "/all"],
        "console",
        {"argv": ["ipconfig.exe", "/all"], "deadline_s": 120.0},
    ),
    (["sort-windows", "farm-0001"], "sort_windows", {}),
    (["quit-all", "ws_0001", "--yes"], "quit_all", {}),
]


async def farm(edge: Edge, *, running: bool = False, emulators: int = 1) -> None:
    await edge.floor.farm(emulators=emulators, health=ONLINE)
    if running:
        await edge.floor.put(an_emulator(observed=READY))


@pytest.mark.parametrize(
    ("noun", "words", "running", "verb", "params"),
    [
        *(("emulators", words, True, verb, params) for words, verb, params in RUNNING),
        *(("emulators", words, False, verb, params) for words, verb, params in STOPPED),
        *(("workstations", words, False, verb, params) for words, verb, params in ON_WORKSTATION),
    ],
)
async def test_a_verb_becomes_an_operation(
    cli: CommandLine,
    edge: Edge,
    noun: str,
    words: list[str],
    *,
    running: bool,
    verb: str,
    params: dict[str, Any],
) -> None:
    await farm(edge, running=running)

    name, *rest = words
    done = await cli(noun, name, "--no-wait", "--reason", "nightly", *rest)

    assert done.exit_code == 0, done.stderr
    operation = await edge.floor.operation(done.stdout.strip())
    assert (operation.verb, operation.params, operation.reason) == (verb, params, "nightly")


async def test_every_setting_of_modify_has_an_option(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    wanted: dict[str, Any] = {
        "cpu": 4,
        "memory_mib": 4096,
        "manufacturer": "acme",
        "model": "one two",
        "phone_number": "+15550100",
        "imei": "auto",
        "imsi": "310260000000000",
        "sim_serial": "auto",
        "android_id": "0123456789abcdef",
        "mac": "auto",
    }
    options = [
        word
        for name, value in wanted.items()
        for word in ("--" + name.removesuffix("_mib").replace("_", "-"), str(value))
    ]

    done = await cli(
        *("emulators", "modify", "em_0001", "--no-wait", *options),
        *("--auto-rotate", "--no-lock-window", "--root", "--adb", "--screen", "720x1280@320"),
    )

    assert done.exit_code == 0, done.stderr
    settings = (await edge.floor.operation(done.stdout.strip())).params["settings"]
    screen = {"width": 720, "height": 1280, "dpi": 320}
    flags = {"auto_rotate": True, "lock_window": False, "root": True, "adb": True}
    assert settings == {**wanted, **flags, "screen": screen}


@pytest.mark.parametrize(
    "options", [["--screen", "big"], ["--cpu", "99"], ["--mac", "zz"], []], ids=" ".join
)
async def test_settings_that_can_not_be_are_refused(
    cli: CommandLine, edge: Edge, options: list[str]
) -> None:
    await farm(edge)

    done = await cli("emulators", "modify", "em_0001", *options)

    assert done.exit_code == 2
    assert await edge.floor.statuses() == {}


async def test_a_script_must_say_that_it_means_to_remove(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    done = await cli("emulators", "remove", "em_0001")

    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert await edge.floor.statuses() == {}


async def test_a_protected_one_stays(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    await edge.http.patch("/api/emulators/em_0001", json={"protected": True})

    done = await cli("emulators", "remove", "em_0001", "--yes")

    assert done.exit_code == 6
    assert "protected" in done.stderr
    assert "ldfleet emulators edit EMULATOR --no-protect" in done.stderr


@pytest.mark.parametrize(("typed", "exit_code"), [("farm-07", 0), ("yes", 1), ("farm-08", 1)])
def test_a_person_types_the_name(typed: str, exit_code: int) -> None:
    app = typer.Typer()

    @app.command()
    def drop() -> None:
        waiting.refuse_unless_typed("Remove farm-07?", "farm-07", yes=False, terminal=True)
        typer.echo("removed")

    done = CliRunner().invoke(app, [], input=f"{typed}\n")

    assert done.exit_code == exit_code
    assert "Remove farm-07? Type farm-07 to go on" in done.stderr
    assert ("removed" in done.stdout) is (exit_code == 0)


async def test_a_busy_one_refuses_who_would_not_queue(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    await cli("emulators", "launch", "em_0001", "--no-wait")

    done = await cli("emulators", "quit", "em_0001", "--on-busy", "refuse")

    assert done.exit_code == 6
    assert "has a launch to do already" in done.stderr
    assert "on_busy queue" in done.stderr


async def test_the_wrong_state_says_what_is_needed(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    done = await cli("emulators", "reboot", "em_0001")

    assert done.exit_code == 6
    assert "reboot needs it running" in done.stderr


async def test_what_was_asked_of_one_is_listed(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=2)
    await cli("emulators", "launch", "em_0001", "em_0002", "--no-wait")

    done = await cli("emulators", "operations", "em_0002", "-o", "json")

    assert [item["emulator_id"] for item in json.loads(done.stdout)["items"]] == ["em_0002"]


async def test_what_people_note_of_an_emulator_is_edited(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)

    edited = await cli(
        *("emulators", "edit", "em_0001", "--protect", "--tag", "qa", "--notes", "mine"),
        *("-o", "json"),
    )
    cleared = await cli(
        "emulators", "edit", "em_0001", "--no-protect", "--tag", "", "--notes", "", "-o", "json"
    )
    nothing = await cli("emulators", "edit", "em_0001")

    shown, after = json.loads(edited.stdout), json.loads(cleared.stdout)
    assert (shown["protected"], shown["tags"], shown["notes"]) == (True, ["qa"], "mine")
    assert (after["protected"], after["tags"], after["notes"]) == (False, [], "")
    assert nothing.exit_code == 2


@pytest.mark.parametrize(("code", "exit_code"), [(0, 0), (3, 1)])
async def test_a_raw_command_prints_what_it_printed(
    cli: CommandLine, edge: Edge, code: int, exit_code: int
) -> None:
    async def printed(_operation: Operation, _journal: Journal) -> Mapping[str, Any]:
        text = "one\r\n\ttwo \x1b[2J\r\n"
        return {"exit_code": code, "output": text, "error": "hm\r\n", "cut": False}

    edge.floor.bench.act = printed
    await farm(edge)
    words = ("workstations", "console", "farm-0001")
    async with edge.engine.running():
        done = await cli(*words, "--", "tool.exe")
        told = await cli(*words, "-o", "json", "--", "tool.exe")

    assert (done.exit_code, told.exit_code) == (exit_code, exit_code)
    assert done.stdout == "one\n        two \N{REPLACEMENT CHARACTER}[2J\n"
    assert "hm" in done.stderr
    assert ("its exit code is 3" in done.stderr) is (code == 3)
    assert json.loads(told.stdout)["result"]["exit_code"] == code
