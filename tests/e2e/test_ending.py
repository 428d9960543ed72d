"""SIGTERM ends a program in order: what service managers and container engines send."""

import json
import signal
from pathlib import Path

import httpx
import pytest

from support.programs import Program


def test_a_server_that_is_terminated_closes_its_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = {"HOME": str(tmp_path), "LDFLEET_DATA_DIR": str(data), "LDFLEET_PORT": "0"}
    with Program(["serve"], folder=tmp_path, environment=environment) as server:
        url = server.wait_for_words("ldfleet: http").split()[-1]
        assert httpx.get(f"{url}/api/health").is_success

        code = server.end(signal.SIGTERM)

    assert code == 0
    assert (data / "ldfleet.db").exists()
    assert not (data / "ldfleet.db-wal").exists()


def test_open_event_streams_end_with_the_server(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    arguments = ["demo", "--workstations", "1", "--emulators", "1", "--port", "0"]
    arguments += ["--ready-file", str(ready_file)]
    with Program(arguments, folder=tmp_path, environment={"HOME": str(tmp_path)}) as demo:
        ready = demo.wait_for_file(ready_file)
        headers = {"Authorization": f"Bearer {ready['token']}"}
        with httpx.stream("GET", f"{ready['url']}/api/events", headers=headers) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: ping"
            demo.send(signal.SIGTERM)
            told = list(lines)  # to its orderly end: a connection that is cut raises

        code = demo.ended()

    assert (code, told[-1]) == (0, "")
    assert "Exception" not in demo.told()
    assert "Cancel" not in demo.told()  # uvicorn's word, once it is tired of waiting


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    ready_file, rubbish = tmp_path / "ready.json", tmp_path / "tmp"
    rubbish.mkdir()
    environment = {"HOME": str(tmp_path), "TMPDIR": str(rubbish)}
    arguments = ["demo", "--workstations", "1", "--emulators", "1", "--port", "0"]
    arguments += ["--ready-file", str(ready_file)]
    with Program(arguments, folder=tmp_path, environment=environment) as demo:
        assert json.dumps(demo.wait_for_file(ready_file))

        demo.end(how)

    assert list(rubbish.iterdir()) == []
