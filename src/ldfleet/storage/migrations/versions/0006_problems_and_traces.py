"""An audit log that refuses to be changed; the request behind an operation; names of problems.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import TEXT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
works_with = "0005"

_SAYING = "entries of the audit log are never changed or removed"


def upgrade() -> None:
    op.add_column("operations", sa.Column("correlation_id", TEXT, nullable=True))
    op.add_column("problems", sa.Column("subject_name", TEXT, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYING}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYING}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )
