"""Which app was seen on which emulator.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import TEXT, Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
# Only added to: programs before it write nothing of what they install.
works_with = "0007"


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("emulator_id", TEXT, nullable=False),
        sa.Column("package", TEXT, nullable=False),
        sa.Column("version_code", sa.BigInteger(), nullable=True),
        sa.Column("version_name", TEXT, nullable=True),
        sa.Column("app_id", TEXT, nullable=True),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("emulator_id", "package", name=op.f("pk_installations")),
        sa.ForeignKeyConstraint(
            ["emulator_id"],
            ["emulators.id"],
            name=op.f("fk_installations_emulator_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_installations_app_id"), ondelete="SET NULL"
        ),
    )
    op.create_index("ix_installations_package", "installations", ["package", "emulator_id"])
    op.create_index("ix_installations_app_id", "installations", ["app_id"])
