"""Filters of schedules as text, and what sorted lists are found by.

Revision ID: 0007
Revises: 0006
"""

from typing import Any, cast

import sqlalchemy as sa
from alembic import op

from ldfleet.storage.columns import DATA, TEXT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
# Programs before it read a schedule's filter as an object (storage/schema.py).
works_with = "0007"

_WORDS = {"status": "status", "workstation_id": "ws_id", "tag": "tag"}
_there = sa.text("removed_at IS NULL")


def upgrade() -> None:
    schedules = sa.table("schedules", sa.column("id", TEXT), sa.column("content", DATA))
    connection = op.get_bind()
    for row in connection.execute(sa.select(schedules)).mappings().all():
        wanted: Any = row["content"].get("filter")
        if isinstance(wanted, dict):
            content = {**row["content"], "filter": _text(cast("dict[str, Any]", wanted))}
            kept = sa.update(schedules).where(schedules.c.id == row["id"])
            connection.execute(kept.values(content=content))
    op.create_index(
        "ix_emulators_name",
        "emulators",
        ["name_folded", "id"],
        sqlite_where=_there,
        postgresql_where=_there,
    )


def _text(wanted: dict[str, str]) -> str:
    words = [f'{_WORDS[name]}:"{value}"' for name, value in wanted.items() if name in _WORDS]
    if wanted.get("name"):
        doubled = wanted["name"].replace('"', '""')
        words.append(f'"{doubled}"')
    return " ".join(words)
