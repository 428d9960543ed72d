"""What is shown of the farm, for people and for programs."""

import csv
import io
import json
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.workstation import Health, WorkstationStatus
from support.commandline import CommandLine
from support.edges import ONLINE, Edge
from support.stores import a_workstation, an_emulator, an_operation


@pytest.fixture
async def farm(edge: Edge) -> None:
    await edge.floor.farm(emulators=3, health=ONLINE)
    await edge.floor.put(an_operation(1), an_operation(2, emulator=2))


def parsed(text: str) -> Any:
    return json.loads(text)


@pytest.mark.usefixtures("farm")
async def test_emulators_are_a_table_for_people(cli: CommandLine) -> None:
    done = await cli("emulators", "list")

    head, *rows = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert head.split()[:4] == ["ID", "NAME", "STATUS", "WORKSTATION"]
    assert [row.split()[0] for row in rows] == ["em_0001", "em_0002", "em_0003"]
    assert "\x1b" not in done.stdout


@pytest.mark.usefixtures("farm")
async def test_emulators_are_json_for_programs(cli: CommandLine) -> None:
    done = await cli("emulators", "list", "-o", "json", "--limit", "2")

    page = parsed(done.stdout)
    assert set(page) == {"items", "next_cursor", "total"}
    assert [item["id"] for item in page["items"]] == ["em_0001", "em_0002"]
    assert {"id", "name", "status", "workstation_id"} <= page["items"][0].keys()
    rest = await cli("emulators", "list", "-o", "json", "--cursor", page["next_cursor"])
    assert [item["id"] for item in parsed(rest.stdout)["items"]] == ["em_0003"]
    assert parsed(rest.stdout)["next_cursor"] is None


async def test_an_empty_list_is_a_list(cli: CommandLine) -> None:
    done = await cli("emulators", "list", "-o", "json")

    assert parsed(done.stdout) == {"items": [], "next_cursor": None, "total": None}


@pytest.mark.usefixtures("farm")
async def test_the_other_formats(cli: CommandLine) -> None:
    lines = (await cli("emulators", "list", "-o", "ndjson")).stdout.splitlines()
    names = (await cli("emulators", "list", "-o", "name")).stdout
    rows = list(csv.reader(io.StringIO((await cli("emulators", "list", "-o", "csv")).stdout)))

    assert [parsed(line)["index"] for line in lines] == [1, 2, 3]
    assert names == "em_0001\nem_0002\nem_0003\n"
    assert (rows[0][0], rows[1][1]) == ("id", "player 1")


async def test_a_list_without_a_limit_is_whole(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.put(a_workstation())
    async with edge.floor.database() as work:
        await work.emulators.put([an_emulator(number) for number in range(501)])

    done = await cli("emulators", "list", "-o", "name")

    assert len(done.stdout.splitlines()) == 501


@pytest.mark.usefixtures("farm")
async def test_lists_are_filtered(cli: CommandLine) -> None:
    named = await cli("emulators", "list", "--name", "PLAYER 2", "-o", "name")
    there = await cli("emulators", "list", "--workstation", "farm-0001", "-o", "name")
    none = await cli("emulators", "list", "--status", "ready", "-o", "name")
    online = await cli("workstations", "list", "--status", "online", "-o", "name")
    mine = await cli("operations", "list", "--emulator", "player 2", "--unfinished", "-o", "name")

    assert named.stdout == "em_0002\n"
    assert len(there.stdout.splitlines()) == 3
    assert none.stdout == ""
    assert online.stdout == "ws_0001\n"
    assert mine.stdout == "op_0002\n"


@pytest.mark.usefixtures("farm")
@pytest.mark.parametrize("meant", ["em_0002", "player 2"])
async def test_one_emulator_is_shown_by_id_or_name(cli: CommandLine, meant: str) -> None:
    done = await cli("emulator", "show", meant)

    assert "em_0002" in done.stdout
    assert "farm-0001" in done.stdout


@pytest.mark.usefixtures("farm")
async def test_an_ambiguous_name_lists_what_it_could_mean(cli: CommandLine, edge: Edge) -> None:
    await edge.floor.put(an_emulator(4, name="player 2"))

    done = await cli("emulators", "launch", "player 2")

    assert done.exit_code == 2
    assert "em_0002 on farm-0001, em_0004 on farm-0001" in done.stderr
    assert set(await edge.floor.statuses()) == {"op_0001", "op_0002"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["emulators", "show", "em_none"],
        ["emulators", "show", "nobody"],
        ["workstations", "show", "ws_none"],
        ["workstations", "test", "nobody"],
        ["operations", "show", "op_none"],
        ["operations", "log", "op_none"],
        ["emulators", "list", "--workstation", "nobody"],
    ],
    ids=" ".join,
)
async def test_what_is_not_there_exits_5(cli: CommandLine, arguments: list[str]) -> None:
    done = await cli(*arguments)

    assert (done.exit_code, done.stdout) == (5, "")
    assert done.stderr.startswith("Error: There is no ")


