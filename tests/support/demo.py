"""A running `ldfleet demo`, and the command line pointed at it."""

import json
from pathlib import Path
from typing import Any

import httpx

from support.programs import ldfleet


class Demo:
    """A running `ldfleet demo`, and the command line pointed at it."""

    def __init__(self, ready: dict[str, str], ready_file: Path) -> None:
        self.url = ready["url"]
        self.control = ready["simulator_control"]
        self.ready_file = ready_file
        self.environment = {"LDFLEET_URL": ready["url"], "LDFLEET_TOKEN": ready["token"]}

    def cli(self, *arguments: str) -> Any:
        return ldfleet(*arguments, environment=self.environment)

    def emulators(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.cli("emulators", "list", "-o", "json", "--limit", "500", *arguments)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout)["items"])

    def fault(self, workstation: str, faults: dict[str, Any]) -> None:
        path = f"{self.control}/workstations/{workstation}/faults"
        httpx.patch(path, json=faults, timeout=10).raise_for_status()
