"""Accounts, sessions, API tokens, the audit log; problems, backups, views, history of load.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, TEXT, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FIRST_HASH = "0" * 64


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=True),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("subject_name", TEXT, nullable=True),
        sa.Column("before", DATA, nullable=True),
        sa.Column("after", DATA, nullable=True),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("correlation_id", TEXT, nullable=True),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_actor", "audit", ["actor", "seq"])
    op.create_index("ix_audit_at", "audit", ["at", "seq"])
    op.create_index("ix_audit_subject", "audit", ["subject", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "login_failures",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("held_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_failures")),
    )
    op.create_index("ix_login_failures_last_at", "login_failures", ["last_at"])
    op.create_table(
        "setup_tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_setup_tokens")),
    )
    op.create_table(
        "users",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("scope", DATA, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("last_login_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_users_name_folded")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("scope", DATA, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "metrics_history",
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("cpu_load", sa.Integer(), nullable=True),
        sa.Column("memory_free", sa.BigInteger(), nullable=True),
        sa.Column("memory", sa.BigInteger(), nullable=True),
        sa.Column("disk_free", sa.BigInteger(), nullable=True),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_metrics_history_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workstation_id", "at", name=op.f("pk_metrics_history")),
    )
    op.create_index("ix_metrics_history_at", "metrics_history", ["at"])
    op.create_table(
        "problems",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("workstation_id", TEXT, nullable=True),
        sa.Column("evidence", DATA, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", TEXT, nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_reason", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_problems_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_index("ix_problems_since", "problems", ["since", "id"])
    op.create_index(
        "uq_problems_open",
        "problems",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("csrf_hash", TEXT, nullable=True),
        sa.Column("agent", TEXT, nullable=True),
        sa.Column("address", TEXT, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_because", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "views",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("page", TEXT, nullable=False),
        sa.Column("query", DATA, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_views_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("user_id", "page", "name", name=op.f("uq_views_user_id_page_name")),
    )
    op.create_table(
        "backups",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("emulator_id", TEXT, nullable=True),
        sa.Column("emulator_name", TEXT, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=True),
        sa.Column("operation_id", TEXT, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["emulator_id"],
            ["emulators.id"],
            name=op.f("fk_backups_emulator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_backups_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
        sa.UniqueConstraint("workstation_id", "file", name=op.f("uq_backups_workstation_id_file")),
    )
    op.create_index("ix_backups_emulator_id", "backups", ["emulator_id"])
    op.create_index("ix_backups_newest", "backups", ["created_at", "id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("session_id", TEXT, nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_refresh_tokens_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    head = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": _FIRST_HASH}])