@pytest.mark.usefixtures("farm")
async def test_workstations_operations_and_the_server_are_shown(cli: CommandLine) -> None:
    for arguments in (
        ["workstations", "list"],
        ["workstations", "show", "farm-0001"],
        ["workstations", "info", "farm-0001"],
        ["operations", "list"],
        ["operations", "show", "op_0001"],
        ["status"],
    ):
        table, as_json = await cli(*arguments), await cli(*arguments, "-o", "json")
        assert (table.exit_code, as_json.exit_code) == (0, 0), table.stderr
        assert table.stdout
        assert parsed(as_json.stdout)


async def test_a_workstation_in_trouble_is_shown_with_the_remedy(
    cli: CommandLine, edge: Edge
) -> None:
    refused = Health(
        status=WorkstationStatus.AUTH_FAILED,
        reason="it refused the login",
        failure=errors.WorkstationRefusedLogin.code,
    )
    await edge.floor.farm(health=refused)

    done = await cli("workstations", "show", "farm-0001")

    assert "Correct the user or password." in done.stdout


async def test_an_escape_sequence_in_a_name_does_not_reach_the_terminal(
    cli: CommandLine, edge: Edge
) -> None:
    await edge.floor.put(a_workstation(), an_emulator(name="evil\x1b]0;owned\x07\nrow"))

    table = await cli("emulators", "list")
    as_json = await cli("emulators", "list", "-o", "json")

    assert not set("\x1b\x07") & set(table.stdout)
    assert len(table.stdout.splitlines()) == 2
    assert parsed(as_json.stdout)["items"][0]["name"] == "evil\x1b]0;owned\x07\nrow"


async def test_nonsense_for_a_cursor_is_refused(cli: CommandLine) -> None:
    done = await cli("emulators", "list", "--cursor", "made-up")

    assert done.exit_code == 2
    assert "cursor_invalid" in done.stderr


async def test_lists_are_filtered_and_sorted_in_words(edge: Edge, cli: CommandLine) -> None:
    await edge.floor.put(a_workstation(), an_emulator(1), an_emulator(2, tags=("qa",)))
    await edge.floor.put(an_emulator(3, tags=("qa",)))

    tagged = await cli("emulators", "list", "--filter", "tag:qa", "--sort=-name", "-o", "name")
    none = await cli("workstations", "list", "--filter", "-farm", "-o", "name")
    wrong = await cli("operations", "list", "--filter", "colour:red")

    assert tagged.stdout.split() == ["em_0003", "em_0002"]
    assert (none.exit_code, none.stdout) == (0, "")
    assert wrong.exit_code == 2
    assert "colour:red" in wrong.stderr and "Fields: status, verb" in wrong.stderr


@pytest.mark.usefixtures("farm")
async def test_the_configuration_and_the_past_of_an_emulator_are_shown(cli: CommandLine) -> None:
    await cli("emulators", "edit", "player 2", "--notes", "the reference")

    config = await cli("emulators", "config", "player 2", "-o", "json")
    table = await cli("emulators", "config", "player 2")
    past = await cli("emulators", "events", "player 2", "--type", "emulator.changed", "-o", "csv")

    assert json.loads(config.stdout)["emulator_id"] == "em_0002"
    assert "file read" in table.stdout
    assert "emulator.changed" in past.stdout
