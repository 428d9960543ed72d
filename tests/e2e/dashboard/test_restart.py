"""The server restarts under an open page: it says so, and is live again by itself."""

import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from support.dashboard import Dashboard
from support.programs import Program
from support.workers import a_free_port, until

PASSWORD = "correct-horse-battery"


def test_an_open_page_outlives_its_server(tmp_path: Path, page: Page) -> None:
    environment = {"HOME": str(tmp_path), "LDFLEET_DATA_DIR": str(tmp_path / "data")}
    environment["LDFLEET_PORT"] = str(a_free_port())
    with Program(["serve"], folder=tmp_path, environment=environment) as server:
        url = server.wait_for_words("ldfleet: http").split()[-1]
        lines = server.told().splitlines()
        told = next(at for at, line in enumerate(lines) if "makes the first admin" in line)
        made = {"token": lines[told + 1].strip(), "name": "anna", "password": PASSWORD}
        assert page.request.post(f"{url}/api/auth/setup", data=made).status == 201
        opened = Dashboard(page=page, url=url)
        opened.enter("anna", PASSWORD)
        opened.go("/settings")
        page.evaluate("() => { window.neverLoadedAgain = true }")

        server.end(signal.SIGTERM)
        expect(page.get_by_text("Reconnecting…")).to_be_visible(timeout=20_000)
        server.start()
        until(lambda: server.told().count("ldfleet: http") == 2)

        expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="New site").click()
        page.get_by_label("Site", exact=False).last.fill("riga")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row").filter(has_text="riga")).to_be_visible()
        assert page.evaluate("() => window.neverLoadedAgain") is True
