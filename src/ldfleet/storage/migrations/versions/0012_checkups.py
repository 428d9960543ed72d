"""What doctor found on the workstations.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, TEXT, Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
# Programs before it know no verb `doctor`; there is none in the queue until it is asked for.
works_with = "0007"


def upgrade() -> None:
    op.create_table(
        "checkups",
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("findings", DATA, nullable=False),
        sa.Column("bundle", DATA, nullable=False),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_checkups_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workstation_id", name=op.f("pk_checkups")),
    )
