"""`ldfleet worker` is told at its start what it lacks."""

import asyncio
from pathlib import Path

import pytest

from support.postgres import server_of
from support.programs import ldfleet
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
