"""The tables of people: who may come in, what they did, what they keep for themselves."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from ldfleet.storage.columns import DATA, TEXT, Moment
from ldfleet.storage.tables import metadata, required


def _user() -> Column[str]:
    key: ForeignKey = ForeignKey("users.id", ondelete="CASCADE")
    return Column("user_id", TEXT, key, nullable=False)


users = Table(
    "users",
    metadata,
    Column("id", TEXT, primary_key=True),
    required("name", TEXT),
    Column("name_folded", TEXT, nullable=False, unique=True),
    required("role", TEXT),
    Column("password_hash", TEXT),
    required("must_change_password", sa.Boolean()),
    required("enabled", sa.Boolean()),
    Column("scope", DATA),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
    Column("last_login_at", Moment()),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", TEXT, primary_key=True),
    _user(),
    required("kind", TEXT),
    Column("csrf_hash", TEXT),
    Column("agent", TEXT),
    Column("address", TEXT),
    required("created_at", Moment()),
    required("used_at", Moment()),
    required("expires_at", Moment()),
    Column("ended_at", Moment()),
    Column("ended_because", TEXT),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", TEXT, primary_key=True),
    Column("session_id", TEXT, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    required("issued_at", Moment()),
    Column("used_at", Moment()),
    Index("ix_refresh_tokens_session_id", "session_id"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", TEXT, primary_key=True),
    _user(),
    required("name", TEXT),
    Column("token_hash", TEXT, nullable=False, unique=True),
    required("role", TEXT),
    Column("scope", DATA),
    Column("metrics_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    required("created_at", Moment()),
    Column("expires_at", Moment()),
    Column("used_at", Moment()),
    Index("ix_api_tokens_user_id", "user_id"),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", TEXT, primary_key=True),
    required("failures", sa.Integer()),
    required("last_at", Moment()),
    Column("held_until", Moment()),
    Index("ix_login_failures_last_at", "last_at"),
)

setup_tokens = Table(
    "setup_tokens",
    metadata,
    Column("token_hash", TEXT, primary_key=True),
    required("created_at", Moment()),
)

views = Table(
    "views",
    metadata,
    Column("id", TEXT, primary_key=True),
    _user(),
    required("name", TEXT),
    required("page", TEXT),
    required("query", DATA),
    required("shared", sa.Boolean()),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
    sa.UniqueConstraint("user_id", "page", "name"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    required("seq", sa.BigInteger()),
    required("hash", TEXT),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    required("at", Moment()),
    required("actor", TEXT),
    required("source", TEXT),
    Column("address", TEXT),
    required("action", TEXT),
    Column("subject", TEXT),
    Column("subject_name", TEXT),
    Column("before", DATA),
    Column("after", DATA),
    required("result", TEXT),
    Column("code", TEXT),
    Column("reason", TEXT),
    Column("correlation_id", TEXT),
    required("hash", TEXT),
    Index("ix_audit_at", "at", "seq"),
    Index("ix_audit_subject", "subject", "seq"),
    Index("ix_audit_actor", "actor", "seq"),
)
