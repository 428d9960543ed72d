"""`ldfleet batches`: submitted, waited for, truthfully exited."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.bootstrap.clock import SystemClock
from ldfleet.domain.operation import Operation
from ldfleet.domain.workstation import Limits
from ldfleet.engine.batches import Rollout
from ldfleet.ports import Journal
from support.commandline import CommandLine
from support.edges import ONLINE, Edge
from support.stores import an_emulator

WIDE = Limits(boots=8, boot_gap=0)


async def farm(edge: Edge, emulators: int = 3) -> None:
    await edge.floor.farm(emulators=emulators, health=ONLINE, limits=WIDE)
    edge.floor.bench.let_go.set()


@asynccontextmanager
async def rolling(edge: Edge) -> AsyncGenerator[None]:
    rollout = Rollout(
        storage=edge.floor.database,
        reader=edge.floor.database.reader,
        clock=SystemClock(),
        tick=0.05,
        idle=0.05,
    )
    async with edge.engine.running(), rollout.running():
        yield


async def fail_the_first(operation: Operation, _journal: Journal) -> Mapping[str, Any]:
    if operation.emulator_id == "em_0001":
        raise errors.EmulatorGone(emulator="em_0001")
    return {}


async def test_a_batch_exits_0_once_all_succeeded(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)

    async with rolling(edge):
        done = await cli(
            *("batches", "submit", "launch", "em_0001", "player 3", "--waves", "1,50%"),
            *("--stop-on-failures", "10%", "--batch", "7", "--max-parallel", "5"),
            *("--reason", "nightly", "-o", "json"),
        )

    batch = json.loads(done.stdout)
    assert done.exit_code == 0, done.stderr
    assert (batch["status"], batch["total"], batch["waves"]) == ("succeeded", 2, [1, 1])
    assert batch["reason"] == "nightly"
    assert batch["policy"] == {
        "waves": ["1", "50%"],
        "wave_size": 7,
        "max_parallel": 5,
        "pause_s": 0,
        "stop_on_failures": "10%",
    }


async def test_some_failures_exit_7_and_a_retry_of_them_0(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    edge.floor.bench.act = fail_the_first

    async with rolling(edge):
        done = await cli("batch", "submit", "launch", "--all", "-o", "json")
        batch_id = json.loads(done.stdout)["id"]
        failed = await cli("batches", "operations", batch_id, "--status", "failed", "-o", "name")
        edge.floor.bench.act = None
        again = await cli("batches", "retry", batch_id, "--reason", "again")

    assert done.exit_code == 7
    assert f"ldfleet batches operations {batch_id}" in done.stderr
    assert len(failed.stdout.split()) == 1
    assert again.exit_code == 0, again.stderr
    assert batch_id in again.stdout


async def test_a_halted_batch_exits_7_and_says_it_goes_on(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    edge.floor.bench.act = fail_the_first

    async with rolling(edge):
        done = await cli(
            *("batches", "submit", "launch", "--all", "--waves", "1", "--stop-on-failures", "1")
        )

    assert done.exit_code == 7
    assert "1 of 1 targets failed, 1 are too many" in done.stdout
    assert "goes on: ldfleet batches watch ba_" in done.stderr


async def test_the_wait_ends_with_its_limit_and_the_batch_goes_on(
    cli: CommandLine, edge: Edge
) -> None:
    await farm(edge)
    sent = await cli("batches", "submit", "launch", "--filter-status", "stopped", "--no-wait")
    batch_id = sent.stdout.strip()

    waited = await cli("batches", "watch", batch_id, "--timeout", "0s")
    listed = await cli("batches", "list", "--status", "running", "-o", "name")

    assert (sent.exit_code, waited.exit_code) == (0, 8)
    assert listed.stdout.split() == [batch_id]


async def test_a_dry_run_prints_the_plan(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, 2)
    await edge.floor.put(an_emulator(9, tags=("qa",)))
    options = ("--filter-tag", "qa", "--filter-workstation", "farm-0001", "--filter-name", "player")

    plan = await cli("batches", "submit", "quit", *options, "--dry-run")
    as_json = await cli("batches", "submit", "launch", *options, "--dry-run", "-o", "json")
    listed = await cli("batches", "list", "-o", "name")

    assert "em_0009" in plan.stdout
    assert "1 targets, 1 refused; waves: none; time: unknown yet." in plan.stderr
    assert json.loads(as_json.stdout)["targets"][0]["wave"] == 1
    assert listed.stdout == ""


async def test_it_is_paused_continued_and_cancelled(cli: CommandLine, edge: Edge) -> None:
    await farm(edge)
    batch_id = (await cli("batches", "submit", "launch", "--all", "--no-wait")).stdout.strip()

    statuses = [
        json.loads((await cli("batches", verb, batch_id, "-o", "json")).stdout)["status"]
        for verb in ("pause", "continue", "cancel", "show")
    ]
    over = await cli("batches", "pause", batch_id)
    watched = await cli("batches", "watch", batch_id)

    assert statuses == ["paused", "running", "cancelled", "cancelled"]
    assert (over.exit_code, watched.exit_code) == (6, 9)


async def test_params_are_text_or_json(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, 1)

    sent = await cli(
        *("batches", "submit", "launch", "--all", "--no-wait", "-o", "json"),
        *("--param", "package=com.example.app"),
    )
    wrong = await cli("batches", "submit", "launch", "--all", "--param", "package")

    assert json.loads(sent.stdout)["params"] == {"package": "com.example.app"}
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("launch",), 2),
        (("launch", "--filter-name", "nobody"), 2),
        (("launch", "em_none"), 5),
        (("scan", "no-such-pc"), 5),
    ],
)
async def test_what_selects_nothing_is_an_error(
    cli: CommandLine, edge: Edge, arguments: tuple[str, ...], code: int
) -> None:
    await farm(edge, 1)

    assert (await cli("batches", "submit", *arguments)).exit_code == code


async def test_a_verb_on_workstations_takes_their_names(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, 1)

    async with rolling(edge):
        done = await cli("batches", "submit", "scan", "farm-0001")

    assert done.exit_code == 0, done.stderr


async def test_what_takes_data_is_not_done_unasked(cli: CommandLine, edge: Edge) -> None:
    await farm(edge, 1)

    unasked = await cli("batches", "submit", "remove", "--all", "--no-wait")
    asked = await cli("batches", "submit", "remove", "--all", "--no-wait", "--yes")

    assert unasked.exit_code == 2
    assert "--yes" in unasked.stderr
    assert asked.stdout.startswith("ba_")
