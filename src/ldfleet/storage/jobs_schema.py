"""Procrastinate's tables, in a PostgreSQL schema of their own beside ours.

What is there is told by the schema's comment: the last of Procrastinate's migrations in it.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from ldfleet import errors

NAME = "procrastinate"
_COMMENT = f"SELECT obj_description(to_regnamespace('{NAME}'))"


def upgrade(connection: sa.Connection) -> None:
    """Make it, or run what is missing, inside the connection's transaction."""
    folder = _folder()
    migrations = _migrations(folder)
    found = connection.execute(sa.text(_COMMENT)).scalar()
    if found == migrations[-1].name:
        return
    missing = [step for step in migrations if step.name > found] if found else []
    raw = connection.execution_options(no_parameters=True)
    path = connection.execute(sa.text("SHOW search_path")).scalar()
    raw.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {NAME}")
    raw.exec_driver_sql(f"SET LOCAL search_path TO {NAME}")
    for script in missing if found else [folder / "schema.sql"]:
        raw.exec_driver_sql(script.read_text("utf-8"))
    raw.exec_driver_sql(f"COMMENT ON SCHEMA {NAME} IS '{migrations[-1].name}'")
    raw.exec_driver_sql(f"SET LOCAL search_path TO {path}")


def check(connection: sa.Connection) -> None:
    """Raises SchemaOutdated where it is not that of the installed Procrastinate, or newer."""
    found = connection.execute(sa.text(_COMMENT)).scalar()
    needed = _migrations(_folder())[-1].name
    if found is None or found < needed:
        raise errors.SchemaOutdated(found=found or "empty", needed=needed)


def _folder() -> Path:
    """Found without importing it: only the engine knows its Python."""
    spec = importlib.util.find_spec(NAME)
    if spec is None or spec.origin is None:
        reason = "PostgreSQL needs the extra ldfleet[postgres]"
        raise errors.SettingInvalid(setting="LDFLEET_DATABASE_URL", reason=reason)
    return Path(spec.origin).parent / "sql"


def _migrations(folder: Path) -> Sequence[Path]:
    return sorted((folder / "migrations").glob("*.sql"), key=lambda path: path.name)
