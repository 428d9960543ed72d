"""One server for one SQLite file."""

from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.storage.single_server import single_server


def test_a_second_server_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    database = tmp_path / "data" / "fleet.db"

    with (
        single_server(database),
        pytest.raises(errors.ServerAlreadyRunning, match=r"fleet\.db"),
        single_server(database),
    ):
        pass

    with single_server(database):
        pass


def test_servers_of_two_databases_live_together(tmp_path: Path) -> None:
    with single_server(tmp_path / "one.db"), single_server(tmp_path / "two.db"):
        assert (tmp_path / "one.db.lock").exists()
