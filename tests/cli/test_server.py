"""The server itself, from the command line."""

import json
import os
import subprocess
import sys

import pytest

from ldfleet.domain.operation import Step, StepStatus
from support.commandline import CommandLine, run
from support.edges import CANARY, ONLINE, Edge
from support.stores import START, an_operation


async def test_health_needs_no_token(cli: CommandLine) -> None:
    done = await cli("health", LDFLEET_TOKEN=None)

    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split() == ["status", "ok"]


async def test_a_server_that_can_not_work_exits_12(cli: CommandLine, edge: Edge) -> None:
    edge.alive["engine"] = False

    ready = await cli("health", "--ready", "-o", "json")
    alive = await cli("health")

    assert (ready.exit_code, alive.exit_code) == (12, 0)
    told = json.loads(ready.stdout)
    assert told["status"] == "unready"
    assert told["checks"]["engine"] is False
    assert told["checks"]["database"] is True


async def test_settings_are_shown_without_secrets(cli: CommandLine) -> None:
    done = await cli("settings")

    assert done.exit_code == 0
    rows = {row.split()[0]: row.split()[1:] for row in done.stdout.splitlines()}
    assert rows["LDFLEET_LEASE"] == ["30.0", "no"]
    assert rows["LDFLEET_JWT_SECRET"] == ["***", "yes"]
    assert CANARY not in done.stdout


async def test_events_are_followed_as_they_happen(cli: CommandLine, edge: Edge) -> None:
    head = await edge.floor.database.feed.head()
    await edge.added()
    await edge.added(name="pc-02")

    lines = await cli("events", "--after", head, "--limit", "2", "-o", "ndjson")
    told = await cli("events", "--after", head, "--limit", "1")

    events = [json.loads(line) for line in lines.stdout.splitlines()]
    assert (lines.exit_code, len(events)) == (0, 2)
    assert all(event["type"].startswith("workstation.") for event in events)
    assert events[0]["subject"] in told.stdout


async def test_the_steps_of_an_operation_are_shown(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm(emulators=1, health=ONLINE)
    await edge.floor.put(an_operation(1))
    step = Step(
        operation_id=an_operation(1).id,
        name="wait_for_adb",
        status=StepStatus.RUNNING,
        started_at=START,
    )
    async with edge.floor.database() as work:
        await work.operations.put_steps([step])

    done = await cli("operations", "steps", "op_0001")

    assert done.stdout.splitlines()[1].startswith("wait for adb  running")


async def test_a_connection_is_tested_before_it_is_saved(cli: CommandLine) -> None:
    done = await cli(
        *("workstations", "add", "pc-09", "no-such-host.invalid", "--username", "farm"),
        *("--password-stdin", "--dry-run"),
        stdin="secret\n",
    )
    listed = await cli("workstations", "list", "-o", "name")

    assert done.exit_code == 12
    assert "is offline" in done.stderr
    assert listed.stdout == ""


def test_the_version_is_told_to_programs_too() -> None:
    for arguments in (["--version", "-o", "json"], ["-o", "json", "--version"]):
        done = run(*arguments)

        assert done.exit_code == 0
        assert set(json.loads(done.stdout)) == {"version"}


def test_an_output_format_before_the_command_is_refused() -> None:
    done = run("-o", "json", "emulators", "list")

    assert done.exit_code == 2
    assert "behind the command" in done.stderr


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("ldfleet emu", "emulators"),
        ("ldfleet emulators lau", "launch"),
        ("ldfleet emulators list --wor", "--workstation"),
        ("ldfleet emulators list -o nd", "ndjson"),
    ],
)
def test_the_shell_completes_commands_and_options(words: str, offered: str) -> None:
    place = str(len(words.split()) - 1)
    asked = {"_LDFLEET_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": place}

    done = subprocess.run(
        [sys.executable, "-m", "ldfleet"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )

    assert offered in done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ldfleet"],
        env={**os.environ, "_LDFLEET_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "ldfleet" in done.stdout


async def test_the_load_of_a_workstation_is_shown_for_programs(
    cli: CommandLine, edge: Edge
) -> None:
    added = await edge.added()

    done = await cli("workstations", "load", added["name"], "-o", "json")
    refused = await cli("workstations", "load", added["name"], "--hours", "0")

    assert (done.exit_code, json.loads(done.stdout)["items"]) == (0, [])
    assert refused.exit_code == 2
