"""What people ask of the farm amid the chaos: verbs that fit what they see, by chance."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from support.chaos_farm import ChaosFarm

PATIENCE = 20  # seconds an operation asked for alone may take
LEAST = 3  # emulators that a workstation keeps
APP = "com.android.settings"
_STOPPED: Mapping[str, int] = {
    "launch": 40,
    "rename": 14,
    "modify": 14,
    "locate": 6,
    "clone": 3,
    "backup": 4,
    "remove": 4,
    "restore": 2,
}
_UP: Mapping[str, int] = {
    "quit": 24,
    "reboot": 8,
    "rename": 12,
    "modify": 10,
    "adb": 12,
    "run": 8,
    "kill": 6,
    "setprop": 6,
    "locate": 4,
}
_BATCHES = ("rename", "modify", "quit", "locate", "run", "adb")
"""Light ones, many of them: a launch that was broken off is waited for as long as it may take."""


class Load:
    """Asks as long as it is told to, and remembers what was accepted."""

    def __init__(self, farm: ChaosFarm, chance: random.Random) -> None:
        self.accepted: dict[str, Mapping[str, Any]] = {}
        """The params of each operation."""
        self.taken = 0
        """Accepted operations but for those that a batch skipped at once."""
        self.refused = 0
        self.waiting = 0
        """Operations that are not over, as far as was seen and asked."""
        self._farm = farm
        self._chance = chance
        self._count = 0
        self._workstations = [each["id"] for each in farm.items("/workstations")]
        self._emulators: list[dict[str, Any]] = []
        self._backups: list[dict[str, Any]] = []

    def look(self) -> None:
        """See how the farm is by now."""
        self._emulators = self._farm.items("/emulators")
        done = {"verb": "backup", "status": "succeeded", "limit": 50}
        self._backups = self._farm.call("GET", "/operations", params=done)["items"]
        self.waiting = len(self._farm.items("/operations", unfinished=True))

    def one(self) -> None:
        """Ask for one thing."""
        if self._chance.random() < 0.06:
            self._of_a_workstation()
            return
        emulator = self._chance.choice(self._emulators)
        verbs = _STOPPED if emulator["power"] == "stopped" else _UP
        (verb,) = self._chance.choices(list(verbs), list(verbs.values()))
        if verb == "remove" and self._few_at(emulator["workstation_id"]):
            return
        body = self._body(verb, emulator)
        if body is None:
            return
        path, method, params = f"/emulators/{emulator['id']}/{verb}", "POST", {}
        if verb == "remove":
            path, method = f"/emulators/{emulator['id']}", "DELETE"
            body, params = None, {"timeout_s": PATIENCE}
        if verb in {"run", "kill"}:
            path = f"/emulators/{emulator['id']}/apps/{APP}/{verb}"
        if verb == "setprop":
            path = f"/emulators/{emulator['id']}/properties"
        if verb == "locate":
            path = f"/emulators/{emulator['id']}/location"
        self._send(method, path, body, params)

    def batch(self) -> None:
        """Ask for the same of many."""
        verb = self._chance.choice(_BATCHES)
        wanted = {"launch": "stopped", "quit": "ready", "run": "ready", "adb": "ready"}.get(verb)
        fit = [e["id"] for e in self._emulators if wanted in {None, e["status"]}]
        ids = self._chance.sample(fit, min(len(fit), self._chance.randint(15, 40)))
        if not ids:
            return
        body = {"verb": verb, "ids": ids, "params": _PARAMS[verb](self._mark())}
        answer = self._ask("POST", "/batches", body)
        if answer is None:
            return
        found = self._farm.items("/operations", batch_id=answer["id"])
        self.accepted |= {each["id"]: body["params"] for each in found}
        taken = sum(each["status"] != "skipped" for each in found)
        self.taken += taken
        self.waiting += taken

    def cancel_one(self) -> None:
        """Change one's mind about something that is not over."""
        running = self._farm.call("GET", "/operations", params={"unfinished": True, "limit": 100})
        if running["items"]:
            meant = self._chance.choice(running["items"])
            self._farm.ask("POST", f"/operations/{meant['id']}/cancel")

    def _of_a_workstation(self) -> None:
        workstation = self._chance.choice(self._workstations)
        if self._chance.random() < 0.5:
            self._send("POST", f"/workstations/{workstation}/scan", {})
            return
        body = {"workstation_id": workstation, "name": self._mark(), "timeout_s": PATIENCE}
        self._send("POST", "/emulators", body)

    def _body(self, verb: str, emulator: Mapping[str, Any]) -> dict[str, Any] | None:
        body: dict[str, Any] = {"timeout_s": PATIENCE}
        if verb == "restore":
            files = [
                b["result"]["file"]
                for b in self._backups
                if b["workstation_id"] == emulator["workstation_id"]
            ]
            return body | {"file": self._chance.choice(files)} if files else None
        if verb == "clone":
            return body | {"name": self._mark(), "stop_source": self._chance.random() < 0.5}
        if verb in _PARAMS and verb not in {"run", "launch", "quit"}:
            return body | _PARAMS[verb](self._mark())
        return body

    def _few_at(self, workstation_id: str) -> bool:
        here = [e for e in self._emulators if e["workstation_id"] == workstation_id]
        return len(here) <= LEAST

    def _mark(self) -> str:
        self._count += 1
        return f"m{self._count:05d}"

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        answer = self._ask(method, path, body, params)
        if answer is not None:
            self.accepted[answer["id"]] = body or {}
            self.taken += 1
            self.waiting += 1

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        # The key makes it one request though the server may be killed before it answers.
        key = {"Idempotency-Key": f"{self._chance.getrandbits(64):x}"}
        answer = self._farm.ask(method, path, json=body, params=params, headers=key)
        if answer.is_success:
            return answer.json()
        assert answer.status_code in {404, 409, 422}, (
            f"{answer.text}\n{self._farm.server.told()[-5000:]}"
        )
        self.refused += 1
        return None


def _place(mark: str) -> dict[str, Any]:
    number = int(mark[1:])
    return {"longitude": number / 1000, "latitude": number / 2000}


_PARAMS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "rename": lambda mark: {"name": mark},
    "modify": lambda mark: {"settings": {"phone_number": f"555{mark[1:]}"}},
    "adb": lambda mark: {"command": f"shell setprop chaos.mark {mark}"},
    "setprop": lambda mark: {"key": "chaos.prop", "value": mark},
    "locate": _place,
    "run": lambda _mark: {"package": APP},
    "launch": lambda _mark: {},
    "quit": lambda _mark: {},
}
