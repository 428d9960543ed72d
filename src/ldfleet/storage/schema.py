"""Bringing a database to this version's schema, and seeing whether this version suits it.

A migration names the oldest revision whose program still works with what it makes
(`works_with`); the table `compatibility` tells it to programs that don't have that migration.
docs/decisions/0010-rolling-upgrades.md says what such a migration may do.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ldfleet import errors
from ldfleet.storage.tables import compatibility

MIGRATIONS = Path(__file__).parent / "migrations"
_THE_ONE = 1  # the only row
_EMPTY = "empty"


def upgrade(connection: sa.Connection, migrations: Path = MIGRATIONS) -> None:
    """Run what is missing of the migrations, inside the connection's transaction.

    A schema that is newer and suits this program stays as it is. Raises SchemaTooNew.
    """
    scripts = _scripts(migrations)
    found = _revision(connection)
    if found is not None and found not in _known(scripts):
        _check_suits(connection, scripts, found)
        return
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    oldest = scripts.get_revision(_head(scripts)).module.works_with
    connection.execute(sa.delete(compatibility))
    connection.execute(sa.insert(compatibility).values(id=_THE_ONE, works_with=oldest))


def check(connection: sa.Connection, migrations: Path = MIGRATIONS) -> str:
    """See whether this program can work with the schema, and give its revision.

    Raises:
        SchemaOutdated: it has to be migrated first.
        SchemaTooNew: a newer program has changed it in a way that this one does not know.
    """
    scripts = _scripts(migrations)
    found = _revision(connection) or _EMPTY
    if found not in {_EMPTY, *_known(scripts)}:
        _check_suits(connection, scripts, found)
    elif found != _head(scripts):
        raise errors.SchemaOutdated(found=found, needed=_head(scripts))
    return found


def _check_suits(connection: sa.Connection, scripts: ScriptDirectory, found: str) -> None:
    oldest = connection.execute(sa.select(compatibility.c.works_with)).scalar()
    if oldest not in _known(scripts):
        raise errors.SchemaTooNew(found=found, needed=oldest or found, known=_head(scripts))


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(scripts: ScriptDirectory) -> frozenset[str]:
    return frozenset(script.revision for script in scripts.walk_revisions())


def _head(scripts: ScriptDirectory) -> str:
    return scripts.get_current_head() or "none"


@cache
def _scripts(migrations: Path) -> ScriptDirectory:
    """Read once in a process: it runs them all."""
    return ScriptDirectory.from_config(_config(migrations))


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
