"""When an emulator's config file was read last.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
# Only added to: programs before it leave the column empty.
works_with = "0007"


def upgrade() -> None:
    op.add_column("emulators", sa.Column("config_read_at", Moment(), nullable=True))
