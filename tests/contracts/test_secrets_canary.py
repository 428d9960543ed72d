"""Secrets planted everywhere come out nowhere: not in logs, answers, the audit log, the database.

A whole server runs over simulated workstations that are entered with a password, a private key
under a passphrase and a client certificate, with journeys that succeed and that fail. Then every
GET route of the application is asked, the support bundle made, and all of it searched.
"""

import json
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from support.canaries import DATABASE, PASSPHRASE, Journey, a_server, found_in, logged
from support.commandline import CommandLine
from support.stores import a_place

REFUSED = {"/api/transfers/{app_id}": 401}
"""It wants a token of its own."""
QUITTING = {
    f"/api/emulators/{{emulator_id}}/{look}": {200, 409, 502} for look in ("apps", "screenshot")
}
"""They look into an emulator that was asked to quit."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A database, and how to read all of it beside ldfleet."""

    url: str

    def text(self) -> str:
        """Every byte of the files, or every column of every table."""
        if self.url.startswith("sqlite"):
            database = Path(self.url.removeprefix("sqlite:///"))
            files = database.parent.glob(f"{database.name}*")
            return b"".join(file.read_bytes() for file in files).decode("latin-1")
        with psycopg.connect(self.url) as connection:
            named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            names = [name for (name,) in connection.execute(named).fetchall()]
            rows = [
                row
                for name in names
                for row in connection.execute(
                    sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(name))
                ).fetchall()
            ]
        return "\n".join(row for (row,) in rows)


@asynccontextmanager
async def kept(kind: str, config: pytest.Config, folder: Path) -> AsyncGenerator[Kept]:
    async with a_place(kind, config, folder) as place:
        # The server's socket asks for no password; its URL holds one all the same.
        yield Kept(url=place.url.replace("postgres@", f"postgres:{DATABASE}@"))


async def bundled(journey: Journey, file: Path) -> str:
    """What `ldfleet support-bundle` says, and what is in its file."""
    asked = await CommandLine(journey.url, journey.token)("support-bundle", "--file", str(file))
    assert asked.exit_code == 0, asked.output
    with zipfile.ZipFile(file) as packed:
        parts = [packed.read(name).decode() for name in packed.namelist()]
    return "\n".join([asked.output, *parts])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_secrets_come_out_nowhere(
    pytestconfig: pytest.Config, tmp_path: Path, kind: str
) -> None:
    async with kept(kind, pytestconfig, tmp_path) as database:
        with logged() as lines:
            async with a_server(tmp_path, database_url=database.url) as journey:
                await journey.sign_in()
                await journey.add()
                await journey.work()
                await journey.describe()
                answered = await journey.look_everywhere()
                bundle = await bundled(journey, tmp_path / "support.zip")
        stored = database.text()
    vault = (tmp_path / "vault.key").read_text().split()[-1]
    secrets = journey.secrets | {vault}
    places = {
        "answers": "".join(journey.answers),
        "bundle": bundle,
        "logs": lines.getvalue(),
        "database": stored,
    }

    odd = {path: status for path, status in answered.items() if status != 200}
    odd.pop("/{path:page}", 503)  # the dashboard may not be built here
    for path, expected in QUITTING.items():
        assert odd.pop(path, 200) in expected, path
    assert odd == REFUSED
    assert {"succeeded", "failed"} <= journey.outcomes
    assert "command.ran" in places["logs"] and "pc-01" in bundle and "pc-01" in stored
    for name, text in places.items():
        assert found_in(text, secrets) == set(), name


def test_a_secret_is_found_however_it_is_written() -> None:
    written = [PASSPHRASE, json.dumps({"a": f'{PASSPHRASE}"'}), f"\\x{PASSPHRASE.encode().hex()}"]

    assert [found_in(f"..{text}..", {PASSPHRASE}) for text in written] == [{PASSPHRASE}] * 3


async def test_a_request_is_found_again_at_the_remote_command(tmp_path: Path) -> None:
    with logged() as lines:
        async with a_server(tmp_path) as journey:
            await journey.sign_in()
            reached = {**journey.place("pc-01"), "password": journey.password_of("pc-01")}
            added = await journey("POST", "/api/workstations", **reached)
            answer = await journey.http.post(
                f"/api/workstations/{added['id']}/scan",
                headers={"Correlation-Id": "from-the-helpdesk-17"},
            )
            await journey("GET", f"/api/operations/{answer.json()['id']}?wait=30")
            audit = await journey("GET", "/api/audit?action=workstation.scan")

    told = [json.loads(line) for line in lines.getvalue().splitlines() if line.startswith("{")]
    ran = [line for line in told if line.get("correlation_id") == "from-the-helpdesk-17"]
    assert [line["operation_id"] for line in ran if line["event"] == "command.ran"]
    assert audit["items"][0]["correlation_id"] == "from-the-helpdesk-17"
