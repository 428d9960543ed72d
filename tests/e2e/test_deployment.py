"""The image and the composition, without an engine: none is to be had where these tests run.

Dockerfile and compose.yaml are read, and what they say is done by script in a clean folder: the
build stage's commands, then the composition's processes under another user, on PostgreSQL.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]  # it comes with schemathesis, its stubs don't

from support.dockerfile import build, environment_of, one, stages_of
from support.postgres import Server, server_of
from support.processes import Process

ROOT = Path(__file__).parents[2]
BUILD, FINAL = stages_of(ROOT / "Dockerfile")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: Mapping[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "server", "worker")


@dataclass(frozen=True, kw_only=True)
class Image:
    """What the build stage made, and who runs it."""

    root: Path
    data: Path
    user: Sequence[str]
    """The beginning of a command line that becomes somebody else, where that can be done."""

    def command(self, service: str) -> list[str]:
        program, *rest = one(FINAL, "ENTRYPOINT").argv
        words = [*rest, *SERVICES[service].get("command", one(FINAL, "CMD").argv)]
        return [*self.user, str(self.root / "opt/ldfleet/bin" / program), *words]

    def environment(self, service: str, **changes: str) -> dict[str, str]:
        given = {**environment_of(FINAL), **SERVICES[service].get("environment", {})}
        del given["LDFLEET_DATABASE_PASSWORD_FILE"]  # the tests' PostgreSQL trusts its user
        # No Node, no compiler, nothing but what was installed.
        path = f"{self.root}/opt/ldfleet/bin"
        places = {"LDFLEET_DATA_DIR": str(self.data), "PATH": path, "HOME": str(self.data)}
        return {**given, **places, **changes}


@pytest.fixture(scope="module")
def database(pytestconfig: pytest.Config) -> Iterator[str]:
    server: Server = server_of(pytestconfig)
    url = server.create("deployment")
    yield url
    server.drop("deployment")


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    # Not below pytest's own folder, which nobody else may enter.
    root = Path(tempfile.mkdtemp(prefix="ldfleet-image-"))
    root.chmod(0o755)
    build(BUILD, context=ROOT, root=root, places=["/build", "/opt"])
    shutil.rmtree(root / "build")
    data = root / "data"
    data.mkdir(mode=0o700)
    user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")  # who may enter the database's socket
        user = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    yield Image(root=root, data=data, user=user)
    shutil.rmtree(root)


def test_the_composition_runs_as_its_files_say(database: str, image: Image, tmp_path: Path) -> None:
    def process(service: str, name: str, **changes: str) -> Process:
        environment = image.environment(service, LDFLEET_DATABASE_URL=database, **changes)
        return Process(image.command(service), environment=environment, folder=tmp_path / name)

    assert process("migrate", "migrate").run() == 0
    loopback = {"LDFLEET_HOST": "127.0.0.1", "LDFLEET_PORT": "0"}
    with (
        process("server", "server", **loopback) as server,
        process("worker", "worker-1") as first,
        process("worker", "worker-2") as second,
    ):
        url = server.wait_for_words("ldfleet: http").split()[-1]
        for worker in (first, second):
            assert worker.wait_for_words("ldfleet worker: default")
        health = [
            word.replace("http://127.0.0.1:8080", url) for word in one(FINAL, "HEALTHCHECK").argv
        ]
        checked = subprocess.run(
            health, env=image.environment("server"), capture_output=True, text=True, check=False
        )

        assert (checked.returncode, checked.stderr) == (0, "")
        assert [first.terminate(), second.terminate(), server.terminate()] == [0, 0, 0]


def test_the_health_check_fails_where_no_server_is(image: Image) -> None:
    argv = one(FINAL, "HEALTHCHECK").argv
    nowhere = [word.replace(":8080", ":1") for word in argv]

    done = subprocess.run(
        nowhere, env=image.environment("server"), capture_output=True, check=False
    )

    assert done.returncode != 0


def test_the_image_holds_neither_tools_nor_tests(image: Image) -> None:
    installed = {path.name for path in (image.root / "opt/ldfleet/lib").rglob("site-packages/*")}

    assert "ldfleet" in installed
    assert not installed & {"pip", "uv", "hatchling", "pytest", "mypy", "pyright", "ruff"}


def test_the_image_is_built_in_stages_and_runs_as_nobody_in_particular() -> None:
    name, copied = BUILD[0].rest.split()[-1], one(FINAL, "COPY").rest

    assert copied.startswith(f"--from={name} ")
    assert one(FINAL, "USER").rest not in {"root", "0", "0:0"}
    assert all(each.word != "RUN" or "add" in each.rest for each in FINAL)
    assert one(FINAL, "STOPSIGNAL").rest == "SIGTERM"


def test_every_file_that_the_image_needs_is_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    copied = {
        source.rstrip("/")
        for each in BUILD
        if each.word == "COPY"
        for source in each.rest.split()[:-1]
    }

    assert copied <= let_in
    assert all((ROOT / name).exists() for name in copied)


def test_all_packages_are_taken_by_their_hashes() -> None:
    installing = [
        command
        for each in BUILD
        if each.word == "RUN"
        for command in each.rest.split("&&")
        if "pip install" in command or "pip sync" in command
    ]

    assert len(installing) == 5
    assert all("--require-hashes" in each or "--no-deps dist/" in each for each in installing)


@pytest.mark.parametrize("service", OURS)
def test_no_secret_stands_in_the_composition(service: str) -> None:
    described = SERVICES[service]
    url: str = described["environment"]["LDFLEET_DATABASE_URL"]

    assert urlsplit(url).password is None
    assert described["environment"]["LDFLEET_DATABASE_PASSWORD_FILE"].startswith("/run/secrets/")
    assert described["secrets"] == ["database_password"]
    assert (described["read_only"], described["cap_drop"]) == (True, ["ALL"])


def test_who_starts_waits_for_what_it_needs() -> None:
    healthy, done = "service_healthy", "service_completed_successfully"

    assert SERVICES["migrate"]["depends_on"]["database"]["condition"] == healthy
    for service in ("server", "worker"):
        assert SERVICES[service]["depends_on"]["migrate"]["condition"] == done
    assert SERVICES["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


def test_the_composition_is_reached_from_this_machine_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert published == ["127.0.0.1:8080:8080"]
    assert f"EXPOSE {published[0].rpartition(':')[2]}" == f"EXPOSE {one(FINAL, 'EXPOSE').rest}"


def test_every_volume_and_secret_that_is_used_is_declared() -> None:
    volumes = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
    }
    secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}

    assert volumes == set(COMPOSE["volumes"])
    assert secrets == set(COMPOSE["secrets"])
