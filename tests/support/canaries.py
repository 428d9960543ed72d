"""Secrets planted wherever one goes in, and the requests whose answers are searched for them."""

import asyncio
import io
import json
import logging
import random
import re
import socket
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import FastAPI

from ldfleet import settings, telemetry
from ldfleet.api.authorisation import declared
from ldfleet.bootstrap.assembly import Application, assemble
from ldfleet.services.hashing import TRANSFER_TOKEN
from ldfleet.simulator.farm import ACCOUNT, RunningFarm, run_farm
from ldfleet.simulator.seam import Machine
from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from ldfleet.simulator.winrm.options import ClientCertificate, WinRMOptions
from simulator.winrm.testbed import client_certificate
from support.apps import apk
from support.edges import listening
from support.everything import DESCRIBED
from support.openssh import new_key

SIGNING = "canary-signing-secret-7b1e5d0a93c24f68"
PASSWORD = "canary-Password-41c7-of-the-admin"
OTHER = "canary-Password-88a2-of-the-viewer"
WRONG = "canary-wrong-password-d3f9"
IMPORTED = "canary-imported-password-c2d1"
PASSPHRASE = "canary-passphrase-09be-of-the-key"
DATABASE = "canary-database-password-e7a4"
ENDLESS = "/api/events"
PATIENCE = 30  # seconds; of one wait for an operation


