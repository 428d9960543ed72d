"""Many PCs from a file: each row is taken or refused by itself."""

import json
from pathlib import Path

import pytest

from support.commandline import CommandLine
from support.edges import CANARY, Edge

CSV = """name,host,username,password,tags,tls,boots,port
pc-01,10.0.0.5,farm,%s,qa;spare,no,3,5985
pc-02,10.0.0.6,farm,,,,,
pc-01,10.0.0.7,farm,,,,,
pc-03,not a host,farm,%s,,,,
pc-04,10.0.0.8,farm,,,,,many
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "farm.csv"
    path.write_text(CSV % (CANARY, CANARY))
    return path


async def names(edge: Edge) -> list[str]:
    listed = (await edge.http.get("/api/workstations")).json()
    return [one["name"] for one in listed["items"]]


async def test_rows_are_taken_or_refused_by_themselves(
    cli: CommandLine, edge: Edge, file: Path
) -> None:
    done = await cli("workstations", "import", str(file), "-o", "json", LDFLEET_PASSWORD="for all")

    told = json.loads(done.stdout)
    assert done.exit_code == 7, done.stderr
    assert [row["status"] for row in told["rows"]] == ["added", "added", *["refused"] * 3]
    assert (told["accepted"], told["refused"]) == (2, 3)
    codes = [row["failure"]["code"] for row in told["rows"][2:]]
    assert codes == ["workstation_name_taken", "field_invalid", "validation_failed"]
    assert CANARY not in done.output
    assert await names(edge) == ["pc-01", "pc-02"]
    first = (await edge.http.get(f"/api/workstations/{told['rows'][0]['workstation_id']}")).json()
    assert (first["tags"], first["tls"], first["port"]) == (["qa", "spare"], False, 5985)
    assert first["limits"]["boots"] == 3


async def test_a_dry_run_adds_none(cli: CommandLine, edge: Edge, file: Path) -> None:
    done = await cli("workstations", "import", str(file), "--dry-run")

    assert done.exit_code == 7
    assert "would_add" in done.stdout
    assert await names(edge) == []


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [("a.json", "{}", "rows"), ("a.json", "[", "file"), ("a.csv", "name\na,b\n", "file")],
)
async def test_what_is_no_list_of_pcs_is_refused(
    cli: CommandLine, tmp_path: Path, name: str, content: str, field: str
) -> None:
    path = tmp_path / name
    path.write_text(content)

    done = await cli("workstations", "import", str(path))

    assert done.exit_code == 2
    assert field in done.stderr
