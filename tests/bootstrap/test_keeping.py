"""A backup of the manager, and the way back."""

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ldfleet.domain.workstation import Credentials
from support.commandline import run
from support.stores import Place, a_place, a_workstation


@pytest.fixture
async def old(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Place]:
    """A data directory with a workstation, whose password is sealed."""
    folder = tmp_path / "old"
    folder.mkdir()
    async with a_place("sqlite", pytestconfig, folder) as made:
        (folder / "fleet.db").rename(folder / "ldfleet.db")
        place = at(folder, made)
        async with place.opened() as database, database() as work:
            await work.workstations.add(a_workstation())
            await work.secrets.put(a_workstation().id, Credentials(password="hunter2"))
        yield place


def at(folder: Path, like: Place) -> Place:
    return Place(f"sqlite:///{folder / 'ldfleet.db'}", folder, like.clock)


async def keep(*arguments: str, data: Path, **environment: str) -> tuple[int, str, str]:
    given = {"LDFLEET_DATA_DIR": str(data), **environment}
    done = await asyncio.to_thread(lambda: run(*arguments, **given))
    return done.exit_code, done.stdout, done.stderr


async def test_a_backup_is_taken_amid_work_and_restored_elsewhere(
    old: Place, tmp_path: Path
) -> None:
    copy, new = tmp_path / "copy.db", tmp_path / "new"
    async with old.opened() as database:
        head = await database.feed.head()
        async with database() as work:
            await work.workstations.add(a_workstation(2))  # not committed before the backup
            made, told, hint = await keep("backup", str(copy), data=old.folder)
    new.mkdir()
    shutil.copy(old.folder / "vault.key", new)

    code, _, remarks = await keep("restore", str(copy), data=new)

    assert (made, told) == (0, f"{copy}\n")
    assert str(old.folder / "vault.key") in hint
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert code == 0, remarks
    names = sorted(path.name for path in new.iterdir())
    assert names == ["ldfleet.db", "ldfleet.db.lock", "vault.key"]
    assert stat.S_IMODE((new / "ldfleet.db").stat().st_mode) == 0o600
    async with at(new, old).opened() as database, database() as work:
        page = await work.workstations.list()
        assert [workstation.id for workstation in page.items] == ["ws_0001"]
        assert (await work.secrets.get(a_workstation().id)).password == "hunter2"
        epoch = (await database.feed.head()).partition(".")[0]
        assert epoch != head.partition(".")[0]


async def test_a_restore_without_the_vaults_key_says_whose_passwords_are_gone(
    old: Place, tmp_path: Path
) -> None:
    copy, new = tmp_path / "copy.db", tmp_path / "new"
    await keep("backup", str(copy), data=old.folder)

    code, told, _ = await keep("restore", str(copy), data=new)

    assert code == 0
    assert "farm-0001" in told
    assert str(new / "vault.key") in told
    assert not (new / "vault.key").exists()  # room for the right one


async def test_a_backup_fills_no_disk_that_was_meant_for_another(
    old: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "not mounted"

    code, _, why = await keep("backup", str(folder / "copy.db"), data=old.folder)

    assert code == 2
    assert f"there is no folder {folder}" in why
    assert not folder.exists()


async def test_nothing_that_is_there_is_replaced(old: Place, tmp_path: Path) -> None:
    taken = tmp_path / "taken.db"
    taken.write_bytes(b"precious")

    backed, _, why = await keep("backup", str(taken), data=old.folder)
    restored, _, why_not = await keep("restore", str(old.folder / "ldfleet.db"), data=old.folder)

    assert (backed, restored) == (6, 6)
    assert "file_taken" in why
    assert f"{old.folder / 'ldfleet.db'} already" in why_not
    assert taken.read_bytes() == b"precious"


@pytest.mark.parametrize("kind", ["missing", "text", "foreign", "truncated"])
async def test_what_is_no_whole_backup_is_refused(old: Place, tmp_path: Path, kind: str) -> None:
    file, new = tmp_path / "copy.db", tmp_path / "new"
    if kind == "text":
        file.write_text("not a database " * 1000)
    elif kind == "foreign":
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE cakes (name TEXT)")
        connection.close()
    elif kind == "truncated":
        whole = (old.folder / "ldfleet.db").read_bytes()
        file.write_bytes(whole[: len(whole) // 2])

    code, _, why = await keep("restore", str(file), data=new)

    assert code == 2
    assert "backup_unusable" in why
    assert not (new / "ldfleet.db").exists()


async def test_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"

    code, _, why = await keep("backup", "copy.db", data=tmp_path, LDFLEET_DATABASE_URL=url)

    assert code == 11
    assert "postgres_keeps_itself" in why
    assert "pg_dump" in why


async def test_a_restore_on_sqlite_needs_a_file(tmp_path: Path) -> None:
    code, _, why = await keep("restore", "--yes", data=tmp_path)

    assert code == 2
    assert "on SQLite it is needed" in why


async def test_the_vaults_key_is_replaced_while_old_backups_stay_readable(old: Place) -> None:
    key_file = old.folder / "vault.key"
    before = key_file.read_text("ascii").splitlines()

    code, told, hint = await keep("vault", "rotate", data=old.folder)

    assert (code, told) == (0, "The credentials of 1 workstations are sealed with a new key.\n")
    assert str(key_file) in hint
    assert key_file.read_text("ascii").splitlines()[1:] == before
    async with old.opened() as database, database() as work:
        assert (await work.secrets.get(a_workstation().id)).password == "hunter2"
        [(entry, _)] = await work.audit.links(after=0, limit=1)
    assert (entry.action, entry.after) == ("vault.rotate", {"sealed": 1})


async def test_a_key_that_opens_not_all_is_not_replaced(old: Place) -> None:
    key_file = old.folder / "vault.key"
    key_file.unlink()

    code, _, told = await keep("vault", "rotate", data=old.folder)

    assert code == 1
    assert "farm-0001" in told
    assert not key_file.exists()


async def test_a_command_beside_the_server_without_its_settings_says_so(tmp_path: Path) -> None:
    code, _, told = await keep("audit", "verify", data=tmp_path / "elsewhere")

    assert code == 10
    assert f"there is none at {tmp_path / 'elsewhere' / 'ldfleet.db'}" in told
    assert "needs the server's settings" in " ".join(told.split())
    assert not (tmp_path / "elsewhere").exists()
