"""`kill -9` of the server in the middle of launches, judged by what the PCs say happened."""

import json
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.first_admin import first_admin
from support.inventory import over_winrm
from support.programs import Program

WORKSTATIONS = 4
EMULATORS = 5
OVER = {"succeeded", "failed", "cancelled", "timed_out", "lost", "skipped", "expired"}
LOOKS = {"list2", "adb", "isrunning", "runninglist", "list", "list3"}


class Farm:
    """A simulated farm and an ldfleet server on it, each a process."""

    def __init__(self, folder: Path) -> None:
        self.journal_file = folder / "journal.jsonl"
        self.inventory_file = folder / "inventory.json"
        self.port = a_free_port()
        self.simulator = Program(
            [
                *("simulate", "--workstations", str(WORKSTATIONS), "--emulators", str(EMULATORS)),
                *("--seed", "7", "--time-scale", "20"),
                *("--inventory-file", str(self.inventory_file)),
                *("--journal-file", str(self.journal_file)),
            ],
            folder=folder / "simulator",
            environment={"HOME": str(folder)},
        )
        self.server = Program(
            ["serve"],
            folder=folder / "server",
            environment={
                "HOME": str(folder),
                "LDFLEET_DATA_DIR": str(folder / "data"),
                "LDFLEET_PORT": str(self.port),
                "LDFLEET_LEASE": "3",
                "LDFLEET_POLL_IDLE": "2",
            },
        )
        self.token = ""

    def call(self, method: str, path: str, **sent: Any) -> Any:
        answer = httpx.request(
            method,
            f"http://127.0.0.1:{self.port}/api{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **sent,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def items(self, path: str) -> list[dict[str, Any]]:
        return list(self.call("GET", path, params={"limit": 500})["items"])

    def journal(self) -> list[dict[str, Any]]:
        *whole, _being_written = self.journal_file.read_text().split("\n")
        entries = [json.loads(line) for line in whole]
        return [entry for entry in entries if entry["kind"] == "ldconsole"]

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=5).is_success
        except httpx.TransportError:
            return False

    def add_workstations(self) -> None:
        for item in self.simulator.wait_for_file(self.inventory_file):
            self.call("POST", "/workstations", json=over_winrm(item))

    def restart_after_a_kill(self) -> None:
        assert self.server.end(signal.SIGKILL) == -signal.SIGKILL
        self.server.start()
        until(self.answers)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path)
    with farm.simulator, farm.server:
        told = farm.server.wait_for_words("lds_")
        until(farm.answers)
        farm.token = first_admin(f"http://127.0.0.1:{farm.port}", told)
        farm.add_workstations()
        until(lambda: len(farm.items("/emulators")) == WORKSTATIONS * EMULATORS)
        yield farm


def test_after_a_kill_every_launch_ends_truthfully_and_none_runs_twice(farm: Farm) -> None:
    accepted = {
        farm.call("POST", f"/emulators/{emulator['id']}/launch")["id"]
        for emulator in farm.items("/emulators")
    }

    for enough in (3, 9):
        until(lambda enough=enough: len(changes(farm)) >= enough)  # type: ignore[misc]  # mypy can't infer a default
        farm.restart_after_a_kill()
    until(lambda: {op["status"] for op in farm.items("/operations")} <= OVER)

    operations = {op["id"]: op for op in farm.items("/operations") if op["verb"] == "launch"}
    assert operations.keys() == accepted, "an accepted operation is missing"
    assert {op["status"] for op in operations.values()} == {"succeeded"}, operations
    assert {e["status"] for e in farm.items("/emulators")} == {"ready"}
    sent = Counter(changes(farm))
    assert len(sent) == WORKSTATIONS * EMULATORS
    assert set(sent.values()) == {1}, "a command that changes something was sent twice"


def changes(farm: Farm) -> list[tuple[str, str, int]]:
    """Each command that reached ldconsole and does more than look."""
    return [
        (entry["workstation"], entry["argv"][1], entry["index"])
        for entry in farm.journal()
        if len(entry["argv"]) > 1 and entry["argv"][1] not in LOOKS
    ]


def until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
