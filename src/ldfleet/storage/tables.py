"""The schema, once for SQLite and PostgreSQL; values are mapped by hand beside each repository.

The invariants of architecture.md 3 are unique indexes here, so that no counting can be wrong.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from ldfleet.storage.columns import DATA, SERIAL, TEXT, Moment

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def required(name: str, kind: sa.types.TypeEngine[Any]) -> Column[Any]:
    """A column that may not be null."""
    return Column(name, kind, nullable=False)


def _workstation() -> Column[str]:
    key: ForeignKey = ForeignKey("workstations.id", ondelete="CASCADE")
    return Column("workstation_id", TEXT, key, nullable=False)


def _operation() -> Column[str]:
    key: ForeignKey = ForeignKey("operations.id", ondelete="CASCADE")
    return Column("operation_id", TEXT, key, nullable=False)


workstations = Table(
    "workstations",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    required("host", TEXT),
    required("port", sa.Integer()),
    required("transport", TEXT),
    required("tls", sa.Boolean()),
    required("login", TEXT),
    required("username", TEXT),
    Column("certificate_sha256", TEXT),
    Column("ca_pem", TEXT),
    Column("host_key_sha256", TEXT),
    Column("ldplayer_path", TEXT),
    required("tags", DATA),
    required("notes", TEXT),
    required("boots", sa.Integer()),
    required("disk", sa.Integer()),
    required("light", sa.Integer()),
    required("boot_gap", sa.Float()),
    Column("maintenance", TEXT),
    required("site", TEXT),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
    required("health_status", TEXT),
    Column("health_reason", TEXT),
    Column("health_failure", TEXT),
    required("misses", sa.Integer()),
    Column("seen_at", Moment()),
    Column("changed_at", Moment()),
    Column("desktop_user", TEXT),
    Column("facts", DATA),
    Column("facts_at", Moment()),
    required("installs", DATA),
)

credentials = Table(
    "credentials",
    metadata,
    Column(
        "workstation_id",
        TEXT,
        ForeignKey("workstations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    required("ciphertext", sa.LargeBinary()),
)

emulators = Table(
    "emulators",
    metadata,
    Column("id", TEXT, primary_key=True),
    _workstation(),
    required("install", TEXT),
    required("index", sa.Integer()),
    required("name", TEXT),
    required("name_folded", TEXT),
    Column("android_id", TEXT),
    Column("imei", TEXT),
    Column("mac", TEXT),
    Column("screen_width", sa.Integer()),
    Column("screen_height", sa.Integer()),
    Column("screen_dpi", sa.Integer()),
    Column("cpu", sa.Integer()),
    Column("memory_mib", sa.Integer()),
    Column("adb_debug", sa.Integer()),
    Column("config_hash", TEXT),
    Column("config_read_at", Moment()),
    required("tags", DATA),
    required("notes", TEXT),
    required("protected", sa.Boolean()),
    required("status", TEXT),
    required("observed_at", Moment()),
    required("power", TEXT),
    required("android", TEXT),
    required("adb", TEXT),
    Column("player_pid", sa.BigInteger()),
    Column("vm_pid", sa.BigInteger()),
    required("since", Moment()),
    Column("trouble", TEXT),
    required("current", sa.Boolean()),
    Column("removed_at", Moment()),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
)
_there = emulators.c.removed_at.is_(None)
Index(
    "uq_emulators_place",
    emulators.c.workstation_id,
    emulators.c.install,
    emulators.c["index"],
    unique=True,
    sqlite_where=_there,
    postgresql_where=_there,
)
Index("ix_emulators_status", emulators.c.status, sqlite_where=_there, postgresql_where=_there)
Index(
    "ix_emulators_name",
    emulators.c.name_folded,
    emulators.c.id,
    sqlite_where=_there,
    postgresql_where=_there,
)

batches = Table(
    "batches",
    metadata,
    Column("id", TEXT, primary_key=True),
    required("verb", TEXT),
    required("params", DATA),
    required("status", TEXT),
    required("policy", DATA),
    required("total", sa.Integer()),
    required("requested_by", TEXT),
    required("source", TEXT),
    Column("reason", TEXT),
    Column("halted", TEXT),
    Column("schedule_id", TEXT),
    required("created_at", Moment()),
    Column("finished_at", Moment()),
)
Index("ix_batches_newest", batches.c.created_at, batches.c.id)
_unfinished = batches.c.finished_at.is_(None)
Index(
    "ix_batches_unfinished",
    batches.c.created_at,
    batches.c.id,
    sqlite_where=_unfinished,
    postgresql_where=_unfinished,
)

operations = Table(
    "operations",
    metadata,
    Column("id", TEXT, primary_key=True),
    required("verb", TEXT),
    _workstation(),
    Column("emulator_id", TEXT, ForeignKey("emulators.id", ondelete="CASCADE")),
    required("params", DATA),
    required("status", TEXT),
    required("priority", TEXT),
    required("rank", sa.Integer()),
    required("requested_by", TEXT),
    required("source", TEXT),
    Column("correlation_id", TEXT),
    Column("reason", TEXT),
    Column("waiting_for", TEXT),
    Column("progress", sa.Float()),
    Column("message", TEXT),
    Column("result", DATA),
    Column("failure", DATA),
    required("attempt", sa.Integer()),
    Column("owner", TEXT),
    required("token", sa.Integer()),
    Column("lease_until", Moment()),
    required("timeout", sa.Float()),
    required("created_at", Moment()),
    Column("started_at", Moment()),
    Column("finished_at", Moment()),
    Column("batch_id", TEXT),
    Column("wave", sa.Integer()),
    Column("retry_of", TEXT),
    Column("not_before", Moment()),
    Column("expires_at", Moment()),
    required("tries", sa.Integer()),
)
_active = operations.c.status.in_(("running", "cancelling"))
_queued = operations.c.status == "queued"
Index(
    "uq_operations_active",
    operations.c.emulator_id,
    unique=True,
    sqlite_where=_active,
    postgresql_where=_active,
)
Index("ix_operations_owner", operations.c.owner, sqlite_where=_active, postgresql_where=_active)
Index(
    "ix_operations_queue",
    operations.c.workstation_id,
    operations.c.rank,
    operations.c.created_at,
    operations.c.id,
    sqlite_where=_queued,
    postgresql_where=_queued,
)
Index("ix_operations_newest", operations.c.created_at, operations.c.id)
Index("ix_operations_status", operations.c.status)
Index("ix_operations_workstation", operations.c.workstation_id, operations.c.created_at)
Index("ix_operations_emulator", operations.c.emulator_id, operations.c.created_at)
Index("ix_operations_batch", operations.c.batch_id, operations.c.wave)

operation_slots = Table(
    "operation_slots",
    metadata,
    Column("lane", TEXT, primary_key=True),
    Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
    _operation(),
    Index("ix_operation_slots_operation_id", "operation_id"),
)

operation_steps = Table(
    "operation_steps",
    metadata,
    Column("number", SERIAL, primary_key=True, autoincrement=True),
    _operation(),
    required("name", TEXT),
    required("status", TEXT),
    required("started_at", Moment()),
    Column("finished_at", Moment()),
    Column("result", DATA),
    Column("failure", DATA),
    sa.UniqueConstraint("operation_id", "name"),
)

operation_log = Table(
    "operation_log",
    metadata,
    Column("number", SERIAL, primary_key=True, autoincrement=True),
    _operation(),
    required("at", Moment()),
    required("event", TEXT),
    required("fields", DATA),
    Index("ix_operation_log_operation_id_number", "operation_id", "number"),
)

lane_starts = Table(
    "lane_starts",
    metadata,
    Column("lane", TEXT, primary_key=True),
    required("started_at", Moment()),
)

feed_head = Table(
    "feed_head",
    metadata,
    Column("epoch", TEXT, primary_key=True),
    required("seq", sa.BigInteger()),
)

feed = Table(
    "feed",
    metadata,
    Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    required("type", TEXT),
    required("subject", TEXT),
    required("at", Moment()),
    required("data", DATA),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", TEXT, primary_key=True),
    required("request", DATA),
    required("subject", TEXT),
    required("created_at", Moment()),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

sites = Table(
    "sites",
    metadata,
    Column("name", TEXT, primary_key=True),
    required("notes", TEXT),
    required("created_at", Moment()),
)

profiles = Table(
    "profiles",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    required("content", DATA),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    required("content", DATA),
    required("enabled", sa.Boolean()),
    Column("next_at", Moment()),
    Column("last_at", Moment()),
    Column("last_batch_id", TEXT),
    Column("last_outcome", TEXT),
    required("requested_by", TEXT),
    required("version", sa.Integer()),
    required("created_at", Moment()),
    required("updated_at", Moment()),
    Index("ix_schedules_next_at", "next_at"),
)

schedule_pause = Table(
    "schedule_pause",
    metadata,
    Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    required("reason", TEXT),
    required("by", TEXT),
    required("since", Moment()),
)

problems = Table(
    "problems",
    metadata,
    Column("id", TEXT, primary_key=True),
    required("kind", TEXT),
    required("subject", TEXT),
    Column("subject_name", TEXT, nullable=False, server_default=""),
    Column("workstation_id", TEXT, ForeignKey("workstations.id", ondelete="CASCADE")),
    required("evidence", DATA),
    required("since", Moment()),
    required("seen_at", Moment()),
    Column("ended_at", Moment()),
    Column("acknowledged_by", TEXT),
    Column("acknowledged_at", Moment()),
    Column("acknowledged_reason", TEXT),
    Index("ix_problems_since", "since", "id"),
)
_open = problems.c.ended_at.is_(None)
Index(
    "uq_problems_open",
    problems.c.kind,
    problems.c.subject,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)

backups = Table(
    "backups",
    metadata,
    Column("id", TEXT, primary_key=True),
    _workstation(),
    Column("emulator_id", TEXT, ForeignKey("emulators.id", ondelete="SET NULL")),
    required("emulator_name", TEXT),
    required("file", TEXT),
    required("size", sa.BigInteger()),
    Column("sha256", TEXT),
    Column("operation_id", TEXT),
    required("created_at", Moment()),
    sa.UniqueConstraint("workstation_id", "file"),
    Index("ix_backups_newest", "created_at", "id"),
    Index("ix_backups_emulator_id", "emulator_id"),
)

apps = Table(
    "apps",
    metadata,
    Column("id", TEXT, primary_key=True),
    required("package", TEXT),
    required("version_code", sa.BigInteger()),
    required("version_name", TEXT),
    required("label", TEXT),
    Column("min_sdk", sa.Integer()),
    required("abis", DATA),
    required("splits", DATA),
    required("packing", TEXT),
    Column("signer_sha256", TEXT),
    required("contents", DATA),
    required("file_name", TEXT),
    required("size", sa.BigInteger()),
    Column("sha256", TEXT, nullable=False, unique=True),
    required("uploaded_by", TEXT),
    required("created_at", Moment()),
    Index("ix_apps_newest", "created_at", "id"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("token_hash", TEXT, primary_key=True),
    _operation(),
    Column("app_id", TEXT, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False),
    required("expires_at", Moment()),
    Index("ix_transfers_operation_id", "operation_id"),
    Index("ix_transfers_app_id", "app_id"),
    Index("ix_transfers_expires_at", "expires_at"),
)

checkups = Table(
    "checkups",
    metadata,
    Column(
        "workstation_id",
        TEXT,
        ForeignKey("workstations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    required("operation_id", TEXT),
    required("at", Moment()),
    required("findings", DATA),
    required("bundle", DATA),
)

installations = Table(
    "installations",
    metadata,
    Column(
        "emulator_id",
        TEXT,
        ForeignKey("emulators.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("package", TEXT, primary_key=True),
    Column("version_code", sa.BigInteger()),
    Column("version_name", TEXT),
    Column("app_id", TEXT, ForeignKey("apps.id", ondelete="SET NULL")),
    required("operation_id", TEXT),
    required("seen_at", Moment()),
    Index("ix_installations_package", "package", "emulator_id"),
    Index("ix_installations_app_id", "app_id"),
)

metrics_history = Table(
    "metrics_history",
    metadata,
    Column(
        "workstation_id",
        TEXT,
        ForeignKey("workstations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("at", Moment(), primary_key=True),
    Column("cpu_load", sa.Integer()),
    Column("memory_free", sa.BigInteger()),
    Column("memory", sa.BigInteger()),
    Column("disk_free", sa.BigInteger()),
    Column("running", sa.Integer()),
    Index("ix_metrics_history_at", "at"),
)

compatibility = Table(
    "compatibility",
    metadata,
    Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    required("works_with", TEXT),
)
