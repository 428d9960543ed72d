"""Launch and quit: waited for, told, and truthfully exited."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Health, Limits, WorkstationStatus
from ldfleet.ports import Journal
from support.commandline import CommandLine
from support.edges import ONLINE, Edge

WIDE = Limits(boots=8, boot_gap=0)


async def farm(edge: Edge, emulators: int = 1) -> None:
    await edge.floor.farm(emulators=emulators, health=ONLINE, limits=WIDE)
    edge.floor.bench.let_go.set()


async def test_a_launch_exits_0_once_it_succeeded(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    async with edge.engine.running():
        done = await cli("emulators", "launch", "em_0001", "-o", "json", "--reason", "nightly")

    operation = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (operation["status"], operation["reason"]) == ("succeeded", "nightly")
    assert "player 1 (em_0001): succeeded" in done.stderr


@pytest.mark.parametrize("verb", ["launch", "start"])
async def test_for_people_the_outcome_is_a_row(cli: CommandLine, edge: Edge, verb: str) -> None:
    await farm(edge)

    async with edge.engine.running():
        done = await cli("emulator", verb, "player 1")

    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 2
    assert "succeeded" in done.stdout


async def test_a_failed_launch_exits_1_and_says_why(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    async def stuck(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        async with journal.step("launch"):
            raise errors.EmulatorDidNotBoot(emulator="em_0001", seconds=180)

    edge.floor.bench.act = stuck
    async with edge.engine.running():
        done = await cli("emulators", "launch", "em_0001")

    assert done.exit_code == 1
    assert "did not finish booting within 180" in done.stderr
    assert "Quit and launch it again" in done.stderr
    assert "(emulator_did_not_boot)" in done.stderr


async def test_progress_is_told_while_it_runs(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    edge.floor.bench.let_go.clear()

    async def slow(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        await journal.progress(0.4, "waiting for ADB")
        await edge.floor.bench.let_go.wait()
        return {}

    edge.floor.bench.act = slow
    async with edge.engine.running(), asyncio.TaskGroup() as group:
        launch = group.create_task(cli("emulators", "launch", "em_0001"))
        await asyncio.sleep(3)
        edge.floor.bench.let_go.set()

    assert "player 1 (em_0001): running 40% (waiting for ADB)" in launch.result().stderr
    assert launch.result().exit_code == 0


async def test_why_it_waits_is_told_and_only_the_wait_times_out(
    cli: CommandLine, edge: Edge
) -> None:
    await farm(edge)

    done = await cli("emulators", "launch", "em_0001", "--timeout", "0.2s")

    assert done.exit_code == 8
    assert "queued (" in done.stderr
    assert "goes on" in done.stderr
    assert set((await edge.floor.statuses()).values()) == {"queued"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"health": Health(status=WorkstationStatus.AUTH_FAILED)}, "refuses the login: correct"),
        ({"health": ONLINE, "maintenance": "new disk"}, "is in maintenance: new disk"),
    ],
    ids=["auth_failed", "maintenance"],
)
async def test_what_will_not_come_by_itself_is_told_while_it_waits(
    cli: CommandLine, edge: Edge, changes: dict[str, Any], why: str
) -> None:
    await edge.floor.farm(**changes)

    async with edge.engine.running():
        done = await cli("workstations", "scan", "farm-0001", "--timeout", "5s")

    told = [line for line in done.stderr.splitlines() if why in line]
    assert done.exit_code == 8
    assert len(told) == 1
    assert told[0].startswith("farm-0001 (ws_0001): queued (")


async def test_without_waiting_the_id_is_the_answer(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=2)

    done = await cli("emulators", "launch", "em_0001", "em_0002", "--no-wait")

    assert (done.exit_code, done.stderr) == (0, "")
    assert set(done.stdout.split()) == set(await edge.floor.statuses())


async def test_a_cancelled_launch_exits_9(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    operation_id = (await cli("emulators", "launch", "em_0001", "--no-wait")).stdout.strip()

    cancelled = await cli("operations", "cancel", operation_id)
    watched = await cli("operations", "watch", operation_id)

    assert cancelled.exit_code == 0
    assert watched.exit_code == 9


async def test_a_cancelled_launch_is_retried_and_old_ones_are_forgotten(
    cli: CommandLine, edge: Edge
) -> None:
    await farm(edge)
    operation_id = (await cli("emulators", "launch", "em_0001", "--no-wait")).stdout.strip()
    early = await cli("operations", "retry", operation_id)
    await cli("operations", "cancel", operation_id)

    again = (await cli("operations", "retry", operation_id, "--no-wait")).stdout.strip()
    stats = await cli("operations", "stats")
    tried = await cli("operations", "cleanup", "--keep-hours", "0", "--dry-run")
    edge.floor.clock.advance(1)
    gone = await cli("operations", "cleanup", "--keep-hours", "0")

    assert early.exit_code == 6
    assert "is queued: there is nothing to retry" in early.stderr
    assert (await edge.floor.operation(again)).retry_of == operation_id
    assert "1 queued, 1 cancelled" in stats.stdout
    assert (tried.stdout.strip(), gone.stdout.strip()) == ("0", "1")
    assert set(await edge.floor.statuses()) == {again}


async def test_some_of_several_may_fail(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=2)

    async with edge.engine.running():
        done = await cli("emulators", "launch", "em_0001", "em_none", "em_0002", "-o", "ndjson")

    assert done.exit_code == 7
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["succeeded"] * 2
    assert "There is no emulator em_none." in done.stderr


async def test_all_of_several_may_be_refused(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=2)

    done = await cli("emulators", "quit", "em_0001", "em_0002")

    assert (done.exit_code, done.stdout) == (6, "")
    assert done.stderr.count("emulator_wrong_state") == 2


async def test_nonsense_for_a_package_is_refused(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    for package in ("no package", "x" * 400):
        done = await cli("emulators", "launch", "em_0001", "--package", package)
        assert done.exit_code == 2
    assert await edge.floor.statuses() == {}


async def interrupted(cli: CommandLine, *words: str) -> tuple[str, str, int]:
    """What a command tells before and after Ctrl-C, and its exit code."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ldfleet", *words),
        env=dict(cli.environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stderr is not None
    async with asyncio.timeout(30):
        first = await program.stderr.readline()
        program.send_signal(signal.SIGINT)
        rest = await program.stderr.read()
        return first.decode(), rest.decode(), await program.wait()


async def test_ctrl_c_only_stops_the_waiting(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    first, rest, code = await interrupted(cli, "emulators", "launch", "em_0001")

    [operation_id] = await edge.floor.statuses()
    assert first.startswith("player 1 (em_0001): queued")
    assert code == 130
    assert "player 1 (em_0001): detached; it goes on." in rest
    assert f"ldfleet operations watch {operation_id}" in rest
    assert "Traceback" not in rest
    assert (await edge.floor.operation(operation_id)).status == "queued"


async def test_ctrl_c_cancels_where_that_is_wanted(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    words = ("emulators", "launch", "em_0001", "--cancel-on-interrupt")
    _, rest, code = await interrupted(cli, *words)

    [operation_id] = await edge.floor.statuses()
    assert code == 130
    assert f"player 1 (em_0001): cancelled ({operation_id})." in rest
    assert (await edge.floor.operation(operation_id)).status == "cancelled"


async def test_emulators_are_read_from_standard_input(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=3)
    words = ("emulators", "launch", "em_0001", "--stdin", "--no-wait")

    done = await cli(*words, stdin="player 2\n\nem_0003\nem_0001\n")

    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.split()) == len(await edge.floor.statuses()) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["emulators", "quit", "--stdin"],
        ["batches", "submit", "launch", "--stdin"],
        ["batches", "submit", "launch", "--filter", "tag:none"],
    ],
    ids=" ".join,
)
async def test_nothing_selected_is_an_error_unless_it_may_be(
    cli: CommandLine, edge: Edge, words: list[str]
) -> None:
    await farm(edge)

    refused = await cli(*words, stdin="\n")
    allowed = await cli(*words, "--allow-empty", stdin="\n")

    assert refused.exit_code != 0
    assert (allowed.exit_code, allowed.stdout) == (0, "")
    assert "nothing to do" in allowed.stderr