@contextmanager
def logged() -> Generator[io.StringIO]:
    """All that the process logs, down to the last detail."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    lines = io.StringIO()
    telemetry.configure(level="DEBUG", stream=lines)
    try:
        yield lines
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


class Keys:
    """What opens the workstations beside passwords; the farm lets both in."""

    def __init__(self) -> None:
        ssh = new_key()
        self.sealed = ssh.export_private_key(passphrase=PASSPHRASE, rounds=50).decode()
        self.public = ssh.export_public_key().decode()
        self.certificate, self.private = client_certificate()

    def secrets(self) -> Iterator[str]:
        """Line by line, as a log or an answer would break them."""
        for pem in (self.sealed, self.private):
            yield from (line for line in pem.splitlines() if line and not line.startswith("-----"))

    def endpoint(self, machine: Machine, chance: random.Random) -> WinRMEndpoint:
        """WinRM that lets the certificate in."""
        known = (ClientCertificate(pem=self.certificate, user=ACCOUNT),)
        return WinRMEndpoint(
            machine,
            chance=chance,
            clock=time.monotonic,
            options=WinRMOptions(client_certificates=known),
        )


class Journey:
    """Requests to the server, whose answers are kept to be searched."""

    def __init__(
        self, application: Application, running: RunningFarm, keys: Keys, url: str
    ) -> None:
        self.app: FastAPI = application.http
        self.services = application.services
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=url,
            verify=False,  # noqa: S501 - no TLS here, and loading authorities takes long
        )
        self.answers: list[str] = []
        self.outcomes: set[str] = set()
        self.ids: dict[str, str] = {"code": "workstation_refused_login", "path": "index.html"}
        self.token = ""
        self.secrets = {
            *(SIGNING, PASSWORD, OTHER, WRONG, IMPORTED, PASSPHRASE, DATABASE),
            *keys.secrets(),
            TRANSFER_TOKEN,
        }
        self._farm = running.farm
        self._keys = keys

    async def __call__(self, method: str, path: str, **body: Any) -> Any:
        headers = {"If-Match": "*"}
        answer = await self.http.request(
            method, path, json=body or None, headers=headers, timeout=60
        )
        self.answers.append(f"{answer.headers} {answer.text}")
        if "json" not in answer.headers.get("Content-Type", ""):
            return answer.text
        told = answer.json()
        self.outcomes.add(str(told.get("status")))
        return told

    async def given(self, path: str, *fields: str, **body: Any) -> Any:
        """An answer that is there to give secrets out, this once."""
        told = await self("POST", path, **body)
        assert set(fields) <= told.keys(), told
        self.answers.pop()
        self.secrets |= {told[name] for name in fields}
        return told

    async def ended(self, path: str, **body: Any) -> Any:
        """The operation that a request asks for, at its end."""
        asked = await self("POST", path, **body)
        return await self("GET", f"/api/operations/{asked['id']}?wait={PATIENCE}")

    async def sign_in(self) -> None:
        setup = await self.services.users.setup_token()
        assert setup is not None
        self.secrets.add(setup)
        await self("POST", "/api/auth/setup", token=WRONG, name="anna", password=PASSWORD)
        await self("POST", "/api/auth/setup", token=setup, name="anna", password=PASSWORD)
        await self("POST", "/api/auth/login", name="anna", password=WRONG)
        login = {"name": "anna", "password": PASSWORD}
        told = await self.given("/api/auth/login", "access_token", "refresh_token", **login)
        again = {"refresh_token": told["refresh_token"]}
        told = await self.given("/api/auth/refresh", "access_token", "refresh_token", **again)
        self.http.headers["Authorization"] = f"Bearer {told['access_token']}"
        script = {"name": "script", "role": "admin", "expires_in_days": 1}
        made = await self.given("/api/tokens", "token", **script)
        self.token, self.ids["token_id"] = made["token"], made["id"]
        await self("POST", "/api/users", name="bob", password=OTHER, role="viewer")
        await self("POST", "/api/users", name="bob", password=OTHER, role="no such role")
        await self("POST", "/api/auth/password", current_password=WRONG, new_password=OTHER)
        self.http.headers["Authorization"] = f"Bearer {made['token']}x"
        await self("GET", "/api/status")
        self.http.headers["Authorization"] = f"Bearer {told['access_token']}"
        sessions = await self("GET", "/api/auth/sessions")
        self.ids["session_id"] = sessions["items"][0]["id"]

    def place(self, name: str, *, over: str = "tls") -> dict[str, Any]:
        """How to reach one of the farm, without a secret."""
        item = self._item(name)
        self.secrets.add(str(item["password"]))
        reached = {"name": name, "host": item["host"], "username": item["username"]}
        if over == "ssh":
            key = item["host_key_sha256"]
            return {**reached, "transport": "ssh", "port": item["ssh_port"], "host_key_sha256": key}
        pinned = item["certificate_sha256"]
        return {**reached, "port": item["port"], "tls": True, "certificate_sha256": pinned}

    def password_of(self, name: str) -> str:
        return str(self._item(name)["password"])

    def _item(self, name: str) -> Mapping[str, object]:
        [item] = [each for each in self._farm.inventory() if each["name"] == name]
        return item

    def fault(self, name: str, **faults: Any) -> None:
        """Switch faults of one of the farm."""
        for fault, value in faults.items():
            self._farm.workstations[name].set_fault(fault, value)

    async def add(self) -> None:
        """Workstations of every login, and some that can't be added or are not let in."""
        keys, path = self._keys, "/api/workstations"
        self._farm.workstations["pc-02"].ssh.authorized_keys[ACCOUNT] = [keys.public]
        by_password = {**self.place("pc-01"), "password": self.password_of("pc-01")}
        by_key = {**self.place("pc-02", over="ssh"), "client_private_key_pem": keys.sealed}
        by_certificate = {
            **self.place("pc-03"),
            "login": "certificate",
            "client_certificate_pem": keys.certificate,
            "client_private_key_pem": keys.private,
        }
        for described in (by_password, {**by_key, "password": PASSPHRASE}, by_certificate):
            await self("POST", f"{path}/test-connection", **described)
            added = await self("POST", path, **described)
            tested = await self("POST", f"{path}/{added['id']}/test-connection")
            assert tested["connected"], tested
            scanned = await self.ended(f"{path}/{added['id']}/scan")
            assert scanned["status"] == "succeeded", scanned
            self.ids.setdefault("workstation_id", added["id"])
        refused = {**self.place("pc-04"), "password": WRONG}
        wrong = await self("POST", path, **refused)
        await self("POST", f"{path}/{wrong['id']}/test-connection")
        await self("POST", path, **refused)
        await self("POST", path, **{**refused, "name": "pc-05", "colour": "red"})
        await self("POST", path, **{**refused, "password": [WRONG]})
        await self("POST", f"{path}/test-connection", **{**by_key, "password": WRONG})
        garbled = {**by_certificate, "client_private_key_pem": f"{WRONG}\n{keys.private[:80]}"}
        await self("POST", f"{path}/test-connection", **garbled)
        changed = {"password": IMPORTED, "port": 70_000}
        await self("PATCH", f"{path}/{wrong['id']}", **changed)
        await self("PATCH", f"{path}/{wrong['id']}", password=IMPORTED, notes="new login")
        row = {"host": "10.0.0.9", "username": "farm", "password": IMPORTED}
        rows = [{**row, "name": "pc-09"}, {**row, "name": "pc-09"}, {**row, "name": 1}, row]
        await self("POST", f"{path}/import", rows=rows, dry_run=True)
        await self("POST", f"{path}/import", rows=rows)

    async def work(self) -> None:
        """Operations that succeed and fail, with secrets in what was asked."""
        workstation = f"/api/workstations/{self.ids['workstation_id']}"
        program = r"C:\Windows\System32\whoami.exe"
        for word in (f"--password={WRONG}", f"Authorization: Bearer {OTHER}"):
            await self("POST", f"{workstation}/console", argv=[program, word])
        ran = await self.ended(f"{workstation}/console", argv=[program])
        assert "exit_code" in (ran["result"] or ran["failure"])
        self.ids["operation_id"] = ran["id"]
        examined = await self.ended(f"{workstation}/doctor")
        assert examined["status"] == "succeeded", examined
        page = await self("GET", f"{workstation}/emulators")
        self.ids["emulator_id"] = page["items"][0]["id"]
        emulator = f"/api/emulators/{self.ids['emulator_id']}"
        backup = await self.ended(f"{emulator}/backup")
        assert backup["status"] == "succeeded", backup
        await self.ended(f"{emulator}/launch")
        await self.ended(f"{emulator}/apps", file=r"C:\apps\nowhere.apk")
        sent = await self.http.post("/api/apps?file_name=game.apk", content=apk())
        self.ids["app_id"] = sent.json()["id"]
        fetched = await self.ended(f"{emulator}/apps", app=self.ids["app_id"])
        assert fetched["status"] == "succeeded", fetched
        shell = f"shell am broadcast --password={WRONG}"
        await self("POST", f"{emulator}/adb", command=shell)
        nightly = {"verb": "adb", "params": {"command": shell}, "cron": "0 3 * * *"}
        await self("POST", "/api/schedules", name="nightly", filter="*", **nightly)
        batch = {"verb": "adb", "params": {"command": shell}, "ids": [self.ids["emulator_id"]]}
        await self("POST", "/api/batches", **batch)

    async def describe(self) -> None:
        """One of everything else that a path can name."""
        for parameter, (path, described) in DESCRIBED.items():
            secret = {"password": OTHER} if "password" in described else {}
            made = await self("POST", f"/api/{path}", **{**described, **secret, "name": "one"})
            self.ids[parameter] = made["id"]
        batch = {"verb": "quit", "ids": [self.ids["emulator_id"]]}
        self.ids["batch_id"] = (await self("POST", "/api/batches", **batch))["id"]
        for parameter, path in (("problem_id", "problems"), ("backup_id", "backups")):
            page = await self("GET", f"/api/{path}")
            self.ids[parameter] = page["items"][0]["id"]

    async def look_everywhere(self) -> Mapping[str, int]:
        """What each GET route of the application answered; the live feed is read from its start."""
        answered: dict[str, int] = {}
        for route in declared(self.app.routes):
            if route.method != "GET" or route.path == ENDLESS:
                continue
            path = re.sub(r"\{(\w+)(:path)?\}", lambda found: self.ids[found[1]], route.path)
            answer = await self.http.get(path, timeout=60)
            self.answers.append(f"{answer.headers} {answer.text}")
            answered[route.path] = answer.status_code
        answered[ENDLESS] = await self._follow()
        return answered

    async def _follow(self) -> int:
        history = await self("GET", "/api/events/history?limit=500")
        numbers = [_number(each["id"]) for each in history["items"]]
        epoch = history["items"][0]["id"].split(".")[0]
        # A database that other tests have used before does not begin at 1 again.
        since = {"Last-Event-ID": f"{epoch}.{min(numbers) - 1}"}
        told = ""
        async with (
            asyncio.timeout(PATIENCE),
            self.http.stream("GET", ENDLESS, headers=since, timeout=PATIENCE) as answer,
        ):
            async for line in answer.aiter_lines():
                told += line + "\n"
                # What happens meanwhile may be told in one message with the last: its id is later.
                if line.startswith("id: ") and _number(line) >= max(numbers):
                    break
        self.answers.append(told)
        return answer.status_code


