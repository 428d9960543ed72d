"""The migrations make exactly the schema that the code believes in."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from ldfleet import errors
from ldfleet.storage.access_tables import users
from support.stores import a_workstation, an_empty_place

_T = TypeVar("_T")
kinds = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def _indexes(connection: sa.Connection) -> set[str]:
    catalogue = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    rows = connection.execute(sa.text(catalogue[connection.dialect.name])).scalars()
    return {" ".join(row.split()) for row in rows if "alembic" not in row}


async def _run(url: str, work: Callable[[sa.Connection], _T]) -> _T:
    drivers = {"sqlite:": "sqlite+aiosqlite:", "postgresql:": "postgresql+psycopg:"}
    for plain, driver in drivers.items():
        url = url.replace(plain, driver, 1)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


@kinds
async def test_the_migrations_make_the_tables_of_the_code(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    def difference(connection: sa.Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), users.metadata)

    async with an_empty_place(kind, request.config, tmp_path) as place:
        database = place.database()
        await database.migrate()
        await database.stop()

        assert await _run(place.url, difference) == []


@kinds
async def test_the_migrations_make_the_indexes_of_the_code(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with (
        an_empty_place(kind, request.config, tmp_path / "one") as migrated,
        an_empty_place(kind, request.config, tmp_path / "two") as made,
    ):
        database = migrated.database()
        await database.migrate()
        await database.stop()
        await _run(made.url, users.metadata.create_all)

        assert await _run(migrated.url, _indexes) == await _run(made.url, _indexes)


@kinds
async def test_an_empty_database_is_refused_until_it_is_migrated(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with an_empty_place(kind, request.config, tmp_path) as place:
        database = place.database()
        if kind == "sqlite":
            (place.folder / "fleet.db").touch()

        with pytest.raises(errors.SchemaOutdated) as refusal:
            await database.start()
        await database.migrate()
        await database.start()

        await database.stop()
    assert refusal.value.found == "empty"
    assert refusal.value.needed == "0013"


@kinds
async def test_migrating_again_changes_nothing(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with an_empty_place(kind, request.config, tmp_path) as place:
        database = place.database()
        await database.migrate()
        async with database() as work:
            await work.workstations.add(a_workstation())
        head = await database.feed.head()

        await database.migrate()

        assert await database.feed.head() == head
        async with database() as work:
            assert await work.workstations.every() == [a_workstation()]
        await database.stop()


@kinds
async def test_processes_that_migrate_together_make_one_schema(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with an_empty_place(kind, request.config, tmp_path) as place:
        databases = [place.database() for _ in range(3)]

        await asyncio.gather(*(database.migrate() for database in databases))

        heads = {await database.feed.head() for database in databases}
        for database in databases:
            await database.stop()
    assert len(heads) == 1