async def test_no_emulator_at_all_is_wrong_usage(cli: CommandLine) -> None:
    done = await cli("emulators", "quit")

    assert done.exit_code == 2
    assert "--stdin" in done.stderr


async def test_a_batch_is_of_those_on_standard_input(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, emulators=3)

    done = await cli("batches", "submit", "launch", "--stdin", "--no-wait", stdin="em_0003\n")

    assert done.exit_code == 0, done.stderr
    [operation_id] = await edge.floor.statuses()
    assert (await edge.floor.operation(operation_id)).emulator_id == "em_0003"


async def test_ops_is_short_for_operations(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    asked = (await cli("emulators", "launch", "em_0001", "--no-wait")).stdout.strip()
    async with edge.engine.running():
        done = await cli("ops", "watch", asked)

    assert done.exit_code == 0, done.stderr


async def test_its_log_is_printed(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    async def chatty(_operation: Operation, journal: Journal) -> Mapping[str, Any]:
        await journal.log("ldconsole", argv=["list2", None], seconds=0.1)
        return {}

    edge.floor.bench.act = chatty
    async with edge.engine.running():
        done = await cli("emulators", "launch", "em_0001", "-o", "name")
        log = await cli("operations", "log", done.stdout.strip(), "--follow")
        as_json = await cli("operations", "log", done.stdout.strip(), "-o", "json")

    assert 'ldconsole argv=["list2", null] seconds=0.1' in log.stdout
    assert json.loads(as_json.stdout)["event"] == "ldconsole"
