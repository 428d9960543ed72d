"""Which database a URL names, and what happens when it is not there."""

import os
import stat
from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.storage.connections import sqlite_path
from support.postgres import server_of
from support.stores import Place, StillClock


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://a@b/c", "sqlite://", "sqlite:///:memory:", "postgresql://"]
)
def test_a_url_of_no_database_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(errors.SettingInvalid, match="LDFLEET_DATABASE_URL"):
        Place(url, tmp_path, StillClock()).database()


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_path("sqlite:////var/lib/ldfleet/fleet.db") == Path("/var/lib/ldfleet/fleet.db")
    assert sqlite_path("sqlite:///fleet.db") == Path("fleet.db")
    assert sqlite_path("postgresql://a@b/c") is None


@pytest.mark.parametrize("content", [None, b"this is no database, and it is long enough" * 40])
async def test_a_file_that_is_no_database_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "there.db" if content else tmp_path / "nowhere" / "fleet.db"
    if content:
        path.write_bytes(content)
    database = Place(f"sqlite:///{path}", tmp_path, StillClock()).database()

    with pytest.raises(errors.DatabaseUnreachable):
        await database.start()

    await database.stop()


async def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "fleet.db"
    database = Place(f"sqlite:///{path}", tmp_path, StillClock()).database()

    await database.migrate()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    await database.stop()

    assert modes == dict.fromkeys(["fleet.db", "fleet.db-wal", "fleet.db-shm"], 0o600)


async def test_a_database_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/fleet?host={tmp_path}"
    database = Place(url, tmp_path, StillClock()).database()

    with pytest.raises(errors.DatabaseUnreachable) as failure:
        await database.start()

    assert failure.value.reason
    await database.stop()


async def test_a_database_that_is_not_on_the_server_is_named(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = server_of(request.config).url(f"missing_{os.getpid()}")
    database = Place(url, tmp_path, StillClock()).database()

    with pytest.raises(errors.DatabaseUnreachable, match="does not exist"):
        await database.start()

    await database.stop()
