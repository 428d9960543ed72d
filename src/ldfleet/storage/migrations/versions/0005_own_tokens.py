"""Tokens belong to accounts: the nameless ones go, and one may be for metrics alone.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
# It drops a table that programs of 0004 read (storage/schema.py).
works_with = "0005"


def upgrade() -> None:
    op.drop_table("tokens")
    op.add_column(
        "api_tokens",
        sa.Column("metrics_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
