"""One-time tokens with which workstations fetch files of the app library.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import TEXT, Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
# Only added to: programs before it give no such token.
works_with = "0007"


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_transfers")),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operations.id"],
            name=op.f("fk_transfers_operation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_transfers_app_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_transfers_operation_id", "transfers", ["operation_id"])
    op.create_index("ix_transfers_app_id", "transfers", ["app_id"])
    op.create_index("ix_transfers_expires_at", "transfers", ["expires_at"])
