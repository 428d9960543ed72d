"""The dashboard in a browser, as a person uses it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
THEMES = ("dark", "light")
SIZES = ((1440, 900), (1024, 768))


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A server without accounts."""

    page: Page
    url: str
    token: str


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A page of the dashboard."""

    page: Page
    url: str
    control: str = ""
    token: str = ""

    def sign_in(self, name: str, password: str) -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation")).to_be_visible()

    def enter(self, name: str, password: str) -> None:
        """Sign in without the form, which has tests of its own."""
        login = {"name": name, "password": password, "kind": "cookie"}
        assert self.page.request.post(f"{self.url}/api/auth/login", data=login).ok
        self.page.goto(self.url)

    def go(self, path: str) -> None:
        """Open a page, and wait until it is live."""
        self.page.goto(f"{self.url}{path}")
        live = self.page.get_by_role("status").filter(has_text="Live")
        expect(live).to_be_visible()

    def theme(self, theme: str) -> None:
        """`dark` or `light`."""
        keep = "theme => localStorage.setItem('ldfleet-theme', theme)"
        self.page.evaluate(keep, theme)
        self.page.reload()
        root = self.page.locator(f'html[data-mantine-color-scheme="{theme}"]')
        expect(root).to_be_attached()

    def paths(self) -> list[str]:
        """Where the rail leads, in its order."""
        links = self.page.get_by_role("navigation").get_by_role("link")
        found = [link.get_attribute("href") or "" for link in links.all()]
        return list(dict.fromkeys(found))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers, to whom the page belongs to."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/api{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def fault(self, workstation: str, faults: dict[str, Any]) -> None:
        """Have a simulated workstation misbehave."""
        path = f"{self.control}/workstations/{workstation}/faults"
        httpx.patch(path, json=faults, timeout=10).raise_for_status()


def axe(page: Page) -> Sequence[str]:
    """What is wrong with the accessibility of what is shown; one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => JSON.stringify((await axe.run()).violations)")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in json.loads(found)
        for node in each["nodes"]
    ]
