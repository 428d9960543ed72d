"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, SERIAL, TEXT, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("data", DATA, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_feed")),
    )
    op.create_table(
        "feed_head",
        sa.Column("epoch", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_feed_head")),
    )
    op.create_table(
        "lane_starts",
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lane_starts")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tokens")),
    )
    op.create_table(
        "workstations",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("transport", TEXT, nullable=False),
        sa.Column("tls", sa.Boolean(), nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("certificate_sha256", TEXT, nullable=True),
        sa.Column("ca_pem", TEXT, nullable=True),
        sa.Column("ldplayer_path", TEXT, nullable=True),
        sa.Column("tags", DATA, nullable=False),
        sa.Column("notes", TEXT, nullable=False),
        sa.Column("boots", sa.Integer(), nullable=False),
        sa.Column("disk", sa.Integer(), nullable=False),
        sa.Column("light", sa.Integer(), nullable=False),
        sa.Column("boot_gap", sa.Float(), nullable=False),
        sa.Column("maintenance", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("health_status", TEXT, nullable=False),
        sa.Column("health_reason", TEXT, nullable=True),
        sa.Column("health_failure", TEXT, nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=True),
        sa.Column("desktop_user", TEXT, nullable=True),
        sa.Column("facts", DATA, nullable=True),
        sa.Column("facts_at", Moment(), nullable=True),
        sa.Column("installs", DATA, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstations")),
        sa.UniqueConstraint("name", name=op.f("uq_workstations_name")),
    )
    op.create_table(
        "credentials",
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_credentials_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workstation_id", name=op.f("pk_credentials")),
    )
    op.create_table(
        "emulators",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("install", TEXT, nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("android_id", TEXT, nullable=True),
        sa.Column("imei", TEXT, nullable=True),
        sa.Column("mac", TEXT, nullable=True),
        sa.Column("screen_width", sa.Integer(), nullable=True),
        sa.Column("screen_height", sa.Integer(), nullable=True),
        sa.Column("screen_dpi", sa.Integer(), nullable=True),
        sa.Column("cpu", sa.Integer(), nullable=True),
        sa.Column("memory_mib", sa.Integer(), nullable=True),
        sa.Column("adb_debug", sa.Integer(), nullable=True),
        sa.Column("config_hash", TEXT, nullable=True),
        sa.Column("tags", DATA, nullable=False),
        sa.Column("notes", TEXT, nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("observed_at", Moment(), nullable=False),
        sa.Column("power", TEXT, nullable=False),
        sa.Column("android", TEXT, nullable=False),
        sa.Column("adb", TEXT, nullable=False),
        sa.Column("player_pid", sa.BigInteger(), nullable=True),
        sa.Column("vm_pid", sa.BigInteger(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("trouble", TEXT, nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_emulators_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emulators")),
    )
    op.create_index(
        "ix_emulators_status",
        "emulators",
        ["status"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_emulators_place",
        "emulators",
        ["workstation_id", "install", "index"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "operations",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("verb", TEXT, nullable=False),
        sa.Column("workstation_id", TEXT, nullable=False),
        sa.Column("emulator_id", TEXT, nullable=True),
        sa.Column("params", DATA, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("waiting_for", TEXT, nullable=True),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("message", TEXT, nullable=True),
        sa.Column("result", DATA, nullable=True),
        sa.Column("failure", DATA, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("timeout", sa.Float(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("idempotency_key", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["emulator_id"],
            ["emulators.id"],
            name=op.f("fk_operations_emulator_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstations.id"],
            name=op.f("fk_operations_workstation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_operations_idempotency_key")),
    )
    op.create_index(
        "ix_operations_emulator", "operations", ["emulator_id", "created_at"], unique=False
    )
    op.create_index("ix_operations_newest", "operations", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_operations_owner",
        "operations",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("status IN ('running', 'cancelling')"),
        postgresql_where=sa.text("status IN ('running', 'cancelling')"),
    )
    op.create_index(
        "ix_operations_queue",
        "operations",
        ["workstation_id", "rank", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index("ix_operations_status", "operations", ["status"], unique=False)
    op.create_index(
        "ix_operations_workstation", "operations", ["workstation_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_operations_active",
        "operations",
        ["emulator_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('running', 'cancelling')"),
        postgresql_where=sa.text("status IN ('running', 'cancelling')"),
    )
    op.create_table(
        "operation_log",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("fields", DATA, nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operations.id"],
            name=op.f("fk_operation_log_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_operation_log")),
    )
    op.create_index(
        "ix_operation_log_operation_id_number",
        "operation_log",
        ["operation_id", "number"],
        unique=False,
    )
    op.create_table(
        "operation_slots",
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operations.id"],
            name=op.f("fk_operation_slots_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lane", "slot", name=op.f("pk_operation_slots")),
    )
    op.create_index(
        "ix_operation_slots_operation_id", "operation_slots", ["operation_id"], unique=False
    )
    op.create_table(
        "operation_steps",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("operation_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("result", DATA, nullable=True),
        sa.Column("failure", DATA, nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operations.id"],
            name=op.f("fk_operation_steps_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_operation_steps")),
        sa.UniqueConstraint(
            "operation_id", "name", name=op.f("uq_operation_steps_operation_id_name")
        ),
    )
