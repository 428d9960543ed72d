"""A program beside a schema of another version: goes on where that is safe, else is refused."""

import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from ldfleet import errors
from ldfleet.storage import schema
from support.stores import START, Place, a_workstation, an_empty_place

FIRST_WITH_RULE = "0004"
NEWER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
works_with = "{works_with}"


def upgrade() -> None:
    op.add_column("workstations", sa.Column("rack", sa.Text(), nullable=True))
"""
BLANKS: Mapping[type[object], object] = {
    str: "x",
    int: 1,
    float: 1.0,
    bool: True,
    object: [],  # JSON
    datetime: START,
}


@dataclass
class Versions:
    """A database, and the migrations of this and of another version of ldfleet."""

    place: Place
    newer: Path

    async def run(self, work: Callable[[sa.Connection], None]) -> None:
        url = self.place.url.replace("sqlite:", "sqlite+aiosqlite:")
        engine = create_async_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        try:
            async with engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    await connection.exec_driver_sql("PRAGMA foreign_keys = ON")
                await connection.run_sync(work)
        finally:
            await engine.dispose()

    async def migrate_further(self, *, works_with: str) -> None:
        """As a newer program does."""
        shutil.copytree(schema.MIGRATIONS, self.newer)
        text = NEWER.format(head=head(), works_with=works_with)
        (self.newer / "versions" / "9999_newer.py").write_text(text)
        await self.run(lambda connection: schema.upgrade(connection, self.newer))

    async def migrate(self) -> None:
        """As this program does."""
        database = self.place.database()
        try:
            await database.migrate()
        finally:
            await database.stop()


def head() -> str:
    found = scripts().get_current_head()
    assert found is not None
    return found


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(schema.MIGRATIONS))


@pytest.fixture(params=["sqlite", "postgresql"])
async def versions(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Versions]:
    async with an_empty_place(request.param, request.config, tmp_path) as place:
        yield Versions(place, tmp_path / "newer")


async def test_an_older_program_works_with_what_was_only_added_to(versions: Versions) -> None:
    await versions.migrate()
    await versions.migrate_further(works_with=FIRST_WITH_RULE)

    async with versions.place.opened() as database, database() as work:
        await work.workstations.add(a_workstation())

        assert await work.workstations.every() == [a_workstation()]


async def test_an_older_program_is_refused_by_what_it_does_not_know(versions: Versions) -> None:
    await versions.migrate()
    await versions.migrate_further(works_with="9999")
    database = versions.place.database()

    with pytest.raises(errors.SchemaTooNew) as refused:
        await database.start()
    await database.stop()

    assert refused.value.values() == {"found": "9999", "needed": "9999", "known": head()}


async def test_an_older_program_migrates_nothing_back(versions: Versions) -> None:
    await versions.migrate()
    await versions.migrate_further(works_with=FIRST_WITH_RULE)

    await versions.migrate()

    racks: list[object] = []

    def look(connection: sa.Connection) -> None:
        racks.extend(connection.execute(sa.text("SELECT rack FROM workstations")).keys())

    await versions.run(look)
    assert racks == ["rack"]


async def test_an_older_program_does_not_touch_what_it_does_not_know(versions: Versions) -> None:
    await versions.migrate()
    await versions.migrate_further(works_with="9999")

    with pytest.raises(errors.SchemaTooNew):
        await versions.migrate()


async def test_a_newer_program_wants_what_it_needs(versions: Versions) -> None:
    await versions.migrate()

    def outdated(connection: sa.Connection) -> None:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0003'"))

    await versions.run(outdated)
    database = versions.place.database()
    with pytest.raises(errors.SchemaOutdated) as refused:
        await database.start()
    await database.stop()
    assert (refused.value.found, refused.value.needed) == ("0003", head())


def test_each_migration_says_which_programs_work_with_it() -> None:
    steps = list(scripts().walk_revisions())[::-1]
    ruled = [step for step in steps if step.revision >= FIRST_WITH_RULE]
    known = [step.revision for step in steps]

    oldest = [known.index(step.module.works_with) for step in ruled]

    assert oldest == sorted(oldest), "what an older program can't use does not come back"
    assert all(known[index] <= step.revision for index, step in zip(oldest, ruled, strict=True))


async def test_sites_that_workstations_were_given_are_on_record_afterwards(
    versions: Versions,
) -> None:
    await versions.run(to_0003)
    await versions.run(lambda connection: insert(connection, "workstations", site="berlin"))

    await versions.migrate()

    async with versions.place.opened() as database, database() as work:
        page = await work.sites.list()
        crowds = await work.sites.crowds(["berlin", "default"])

    assert [site.name for site in page.items] == ["berlin", "default"]
    assert crowds == {"berlin": 1, "default": 0}


async def test_operations_keep_their_steps_and_log_over_the_migration(versions: Versions) -> None:
    await versions.run(to_0003)

    def fill(connection: sa.Connection) -> None:
        insert(connection, "workstations", id="w")
        insert(connection, "operations", id="o", workstation_id="w")
        for table in ("operation_steps", "operation_log", "operation_slots"):
            insert(connection, table, operation_id="o")

    await versions.run(fill)

    await versions.migrate()

    left: list[int] = []

    def count(connection: sa.Connection) -> None:
        every = ("operations", "operation_steps", "operation_log", "operation_slots")
        left.extend(rows_of(connection, table) for table in every)
        connection.execute(sa.text("DELETE FROM operations"))
        left.extend(rows_of(connection, table) for table in every[1:])

    await versions.run(count)
    assert left == [1, 1, 1, 1, 0, 0, 0]


def to_0003(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0003")


def insert(connection: sa.Connection, name: str, **given: str) -> None:
    """A row of a table as it is in the database now, with something in every needed column."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    needed = {
        column.name: BLANKS[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.server_default is None
    }
    connection.execute(sa.insert(table).values({**needed, **given}))


def rows_of(connection: sa.Connection, table: str) -> int:
    return len(connection.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608 - ours
