"""How a failure is told."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from ldfleet.errors import WorkersNeedPostgres
from support.commandline import CommandLine, run
from support.edges import ONLINE, Edge
from support.programs import ldfleet


def nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def test_a_failure_is_a_sentence_a_hint_and_a_code(cli: CommandLine) -> None:
    done = await cli("operations", "show", "op_none")

    sentence, hint, code = done.stderr.splitlines()
    assert sentence == "Error: There is no operation op_none."
    assert hint == "  List the operations."
    assert code.startswith("  (operation_not_found, correlation id rq_")


async def test_for_programs_a_failure_is_the_problem_and_the_exit_code(cli: CommandLine) -> None:
    done = await cli("operations", "show", "op_none", "-o", "json")

    told = json.loads(done.stderr)
    assert (done.exit_code, done.stdout) == (5, "")
    assert (told["code"], told["operation"], told["status"]) == (
        "operation_not_found",
        "op_none",
        404,
    )
    assert (told["exit_code"], told["exit_code_desc"]) == (5, "not found")
    assert told["correlation_id"]


def test_without_a_token_one_is_asked_for() -> None:
    done = run("emulators", "list")

    assert done.exit_code == 3
    assert "set LDFLEET_TOKEN" in done.stderr


async def test_a_wrong_token_exits_3(cli: CommandLine) -> None:
    done = await cli("emulators", "list", LDFLEET_TOKEN="ldf_wrong")

    assert done.exit_code == 3
    assert "ldf_wrong" not in done.output


@pytest.mark.parametrize("token", ["two words", "tab\there", "ключ"])
def test_a_token_that_can_be_none_is_refused_unsent(token: str) -> None:
    done = run("emulators", "list", LDFLEET_TOKEN=token)

    assert done.exit_code == 11
    assert "LDFLEET_TOKEN" in done.stderr
    assert token not in done.output


@pytest.mark.parametrize("url", ["nonsense", "ftp://host", "http://", "http://[::1"])
def test_a_url_that_is_none_exits_11(url: str) -> None:
    done = run("status", LDFLEET_URL=url, LDFLEET_TOKEN="ldf_x")

    assert done.exit_code == 11
    assert "LDFLEET_URL" in done.stderr


@pytest.mark.parametrize("ending", ["/", "/api", "/api/", "//"])
async def test_a_url_may_end_as_people_copy_it(cli: CommandLine, ending: str) -> None:
    done = await cli("status", LDFLEET_URL=cli.environment["LDFLEET_URL"] + ending)

    assert done.exit_code == 0, done.stderr


def test_a_server_that_is_not_there_exits_10() -> None:
    url = nowhere()

    done = run("status", LDFLEET_URL=url, LDFLEET_TOKEN="ldf_x")

    assert done.exit_code == 10
    assert f"The ldfleet server at {url} can't be reached" in done.stderr


async def test_the_wrong_state_exits_6(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)

    done = await cli("emulators", "quit", "em_0001")

    assert done.exit_code == 6
    assert "emulator_wrong_state" in done.stderr


async def test_a_worker_without_postgresql_is_told_what_it_needs(tmp_path: Path) -> None:
    environment = {"LDFLEET_DATABASE_URL": f"sqlite:///{tmp_path / 'fleet.db'}"}

    done = await asyncio.to_thread(ldfleet, "worker", "--site", "x", environment=environment)

    assert "  Set LDFLEET_DATABASE_URL to postgresql://…" in done.stderr
    assert f"({WorkersNeedPostgres.code})" in done.stderr
    assert done.returncode == 11
