"""Batches, sites, profiles, schedules, and keys of repeated requests.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, TEXT, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("verb", TEXT, nullable=False),
        sa.Column("params", DATA, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("policy", DATA, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("halted", TEXT, nullable=True),
        sa.Column("schedule_id", TEXT, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index("ix_batches_newest", "batches", ["created_at", "id"])
    with op.batch_alter_table("operations") as operations:
        operations.add_column(sa.Column("batch_id", TEXT, nullable=True))
        operations.add_column(sa.Column("wave", sa.Integer(), nullable=True))
        operations.add_column(sa.Column("retry_of", TEXT, nullable=True))
        operations.add_column(sa.Column("not_before", Moment(), nullable=True))
        operations.add_column(sa.Column("expires_at", Moment(), nullable=True))
        operations.add_column(
            sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    op.create_index("ix_operations_batch", "operations", ["batch_id", "wave"])
    with op.batch_alter_table("workstations") as workstations:
        workstations.add_column(
            sa.Column("site", TEXT, nullable=False, server_default=sa.text("'default'"))
        )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("request", DATA, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "sites",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("notes", TEXT, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sites")),
    )
    op.create_table(
        "profiles",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("content", DATA, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("name", name=op.f("uq_profiles_name")),
    )
    op.create_table(
        "schedules",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("content", DATA, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("last_at", Moment(), nullable=True),
        sa.Column("last_batch_id", TEXT, nullable=True),
        sa.Column("last_outcome", TEXT, nullable=True),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("name", name=op.f("uq_schedules_name")),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_table(
        "schedule_pause",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_pause")),
    )

