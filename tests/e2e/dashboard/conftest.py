"""A browser on the real server: over an empty one, and over one with a simulated farm."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from support.dashboard import Dashboard, Fresh
from support.programs import Program

CHROMIUM = "/usr/bin/chromium"
# Without these it asks for hosts of its maker at every start, which a closed network refuses.
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which(CHROMIUM) is None and os.environ.get("CI") != "true":
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*_QUIET, *root]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    seen = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "color_scheme": "dark"}
    return {**browser_context_args, **seen, "reduced_motion": "reduce"}


@pytest.fixture
def fresh(tmp_path: Path, page: Page) -> Iterator[Fresh]:
    """A server that was just started for the first time."""
    data = tmp_path / "data"
    environment = {"HOME": str(tmp_path), "LDFLEET_DATA_DIR": str(data), "LDFLEET_PORT": "0"}
    with Program(["serve"], folder=tmp_path, environment=environment) as server:
        url = server.wait_for_words("ldfleet: http").split()[-1]
        lines = server.told().splitlines()
        told = next(at for at, line in enumerate(lines) if "makes the first admin" in line)
        yield Fresh(page=page, url=url, token=lines[told + 1].strip())


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a running demo says of itself; one for all tests of the dashboard."""
    folder = tmp_path_factory.mktemp("farm")
    ready_file = folder / "ready.json"
    arguments = ["demo", "--workstations", "3", "--emulators", "6", "--port", "0"]
    arguments += ["--time-scale", "20", "--ready-file", str(ready_file)]
    with Program(arguments, folder=folder, environment={"HOME": str(folder)}) as program:
        yield program.wait_for_file(ready_file)


@pytest.fixture(scope="session")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[dict[str, Any]]]:
    """How simulated PCs are reached that no server knows yet."""
    folder = tmp_path_factory.mktemp("spare")
    inventory = folder / "inventory.json"
    arguments = ["simulate", "--workstations", "3", "--emulators", "1"]
    arguments += ["--time-scale", "20", "--inventory-file", str(inventory)]
    with Program(arguments, folder=folder, environment={"HOME": str(folder)}) as program:
        yield program.wait_for_file(inventory)


@pytest.fixture
def dashboard(farm: dict[str, str], page: Page) -> Dashboard:
    """Signed in as the demo's admin, on the overview."""
    opened = Dashboard(
        page=page, url=farm["url"], control=farm["simulator_control"], token=farm["token"]
    )
    opened.enter(farm["name"], farm["password"])
    return opened
