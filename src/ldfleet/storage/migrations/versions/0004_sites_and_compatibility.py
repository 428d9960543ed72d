"""Every site on record, which older programs the schema suits, and what batches lacked.

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import TEXT, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
# It drops a column that programs of 0003 read (storage/schema.py).
works_with = "0004"

_CHILDREN = ("operation_slots", "operation_steps", "operation_log")
_unfinished = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "compatibility",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("works_with", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compatibility")),
    )
    op.create_index(
        "ix_batches_unfinished",
        "batches",
        ["created_at", "id"],
        sqlite_where=_unfinished,
        postgresql_where=_unfinished,
    )
    _keep_sites()
    if op.get_bind().dialect.name == "sqlite":
        _drop_key_on_sqlite()
    else:
        op.drop_column("operations", "idempotency_key")


def _keep_sites() -> None:
    """The default one, and those that workstations were given when any name would do."""
    connection = op.get_bind()
    sites = sa.table(
        "sites", sa.column("name"), sa.column("notes"), sa.column("created_at", Moment())
    )
    at = sa.table("workstations", sa.column("site")).c.site
    known = set(connection.execute(sa.select(sites.c.name)).scalars())
    used = set(connection.execute(sa.select(at).distinct()).scalars())
    now = datetime.now(UTC)  # noqa: TID251 - Alembic calls this, and gives no clock
    missing = sorted(({"default"} | used) - known)
    rows = [{"name": name, "notes": "", "created_at": now} for name in missing]
    op.bulk_insert(sites, rows)


def _drop_key_on_sqlite() -> None:
    """SQLite makes the table anew, and what hangs on the old one would go with it."""
    for child in _CHILDREN:
        op.execute(f"CREATE TEMP TABLE kept_{child} AS SELECT * FROM {child}")  # noqa: S608
    with op.batch_alter_table("operations") as operations:
        operations.drop_constraint("uq_operations_idempotency_key", type_="unique")
        operations.drop_column("idempotency_key")
    for child in _CHILDREN:
        op.execute(f"INSERT INTO {child} SELECT * FROM kept_{child}")  # noqa: S608
        op.execute(f"DROP TABLE kept_{child}")
