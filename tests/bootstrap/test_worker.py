"""`ldfleet worker` is told at its start what it lacks."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from ldfleet import errors
from ldfleet.bootstrap.telling import place_of
from support.postgres import server_of
from support.programs import Program, ldfleet
from support.stores import a_place, an_empty_place


async def refusal(url: str, folder: Path, *sites: str) -> tuple[int, str]:
    environment = {"LDFLEET_DATABASE_URL": url, "LDFLEET_DATA_DIR": str(folder)}
    options = [word for site in sites for word in ("--site", site)]
    done = await asyncio.to_thread(ldfleet, "worker", *options, environment=environment)
    return done.returncode, done.stderr


async def test_a_worker_of_an_unknown_site_is_refused(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    async with a_place("postgresql", pytestconfig, tmp_path) as place:
        code, told = await refusal(place.url, tmp_path, "default", "berlni")

    assert code == 5
    assert "There is no site berlni" in told and "ldfleet sites add" in told


async def test_a_worker_that_a_newer_schema_left_behind_is_refused(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    server = server_of(pytestconfig)
    async with an_empty_place("postgresql", pytestconfig, tmp_path) as place:
        database = place.database()
        await database.migrate()
        await database.stop()
        newer = [
            "UPDATE alembic_version SET version_num = '9999'",
            "UPDATE compatibility SET works_with = '9999'",
        ]
        server.run(place.url.partition("@/")[2].partition("?")[0], newer)

        code, told = await refusal(place.url, tmp_path, "default")

    assert code == 1
    assert "It has to know 9999" in told and "(schema_too_new)" in told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("9101", ("127.0.0.1", 9101)),
        ("10.0.0.2:9101", ("10.0.0.2", 9101)),
        ("[::1]:0", ("::1", 0)),
    ],
)
def test_metrics_are_told_on_loopback_unless_a_host_is_named(
    text: str, place: tuple[str, int]
) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize("text", ["", "host", "host:", ":9101", "1:2:3", "99999", "9101/metrics"])
def test_what_is_no_place_for_metrics_is_refused(text: str) -> None:
    with pytest.raises(errors.FieldInvalid, match="HOST:PORT"):
        place_of(text)


async def test_a_worker_tells_of_itself_and_not_of_the_farm(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    async with a_place("postgresql", pytestconfig, tmp_path) as place:
        environment = {"LDFLEET_DATABASE_URL": place.url, "LDFLEET_DATA_DIR": str(tmp_path)}
        arguments = ["worker", "--site", "default", "--metrics", "0"]
        with Program(arguments, folder=tmp_path / "worker", environment=environment) as worker:
            told = await asyncio.to_thread(worker.wait_for_words, "Metrics: ")
            async with httpx.AsyncClient() as http:
                answer = await http.get(told.split()[-1])
                elsewhere = await http.get(told.split()[-1].replace("metrics", "api/status"))
            worker.send(signal.SIGTERM)
            code = await asyncio.to_thread(worker.ended)

    series = {line.split("{")[0].split(" ")[0] for line in answer.text.splitlines()}
    assert {"ldfleet_ldconsole_seconds_bucket", "ldfleet_db_connections"} <= series
    assert "ldfleet_workstations" not in series
    assert float(answer.text.split("ldfleet_db_statement_seconds_count ")[1].split()[0]) > 0
    assert (elsewhere.status_code, code) == (404, 0)
