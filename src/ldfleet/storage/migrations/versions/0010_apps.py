"""The app library.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, TEXT, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
# Only added to: programs before it know of no app of the library.
works_with = "0007"


def upgrade() -> None:
    op.create_table(
        "apps",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("package", TEXT, nullable=False),
        sa.Column("version_code", sa.BigInteger(), nullable=False),
        sa.Column("version_name", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("min_sdk", sa.Integer(), nullable=True),
        sa.Column("abis", DATA, nullable=False),
        sa.Column("splits", DATA, nullable=False),
        sa.Column("packing", TEXT, nullable=False),
        sa.Column("signer_sha256", TEXT, nullable=True),
        sa.Column("contents", DATA, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("uploaded_by", TEXT, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apps")),
        sa.UniqueConstraint("sha256", name=op.f("uq_apps_sha256")),
    )
    op.create_index("ix_apps_newest", "apps", ["created_at", "id"])
