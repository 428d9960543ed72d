"""A simulated farm, a server and workers on PostgreSQL, each a process; judged by what PCs say."""

import json
import socket
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg import sql

from ldfleet.domain.operation import OperationStatus
from support.first_admin import first_admin
from support.inventory import over_winrm
from support.postgres import Server, server_of
from support.programs import Program, ldfleet

WORKSTATIONS = 3
EMULATORS = 4
OVER = {status.value for status in OperationStatus if status.over}
LOOKS = {"list2", "adb", "isrunning", "runninglist", "list", "list3"}
_RUNNERS = sql.SQL(
    "SELECT owner, count(*) FROM operations WHERE verb = 'launch' "
    "AND status IN ('running', 'cancelling') AND owner NOT LIKE '%/sent' GROUP BY owner"
)
_ROWS = sql.SQL(
    "SELECT o.id, o.status, o.token, o.owner, o.finished_at, o.message, max(l.number) "
    "FROM operations o LEFT JOIN operation_log l ON l.operation_id = o.id "
    "WHERE o.verb = 'launch' GROUP BY o.id ORDER BY o.id"
)


class Farm:
    """A simulated farm, a server and two workers of its only site, each a process."""

    def __init__(self, folder: Path, postgres: Server, database: str) -> None:
        self.postgres, self.database = postgres, database
        self.journal_file = folder / "journal.jsonl"
        self.inventory_file = folder / "inventory.json"
        self.port = a_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "HOME": str(folder),
            "LDFLEET_DATA_DIR": str(folder / "data"),
            "LDFLEET_DATABASE_URL": postgres.url(database),
            "LDFLEET_PORT": str(self.port),
            "LDFLEET_LEASE": "6",  # shorter ones end by themselves on a busy machine
            "LDFLEET_POLL_IDLE": "2",
        }
        self.simulator = Program(
            [
                *("simulate", "--workstations", str(WORKSTATIONS), "--emulators", str(EMULATORS)),
                *("--seed", "7", "--time-scale", "10"),
                *("--inventory-file", str(self.inventory_file)),
                *("--journal-file", str(self.journal_file)),
            ],
            folder=folder / "simulator",
            environment={"HOME": str(folder)},
        )
        self.folder = folder
        self.server = self.a_server("server")
        self.one, self.two = self.a_worker("one"), self.a_worker("two")
        self.token = ""

    def a_server(self, name: str) -> Program:
        return Program(["serve"], folder=self.folder / name, environment=self.environment)

    def a_worker(self, name: str) -> Program:
        return Program(
            ["worker", "--site", "default", "--concurrency", "20"],
            folder=self.folder / name,
            environment=self.environment,
        )

    def call(self, method: str, path: str, **sent: Any) -> Any:
        answer = httpx.request(
            method,
            f"{self.url}/api{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **sent,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def items(self, path: str) -> list[dict[str, Any]]:
        return list(self.call("GET", path, params={"limit": 500})["items"])

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=5).is_success
        except httpx.TransportError:
            return False

    def add_workstations(self) -> None:
        for item in self.simulator.wait_for_file(self.inventory_file):
            self.call("POST", "/workstations", json=over_winrm(item))

    def launch_all(self) -> None:
        for emulator in self.items("/emulators"):
            self.call("POST", f"/emulators/{emulator['id']}/launch")

    def launches(self) -> list[dict[str, Any]]:
        return [op for op in self.items("/operations") if op["verb"] == "launch"]

    def all_over(self) -> bool:
        return {op["status"] for op in self.launches()} <= OVER

    def changes(self) -> list[tuple[str, str, int]]:
        """Each command that reached ldconsole and does more than look."""
        *whole, _being_written = self.journal_file.read_text().split("\n")
        return [
            (entry["workstation"], entry["argv"][1], entry["index"])
            for entry in map(json.loads, whole)
            if entry["kind"] == "ldconsole"
            and len(entry["argv"]) > 1
            and entry["argv"][1] not in LOOKS
        ]

    def runners(self) -> Mapping[str, int]:
        """How many launches each worker holds."""
        return dict(self.postgres.query(self.database, _RUNNERS))

    def rows(self) -> list[Any]:
        return self.postgres.query(self.database, _ROWS)


@contextmanager
def a_farm(folder: Path, config: pytest.Config) -> Generator[Farm]:
    """All of it running, and every emulator seen."""
    postgres, name = server_of(config), f"t_{uuid.uuid4().hex}"
    postgres.create(name)
    farm = Farm(folder, postgres, name)
    made = ldfleet("migrate", environment=farm.environment)
    assert made.returncode == 0, made.stderr
    try:
        with farm.simulator, farm.server:
            farm.server.wait_for_words("ldfleet: http")
            farm.token = first_admin(farm.url, farm.server.wait_for_words("lds_"))
            with farm.one, farm.two:
                farm.one.wait_for_words("ldfleet worker")
                farm.two.wait_for_words("ldfleet worker")
                farm.add_workstations()
                until(lambda: len(farm.items("/emulators")) == WORKSTATIONS * EMULATORS)
                yield farm
    finally:
        postgres.drop(name)


def until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
