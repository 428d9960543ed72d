"""What goes wrong on a PC is seen, and somebody takes it on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.dashboard import Dashboard, axe
from support.programs import Program


@pytest.fixture
def breaking(tmp_path: Path, page: Page) -> Iterator[Dashboard]:
    """A farm of its own, since what breaks here must not break other tests."""
    ready_file = tmp_path / "ready.json"
    arguments = ["demo", "--workstations", "1", "--emulators", "1", "--port", "0"]
    arguments += ["--time-scale", "20", "--ready-file", str(ready_file)]
    with Program(arguments, folder=tmp_path, environment={"HOME": str(tmp_path)}) as program:
        told = program.wait_for_file(ready_file)
        opened = Dashboard(page=page, url=told["url"], control=told["simulator_control"])
        opened.enter(told["name"], told["password"])
        yield opened


def test_a_problem_is_taken_on_and_goes_with_its_cause(breaking: Dashboard) -> None:
    page = breaking.page
    breaking.go("/")
    breaking.fault("pc-01", {"unreachable": True})

    attention = page.get_by_role("region", name="Needs attention")
    attention.get_by_role("link", name="Details of pc-01").click(timeout=60_000)
    panel = page.get_by_role("complementary", name="Workstation unreachable")
    expect(panel).to_contain_text("See that the PC is on")
    assert axe(page) == []
    panel.get_by_role("button", name="I look after it").click()
    page.get_by_label("Who looks after it, and how").fill("Anna brings a new cable")
    page.get_by_role("dialog").get_by_role("button", name="I look after it").click()

    expect(panel).to_contain_text("Anna brings a new cable")
    rows = page.get_by_role("grid", name="Problems").get_by_role("row")
    expect(rows.filter(has_text="pc-01")).to_contain_text("admin: Anna brings a new cable")

    breaking.fault("pc-01", {"unreachable": False})
    panel.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Nothing is wrong")).to_be_visible(timeout=60_000)
