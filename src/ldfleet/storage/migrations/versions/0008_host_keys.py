"""The host keys that are trusted over SSH.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import TEXT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
# Programs before it know no workstation that is reached over SSH; there is none until one is added.
works_with = "0007"


def upgrade() -> None:
    op.add_column("workstations", sa.Column("host_key_sha256", TEXT, nullable=True))
