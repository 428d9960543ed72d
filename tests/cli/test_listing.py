"""Which columns a list shows, and ids alone."""

import csv
import io
import re

import pytest

from support.commandline import CommandLine, run
from support.edges import ONLINE, Edge
from support.stores import an_operation

LISTS = (
    *("audit list", "backups list", "batches list", "emulators list", "operations list"),
    *("problems list", "profiles list", "schedules list", "sessions list", "sites list"),
    *("tokens list", "users list", "workstations list", "settings", "operations stats"),
)


@pytest.fixture
async def farm(edge: Edge) -> None:
    await edge.floor.farm(emulators=2, health=ONLINE)
    await edge.floor.put(an_operation(1))


def columns_named_in(help_text: str) -> list[str]:
    told = re.search(r"Only these, in this order: ([^.]+)\.", " ".join(help_text.split()))
    assert told is not None
    return told[1].split(", ")


@pytest.mark.usefixtures("farm")
async def test_a_table_has_the_columns_asked_for_in_their_order(cli: CommandLine) -> None:
    done = await cli("emulators", "list", "--columns", "name,ID,memory_mib")

    head, first, _ = done.stdout.splitlines()
    assert head == "NAME      ID       MEMORY MIB"
    assert first.startswith("player 1  em_0001")


@pytest.mark.usefixtures("farm")
async def test_a_wide_table_has_every_column(cli: CommandLine) -> None:
    usual = (await cli("emulators", "list")).stdout.splitlines()
    wide = (await cli("emulators", "list", "-o", "wide")).stdout.splitlines()

    assert "MEMORY MIB" in wide[0] and "MEMORY MIB" not in usual[0]
    assert len(wide) == len(usual)


@pytest.mark.usefixtures("farm")
async def test_csv_has_the_columns_asked_for(cli: CommandLine) -> None:
    done = await cli("workstations", "list", "-o", "csv", "--columns", "status, boots at once")

    assert next(csv.reader(io.StringIO(done.stdout))) == ["status", "boots at once"]


@pytest.mark.usefixtures("farm")
async def test_quiet_prints_ids_alone(cli: CommandLine) -> None:
    assert (await cli("emulators", "list", "-q")).stdout == "em_0001\nem_0002\n"
    assert (await cli("operations", "list", "--quiet", "-o", "name")).stdout == "op_0001\n"


async def test_what_has_no_id_is_known_by_its_name(cli: CommandLine) -> None:
    await cli("sites", "add", "berlin")

    done = await cli("sites", "list", "-q")

    assert "berlin" in done.stdout.split()


@pytest.mark.parametrize("command", LISTS)
async def test_every_list_can_show_what_its_help_names(cli: CommandLine, command: str) -> None:
    words = command.split()
    known = columns_named_in(run(*words, "--help").stdout)

    done = await cli(*words, "-o", "csv", "--columns", ",".join(reversed(known)))
    wide = await cli(*words, "-o", "wide")

    assert (done.exit_code, wide.exit_code) == (0, 0), done.stderr + wide.stderr
    head = next(csv.reader(io.StringIO(done.stdout)))
    assert [name.lower().replace(" ", "_") for name in head] == known[::-1]


@pytest.mark.parametrize("command", LISTS)
def test_every_list_names_the_columns_it_knows(command: str) -> None:
    done = run(*command.split(), "--columns", "colour")

    assert done.exit_code == 2
    told = " ".join(done.stderr.split())
    assert "no column 'colour'; there are: " in told
    for name in columns_named_in(run(*command.split(), "--help").stdout):
        assert name in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("-o json --columns id", "-o json has no columns"),
        ("-o name --columns id", "-o name has no columns"),
        ("-q -o json", "it means -o name; leave out -o json"),
        ("--columns=", "no column ''"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: str, said: str) -> None:
    done = run("emulators", "list", *arguments.split())

    assert done.exit_code == 2
    assert said in done.stderr
