"""A simulated farm and the processes of ldfleet over it, to be killed, frozen and asked."""

import json
import signal
import socket
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from support.chaos_story import Trouble
from support.first_admin import first_admin
from support.inventory import over_winrm
from support.programs import Program, ldfleet

INTERNAL = 500
FAST = 20.0  # simulated seconds in a real one
QUIRKS: Mapping[str, Any] = {
    "boot_storm_limit": 1000,  # a cancelled launch leaves a boot that counts as well
    "kill_truncates_config": False,  # players are killed to heal what hangs
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of the farm."""

    workstations: int
    emulators: int
    seed: int
    workers: int


class ChaosFarm:
    """The simulator, the server and its workers, each a process."""

    def __init__(self, folder: Path, size: Size, *, database_url: str | None) -> None:
        self.size = size
        self.folder = folder
        self.port = a_free_port()
        self.environment = {
            "HOME": str(folder),
            "LDFLEET_DATA_DIR": str(folder / "data"),
            "LDFLEET_PORT": str(self.port),
            "LDFLEET_LEASE": "6",  # shorter ones end by themselves on a busy machine
            "LDFLEET_POLL_IDLE": "10",
            "LDFLEET_POLL_OPERATION": "5",
        }
        if database_url is not None:
            self.environment["LDFLEET_DATABASE_URL"] = database_url
        self.journal_file = folder / "journal.jsonl"
        self.inventory_file = folder / "inventory.json"
        self.simulator = Program(
            [
                *("simulate", "--workstations", str(size.workstations)),
                *("--emulators", str(size.emulators), "--seed", str(size.seed)),
                *("--time-scale", str(FAST)),
                *("--inventory-file", str(self.inventory_file)),
                *("--journal-file", str(self.journal_file)),
            ],
            folder=folder / "simulator",
            environment={"HOME": str(folder)},
        )
        self.server = Program(["serve"], folder=folder / "server", environment=self.environment)
        self.workers = [
            Program(
                ["worker", "--site", "default", "--concurrency", "60"],
                folder=folder / f"worker-{number}",
                environment=self.environment,
            )
            for number in range(1, size.workers + 1)
        ]
        self.troubles: list[Trouble] = []
        """What was done to processes of ours."""
        self.meanwhile: Callable[[], None] = lambda: None
        """What goes on while a request waits for a server."""
        self.control = ""
        self.origin = 0.0
        self._http = httpx.Client(timeout=30)

    @contextmanager
    def running(self) -> Generator["ChaosFarm"]:
        made = ldfleet("migrate", environment=self.environment)
        assert made.returncode == 0, made.stderr
        with ExitStack() as stack:
            stack.callback(self._http.close)
            stack.enter_context(self.simulator)
            stack.enter_context(self.server)
            for worker in self.workers:
                stack.enter_context(worker)
                stack.callback(worker.send, signal.SIGCONT)  # a frozen one can't be ended
            told = self.server.wait_for_words("lds_")
            self._http.base_url = f"http://127.0.0.1:{self.port}/api"
            until(self.answers)
            self._enter(first_admin(f"http://127.0.0.1:{self.port}", told))
            for worker in self.workers:
                worker.wait_for_words("ldfleet worker")
            self._furnish()
            yield self

    def _enter(self, access_token: str) -> None:
        """By a token that outlives the longest chaos."""
        made = self._http.post(
            "/tokens",
            json={"name": "chaos", "role": "admin", "expires_in_days": 1},
            headers={"Authorization": f"Bearer {access_token}"},
        )
        assert made.is_success, made.text
        self._http.headers["Authorization"] = f"Bearer {made.json()['token']}"

    def _furnish(self) -> None:
        inventory = self.simulator.wait_for_file(self.inventory_file)
        self.control = inventory[0]["simulator_control"]
        before = now()
        clock = self.ask_control("GET", "/clock")
        self.origin = (before + now()) / 2 - clock["now"] / clock["scale"]
        for item in inventory:
            self.switch(item["name"], **QUIRKS)
            self.call("POST", "/workstations", json=over_winrm(item))
        wanted = self.size.workstations * self.size.emulators
        until(lambda: len(self.items("/emulators")) == wanted)

    @property
    def programs(self) -> Sequence[Program]:
        return [*self.workers, self.server]

    def call(self, method: str, path: str, **sent: Any) -> Any:
        """The answer, whatever becomes of the server meanwhile; a refusal raises."""
        answer = self.ask(method, path, **sent)
        answer.raise_for_status()
        return answer.json()

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Ask again and again until the server is there to answer."""
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self._http.request(method, path, **sent)
            except httpx.TransportError:
                assert time.monotonic() < deadline, f"no server answers:\n{self.server.told()}"
            else:
                if answer.status_code < 500:
                    return answer
                assert answer.status_code != INTERNAL, f"{answer.text}\n{self.server.told()}"
                assert time.monotonic() < deadline, answer.text
            self.meanwhile()
            time.sleep(0.1)

    def items(self, path: str, **which: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            params = {"limit": 500, **which} | ({"cursor": cursor} if cursor else {})
            page = self.call("GET", path, params=params)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def answers(self) -> bool:
        try:
            return self._http.get("/health").is_success
        except httpx.TransportError:
            return False

    def ask_control(self, method: str, path: str, **sent: Any) -> Any:
        answer = self._http.request(
            method, f"{self.control}{path}", headers={"Authorization": ""}, **sent
        )
        answer.raise_for_status()
        return answer.json()

    def switch(self, workstation: str, **faults: Any) -> None:
        self.ask_control("PATCH", f"/workstations/{workstation}/faults", json=faults)

    def act(self, workstation: str, action: str) -> None:
        self.ask_control("POST", f"/workstations/{workstation}/actions", json={"action": action})

    def kill(self, program: Program) -> None:
        """`kill -9`, by pid."""
        at = now()
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        self._note("killed", program, at)

    def freeze(self, program: Program) -> float:
        program.send(signal.SIGSTOP)
        return now()

    def thaw(self, program: Program, frozen_at: float) -> None:
        program.send(signal.SIGCONT)
        self._note("froze", program, frozen_at)

    def _note(self, what: str, program: Program, began: float) -> None:
        words = f"{what} {program.folder.name}"
        self.troubles.append(Trouble(what=words, began=began, ended=now()))

    def journal(self) -> list[dict[str, Any]]:
        *whole, _being_written = self.journal_file.read_text().split("\n")
        return [json.loads(line) for line in whole]


def until(condition: Callable[[], bool], seconds: float = 90.0, what: str = "it") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds:g} s"
        time.sleep(0.1)


def now() -> float:
    """Unix time, which the processes of ldfleet write into their records."""
    return datetime.now(UTC).timestamp()  # noqa: TID251 - compared with what real processes wrote


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
