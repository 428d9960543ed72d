"""Secrets planted everywhere come out nowhere: not in logs, answers, the audit log, the database.

A whole server runs over a simulated workstation, with journeys that succeed and that fail.
"""

import io
import json
import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog

from ldfleet import settings, telemetry
from ldfleet.bootstrap.assembly import Application, assemble
from ldfleet.simulator.farm import RunningFarm, run_farm

SIGNING = "canary-signing-secret-7b1e5d0a93c24f68"
PASSWORD = "canary-Password-41c7-of-the-admin"
OTHER = "canary-Password-88a2-of-the-viewer"
WRONG = "canary-wrong-password-d3f9"
KEY = "-----BEGIN PRIVATE KEY-----\ncanary0private0key0\n-----END PRIVATE KEY-----\n"


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


class Journey:
    """Requests to the server, whose answers are kept to be searched."""

    def __init__(self, application: Application) -> None:
        self.services = application.services
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(application.http),
            base_url="http://fleet.test",
            verify=False,  # noqa: S501 - no TLS here, and loading authorities takes long
        )
        self.answers: list[str] = []
        self.outcomes: set[str] = set()
        self.secrets = {SIGNING, PASSWORD, OTHER, WRONG, "canary0private0key0"}

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

    async def sign_in(self) -> None:
        setup = await self.services.users.setup_token()
        assert setup is not None
        self.secrets.add(setup)
        await self("POST", "/api/auth/setup", token=WRONG, name="anna", password=PASSWORD)
        await self("POST", "/api/auth/setup", token=setup, name="anna", password=PASSWORD)
        await self("POST", "/api/auth/login", name="anna", password=WRONG)
        login = {"name": "anna", "password": PASSWORD}
        told = await self.given("/api/auth/login", "access_token", "refresh_token", **login)
        self.http.headers["Authorization"] = f"Bearer {told['access_token']}"
        script = {"name": "script", "role": "operator", "expires_in_days": 1}
        made = await self.given("/api/tokens", "token", **script)
        await self("POST", "/api/users", name="bob", password=OTHER, role="viewer")
        await self("GET", "/api/auth/me")
        self.http.headers["Authorization"] = f"Bearer {made['token']}x"
        await self("GET", "/api/status")
        self.http.headers["Authorization"] = f"Bearer {told['access_token']}"

    async def add(self, running: RunningFarm) -> str:
        """A workstation that is reached, and those that can't be added or reached."""
        [item] = running.farm.inventory()
        secret = str(item["password"])
        self.secrets.add(secret)
        place = {name: item[name] for name in ("host", "port", "tls", "username")}
        place["certificate_sha256"] = item["certificate_sha256"]
        added = await self("POST", "/api/workstations", name="pc-1", password=secret, **place)
        await self("POST", "/api/workstations", name="pc-1", password=WRONG, **place)
        await self("POST", "/api/workstations", name="pc-2", password=WRONG, colour="red", **place)
        wrong = await self("POST", "/api/workstations", name="pc-3", password=WRONG, **place)
        await self("POST", f"/api/workstations/{wrong['id']}/test-connection")
        await self("PATCH", f"/api/workstations/{wrong['id']}", password=secret)
        certificate = {"login": "certificate", "certificate_pem": "x", "private_key_pem": KEY}
        draft = {**place, **certificate}
        await self("POST", "/api/workstations/test-connection", name="pc-4", **draft)
        await self("POST", f"/api/workstations/{added['id']}/test-connection")
        return str(added["id"])

    async def work(self, workstation_id: str) -> None:
        """Operations that succeed and fail."""
        scan = await self("POST", f"/api/workstations/{workstation_id}/scan")
        await self("GET", f"/api/operations/{scan['id']}?wait=30")
        console = f"/api/workstations/{workstation_id}/console"
        program = r"C:\Windows\System32\whoami.exe"
        for word in (f"--password={WRONG}", f"Authorization: Bearer {OTHER}"):
            await self("POST", console, argv=[program, word])
        ran = await self("POST", console, argv=[program])
        told = await self("GET", f"/api/operations/{ran['id']}?wait=30")
        assert "exit_code" in (told["result"] or told["failure"])
        page = await self("GET", "/api/emulators")
        for emulator in page["items"][:1]:
            launch = await self("POST", f"/api/emulators/{emulator['id']}/launch")
            await self("GET", f"/api/operations/{launch['id']}?wait=30")
            await self("GET", f"/api/operations/{launch['id']}/log")
            await self("GET", f"/api/operations/{launch['id']}/steps")
            missing = {"file": r"C:\apps\nowhere.apk"}
            install = await self("POST", f"/api/emulators/{emulator['id']}/apps", **missing)
            await self("GET", f"/api/operations/{install['id']}?wait=30")
        for path in ("workstations", "operations", "problems", "audit", "settings", "users"):
            await self("GET", f"/api/{path}")
        for path in ("events/history", "tokens", "auth/sessions", "status", "backups"):
            await self("GET", f"/api/{path}")
        await self("GET", "/metrics")


@asynccontextmanager
async def a_server(folder: Path) -> AsyncGenerator[tuple[Journey, RunningFarm]]:
    given: dict[str, Any] = {"data_dir": folder, "jwt_secret": SIGNING, "poll_idle": 1.0}
    loaded = settings.load({}, env_file=None, **given)
    async with (
        run_farm(workstations=1, emulators=1, seed=1, time_scale=60.0) as running,
        assemble(loaded) as application,
    ):
        journey = Journey(application)
        async with journey.http:
            yield journey, running


def found_in(text: str, secrets: set[str]) -> set[str]:
    """Which of the secrets are in the text, also as JSON writes them."""
    return {secret for secret in secrets if secret in text or json.dumps(secret)[1:-1] in text}


def what_is_kept(folder: Path) -> tuple[str, str]:
    """The database's bytes, and the vault's key."""
    kept = b"".join(file.read_bytes() for file in folder.glob("ldfleet.db*"))
    return kept.decode("latin-1"), (folder / "vault.key").read_text().split()[-1]


async def test_secrets_come_out_nowhere(tmp_path: Path) -> None:
    with logged() as lines:
        async with a_server(tmp_path) as (journey, running):
            await journey.sign_in()
            workstation_id = await journey.add(running)
            await journey.work(workstation_id)
    secrets = journey.secrets
    kept, vault = what_is_kept(tmp_path)

    assert len(journey.answers) > 30 and {"succeeded", "failed"} <= journey.outcomes
    assert len(secrets) >= 9
    assert found_in("".join(journey.answers), secrets | {vault}) == set()
    assert found_in(lines.getvalue(), secrets | {vault}) == set()
    assert found_in(kept, secrets | {vault}) == set()
    assert "command.ran" in lines.getvalue()


async def test_a_request_is_found_again_at_the_remote_command(tmp_path: Path) -> None:
    with logged() as lines:
        async with a_server(tmp_path) as (journey, running):
            await journey.sign_in()
            workstation_id = await journey.add(running)
            answer = await journey.http.post(
                f"/api/workstations/{workstation_id}/scan",
                headers={"Correlation-Id": "from-the-helpdesk-17"},
            )
            await journey("GET", f"/api/operations/{answer.json()['id']}?wait=30")
            audit = await journey("GET", "/api/audit?action=workstation.scan")

    told = [json.loads(line) for line in lines.getvalue().splitlines() if line.startswith("{")]
    ran = [line for line in told if line.get("correlation_id") == "from-the-helpdesk-17"]
    assert [line["operation_id"] for line in ran if line["event"] == "command.ran"]
    assert audit["items"][0]["correlation_id"] == "from-the-helpdesk-17"