def _number(event_id: str) -> int:
    return int(event_id.rsplit(".", 1)[1])


def unused_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@asynccontextmanager
async def a_server(folder: Path, **given: Any) -> AsyncGenerator[Journey]:
    """A whole server on loopback over four simulated workstations of one emulator each."""
    chosen: dict[str, Any] = {"data_dir": folder, "jwt_secret": SIGNING, "poll_idle": 1.0}
    loaded = settings.load({}, env_file=None, **{**chosen, **given})
    keys = Keys()
    farm = run_farm(workstations=4, emulators=1, seed=1, time_scale=60.0, endpoint=keys.endpoint)
    port = unused_port()
    async with (
        farm as running,
        assemble(loaded, url=f"http://127.0.0.1:{port}") as application,
        listening(application.http, port=port) as url,
    ):
        journey = Journey(application, running, keys, url)
        raised: Exception | None = None
        async with journey.http:
            try:
                yield journey
            except Exception as error:  # noqa: BLE001 - raised again, outside of the groups
                raised = error
    if raised is not None:
        raise raised


def found_in(text: str, secrets: set[str]) -> set[str]:
    """Which of the secrets are in the text; also as JSON or hexadecimal digits write them."""
    return {
        secret
        for secret in secrets
        if any(one in text for one in (secret, json.dumps(secret)[1:-1], secret.encode().hex()))
    }
