"""When an emulator's config file was read last.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
# Only added to: programs before it leave the column empty.
works_with = "0007"


def upgrade() -> None:
    op.add_column("emulators", sa.Column("config_read_at", Moment(), nullable=True))
