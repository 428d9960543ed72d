"""`ldfleet audit …`."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from support.commandline import CommandLine
from support.edges import Edge


def tamper(folder: Path, statement: str) -> None:
    """As somebody would who can write to the file."""
    with sqlite3.connect(folder / "fleet.db") as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    connection.close()


async def verified(cli: CommandLine, folder: Path) -> tuple[int, str]:
    result = await cli("audit", "verify", LDFLEET_DATABASE_URL=f"sqlite:///{folder / 'fleet.db'}")
    return result.exit_code, result.output


async def some_entries(edge: Edge) -> int:
    """Three, behind those of how the fixture's administrator came in; gives the first's number."""
    async with edge.floor.database() as work:
        last, _ = await work.audit.head()
    for number in range(3):
        answer = await edge.http.post("/api/profiles", json={"name": f"phone {number}"})
        assert answer.status_code == 201
    return last + 1


async def test_entries_are_listed(edge: Edge, cli: CommandLine) -> None:
    await some_entries(edge)

    listed = await cli("audit", "list", "--action", "profile.", "-o", "json")
    none = await cli("audit", "list", "--actor", "nobody", "--until", "2020-01-01", "-o", "ndjson")
    table = await cli("audit", "list", "--limit", "1")

    assert listed.exit_code == none.exit_code == table.exit_code == 0, listed.stderr
    names = [entry["subject_name"] for entry in json.loads(listed.stdout)["items"]]
    assert names == ["phone 2", "phone 1", "phone 0"]
    assert none.stdout == ""
    assert "profile.add" in table.stdout and "admin" in table.stdout


async def test_a_whole_log_is_said_to_be_so(cli: CommandLine, edge: Edge, tmp_path: Path) -> None:
    first = await some_entries(edge)

    code, said = await verified(cli, tmp_path)

    assert (code, said) == (0, f"All {first + 2} entries are what was written.\n")


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE seq = {0} + 1", 1, "not what was written"),
        ("DELETE FROM audit WHERE seq = {0} + 1", 2, "before it went missing"),
        ("DELETE FROM audit WHERE seq = {0} + 2", 2, "it and all after it went missing"),
        ("DELETE FROM audit WHERE seq >= {0}", 0, "it and all after it went missing"),
        ("UPDATE audit_head SET hash = '0'", 2, "not the one that was written last"),
    ],
)
async def test_what_was_touched_is_named(
    edge: Edge, cli: CommandLine, tmp_path: Path, statement: str, number: int, reason: str
) -> None:
    first = await some_entries(edge)
    await asyncio.to_thread(tamper, tmp_path, statement.format(first))

    code, said = await verified(cli, tmp_path)

    assert code == 12
    assert said.startswith(f"Entry {first + number}: ") and reason in said


async def test_a_database_that_is_not_there_can_not_be_verified(
    cli: CommandLine, tmp_path: Path
) -> None:
    code, said = await verified(cli, tmp_path / "nowhere")

    assert code != 0 and "(database_unreachable)" in said
