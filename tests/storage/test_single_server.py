"""One server for one SQLite file."""

from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.storage.single_server import single_server

PLACE = "LDFLEET_DATA_DIR"


def test_a_place_that_is_no_folder_is_told_with_its_setting(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.touch()

    with (
        pytest.raises(errors.SettingInvalid, match=rf"{PLACE} .*taken.* can't be used"),
        single_server(file / "fleet.db", setting=PLACE),
    ):
        pass


def test_a_second_server_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    database = tmp_path / "data" / "fleet.db"

    with (
        single_server(database, setting=PLACE),
        pytest.raises(errors.ServerAlreadyRunning, match=r"fleet\.db"),
        single_server(database, setting=PLACE),
    ):
        pass

    with single_server(database, setting=PLACE):
        pass


def test_servers_of_two_databases_live_together(tmp_path: Path) -> None:
    one, two = (single_server(tmp_path / f"{name}.db", setting=PLACE) for name in ("one", "two"))
    with one, two:
        assert (tmp_path / "one.db.lock").exists()
