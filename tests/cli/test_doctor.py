"""`ldfleet doctor`: asked, waited for, shown, and written for us to learn from."""

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ldfleet.domain.operation import Operation
from ldfleet.ports import Journal
from support.checkups import a_checkup
from support.commandline import CommandLine
from support.edges import ONLINE, Edge


async def visited(edge: Edge) -> None:
    async with edge.floor.database() as work:
        await work.checkups.put(a_checkup(edge.floor.clock.now()))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_it_shows_what_is_to_be_mended_first_and_exits_12(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    async def act(operation: Operation, _: Journal) -> Mapping[str, Any]:
        assert operation.verb == "doctor"
        await visited(edge)
        return {"ok": 1}

    edge.floor.bench.act = act
    await edge.floor.farm(health=ONLINE)

    async with edge.engine.running():
        done = await cli("doctor", "farm-0001")

    lines = done.stdout.splitlines()
    assert done.exit_code == 12
    assert lines[0] == r"warning  Where do ADB ports listen?  (C:\LDPlayer\LDPlayer9)"
    assert lines[2] == "         -> Block them."
    assert lines[-1] == "farm-0001: 1 ok, 1 to mend, 1 unknown"
    written = tmp_path / "ldfleet-doctor-op_0001.json"
    assert json.loads(written.read_text())["format"] == "ldfleet-doctor 1"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


async def test_the_last_visit_is_shown_without_asking(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    await edge.floor.farm()
    await visited(edge)

    done = await cli("doctor", "ws_0001", "--last", "-o", "json")

    assert done.exit_code == 12
    assert [each["probe"] for each in json.loads(done.stdout)["findings"]] == [
        "ntlm",
        "adb-binding",
        "add-index",
    ]
    assert not (tmp_path / "ldfleet-doctor-op_0001.json").exists()


async def test_a_bundle_that_is_there_is_not_written_over(
    cli: CommandLine, edge: Edge, tmp_path: Path
) -> None:
    await edge.floor.farm()
    (tmp_path / "there.json").write_text("mine")

    done = await cli("doctor", "ws_0001", "--bundle", "there.json")

    assert done.exit_code == 2
    assert (tmp_path / "there.json").read_text() == "mine"


async def test_a_workstation_is_shown_with_its_warnings(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.farm()
    before = await cli("workstations", "show", "farm-0001")
    await visited(edge)
    after = await cli("workstations", "show", "farm-0001")

    assert "never there" in before.stdout
    assert "1 ok, 1 to mend, 1 unknown" in after.stdout
    assert "adb-binding" in after.stdout
