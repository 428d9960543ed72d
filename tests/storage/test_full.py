"""A database without room for more is told as such."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from ldfleet import errors
from ldfleet.storage.faults import translated


def test_a_full_database_is_told_by_its_name(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/small.db")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept (content BLOB)"))
        connection.execute(sa.text("PRAGMA max_page_count = 4"))

        with pytest.raises(errors.DatabaseFull) as raised, translated():
            connection.execute(sa.text("INSERT INTO kept VALUES (zeroblob(1000000))"))
    engine.dispose()

    assert "full" in raised.value.reason
    assert raised.value.hint is not None and "Free room" in raised.value.hint
