"""Work on the fleet: many at once, one by one, and what who only looks may not do."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from support.dashboard import THEMES, Dashboard, axe

SLOW = 60_000  # ms, for what the simulated PCs take on a busy machine
FARM = Mapping[str, str]
VIEWER, FIRST, OWN = "viktor", "an-admin-made-this-up", "viktor-chose-this-one"


@pytest.fixture
def api(farm: FARM) -> Iterator[httpx.Client]:
    """The API, as the demo's admin."""
    bearer = {"Authorization": f"Bearer {farm['token']}"}
    with httpx.Client(base_url=farm["url"], headers=bearer, timeout=60) as client:
        yield client


def _select_all(page: Page) -> None:
    page.get_by_role("checkbox", name="Select everything in view").click()


def test_of_a_launch_of_many_the_failed_one_is_told_and_repeated(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.fault("pc-03", {"no_desktop_task": True})
    dashboard.go("/emulators?q=farm-02 ws:pc-01,pc-02,pc-03")
    _select_all(page)
    bar = page.get_by_role("toolbar", name="Actions")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Launch").click()
    page.get_by_role("button", name="Results").click()

    results = page.get_by_role("complementary", name="Launch")
    expect(results).to_contain_text("Partly failed", timeout=SLOW)
    expect(results.get_by_role("listitem")).to_have_count(1)
    expect(results.get_by_role("listitem")).to_contain_text("pc-03")

    dashboard.fault("pc-03", {"no_desktop_task": False})
    results.get_by_role("button", name="Retry 1").click()
    expect(results).to_contain_text("All targets succeeded", timeout=SLOW)
    expect(page.get_by_role("row", name=re.compile("farm-02.*pc-03"))).to_contain_text("Ready")


def test_what_is_asked_of_many_shows_its_true_effect_first(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/emulators?q=ws:pc-01")
    page.get_by_role("grid").focus()
    page.keyboard.press("Control+a")
    bar = page.get_by_role("toolbar", name="Actions")
    expect(bar).to_contain_text("6 selected")
    page.keyboard.press(".")
    page.get_by_role("menuitem", name="Remove").click()

    asking = page.get_by_role("dialog", name="Remove: 6 emulators")
    expect(asking).to_contain_text("Their disks are deleted")
    expect(asking).to_contain_text("On 1 workstation")
    remove = asking.get_by_role("button", name="Remove")
    expect(remove).to_be_disabled()
    asking.get_by_role("button", name="Keep them").click()
    expect(asking).to_be_hidden()
    page.get_by_role("grid").focus()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_settings_are_changed_after_their_difference_was_seen(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/emulators?q=farm-04 ws:pc-01")
    expect(page.get_by_text(re.compile(r"^1 of \d+$"))).to_be_visible()
    page.get_by_role("grid").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Open its page").click()
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("combobox", name="Cores").fill("2")
    page.get_by_role("button", name="Review 1 change").click()
    asking = page.get_by_role("dialog", name="Change 1 setting of farm-04?")
    expect(asking).to_contain_text("4 → 2")
    expect(asking).to_contain_text("It takes effect at the next start")
    asking.get_by_role("button", name="Change 1 setting").click()

    page.get_by_role("tab", name="Operations").click()
    done = page.get_by_role("row", name=re.compile("Succeeded.*Modify"))
    expect(done).to_be_visible(timeout=SLOW)
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("combobox", name="Cores")).to_have_value("2", timeout=SLOW)


def test_notes_are_saved_and_taken_back(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/emulators?q=farm-05 ws:pc-01")
    page.get_by_role("row", name=re.compile("farm-05")).click()
    page.get_by_role("link", name="Open its page").click()
    notes = page.get_by_role("textbox", name="Notes")
    notes.fill("kept for the demo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("farm-05 saved")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(notes).to_have_value("")


def test_a_view_is_saved_shown_and_removed(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/emulators?q=ws:pc-02&sort=-name")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save what is shown").click()
    page.get_by_label("Name").fill("Second PC")
    page.get_by_role("button", name="Save").click()
    dashboard.go("/emulators")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Second PC").click()
    expect(page.get_by_text(re.compile(r"^6 of \d+$"))).to_be_visible()
    page.get_by_role("button", name="Second PC").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page.get_by_role("button", name="Views")).to_be_visible()


def test_what_the_page_can_not_tell_the_server_is_asked(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/emulators?q=seen:<1d ws:pc-01")
    expect(page.get_by_text(re.compile(r"^6 of \d+$"))).to_be_visible()
    page.get_by_role("combobox", name="Filter").fill("nonsense:1")
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    page.get_by_role("combobox", name="Filter").fill("nobody-is-called-so")
    expect(page.get_by_text("emulators are hidden by it")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text(re.compile(r"^(\d+) of \1$"))).to_be_visible()


def test_who_only_looks_is_offered_nothing_to_change(
    dashboard: Dashboard, api: httpx.Client
) -> None:
    _viewer(api)
    page = dashboard.page
    page.context.clear_cookies()
    dashboard.sign_in(VIEWER, OWN)
    dashboard.go("/emulators?q=ws:pc-01")
    expect(page.get_by_text(re.compile(r"^6 of \d+$"))).to_be_visible()
    _select_all(page)
    expect(page.get_by_role("toolbar", name="Actions")).to_be_hidden()
    expect(page.get_by_role("button", name="New emulator")).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Launch"))).to_have_count(0)

    page.get_by_role("row", name=re.compile("farm-04")).click()
    panel = page.get_by_role("complementary", name="farm-04")
    expect(panel).to_contain_text("Workstation")
    expect(panel.get_by_role("button", name="More actions")).to_be_hidden()
    panel.get_by_role("link", name="Open its page").click()
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("combobox", name="Cores")).to_be_disabled()
    expect(page.get_by_role("button", name=re.compile("Review"))).to_be_hidden()


def _viewer(api: httpx.Client) -> None:
    """An account that has chosen its password."""
    made: Any = {"name": VIEWER, "password": FIRST, "role": "viewer"}
    api.post("/api/users", json=made).raise_for_status()
    begun = api.post("/api/auth/login", json={"name": VIEWER, "password": FIRST}).json()
    own = {"Authorization": f"Bearer {begun['access_token']}"}
    change = {"current_password": FIRST, "new_password": OWN}
    api.post("/api/auth/password", json=change, headers=own).raise_for_status()


@pytest.mark.parametrize("theme", THEMES)
def test_neither_panel_nor_dialog_nor_tab_hinders_anybody(dashboard: Dashboard, theme: str) -> None:
    page, found = dashboard.page, dict[str, object]()
    dashboard.theme(theme)
    dashboard.go("/emulators?q=ws:pc-01")
    _select_all(page)
    page.get_by_role("row", name=re.compile("farm-03")).click()
    expect(page.get_by_role("complementary", name="farm-03")).to_contain_text("Cores")
    found["panel"] = axe(page)
    page.get_by_role("button", name="Install app").click()
    page.get_by_label("Package").fill("com.example.app")
    expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"On \d workstation"))
    found["dialog"] = axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open its page").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        name = tab.inner_text()
        expect(page.get_by_role("tabpanel", name=name)).not_to_be_empty()
        found[name] = axe(page)

    assert {place: wrong for place, wrong in found.items() if wrong} == {}, json.dumps(found)
