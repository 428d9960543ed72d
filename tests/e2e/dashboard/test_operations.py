"""Operations and batches are seen live, cancelled, retried, and led to from schedules."""

import re

import pytest
from playwright.sync_api import expect

from support.dashboard import THEMES, Dashboard, axe


def an_emulator_of(dashboard: Dashboard, workstation: str) -> str:
    found = dashboard.ask("GET", f"/emulators?filter=ws:{workstation} status:stopped&sort=-index")
    emulator: str = found["items"][0]["id"]
    return emulator


def test_a_boot_that_hangs_is_cancelled_and_asked_for_anew(dashboard: Dashboard) -> None:
    page = dashboard.page
    emulator = an_emulator_of(dashboard, "pc-02")
    dashboard.fault("pc-02", {"stuck_starting": True})
    dashboard.go("/operations")
    operation = dashboard.ask("POST", f"/emulators/{emulator}/launch", {"reason": "a test"})

    page.get_by_role("row").filter(has_text="Running").get_by_text("Launch").first.click()
    expect(page).to_have_url(re.compile(operation["id"]))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("region", name="Now")).to_contain_text("Cancelled", timeout=20_000)
    expect(page.get_by_role("region", name="Facts")).to_contain_text("a test")
    dashboard.fault("pc-02", {"stuck_starting": False})
    gone = dashboard.ask("POST", f"/emulators/{emulator}/quit")
    dashboard.ask("GET", f"/operations/{gone['id']}?wait=20")
    page.get_by_role("button", name="Retry").click()

    expect(page).not_to_have_url(re.compile(operation["id"]))
    expect(page.get_by_role("region", name="Now")).to_contain_text("Succeeded", timeout=30_000)
    expect(page.get_by_role("list", name="Steps")).to_be_visible()
    expect(page.get_by_role("log")).not_to_be_empty()


def test_several_are_cancelled_by_the_bulk_bar(dashboard: Dashboard) -> None:
    page = dashboard.page
    scans = dashboard.ask("POST", "/batches", {"verb": "scan", "all": True})
    dashboard.go(f"/operations?q=batch:{scans['id']}")

    expect(page.get_by_role("grid")).to_contain_text("Succeeded", timeout=20_000)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("toolbar").get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("dialog")).to_contain_text("and are left alone")


def test_a_schedule_is_made_and_its_run_is_seen(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/schedules")
    page.get_by_role("link", name="New schedule").first.click()
    page.get_by_label("Name").fill("hourly look")
    page.get_by_role("combobox", name="Action").click()
    page.get_by_role("option", name="Scan", exact=True).click()
    page.get_by_label("Cron").fill("0 * * *")
    expect(page.get_by_role("alert")).to_contain_text("5 fields")
    page.get_by_label("Cron").fill("0 * * * *")
    expect(page.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="Save").click()

    page.get_by_role("button", name="Run now").click()
    page.get_by_role("link", name="Submitted").click()

    expect(page).to_have_url(re.compile("/operations/batches/ba_"))
    expect(page.get_by_role("region", name="Now")).to_contain_text("Succeeded", timeout=20_000)
    expect(page.get_by_role("grid")).to_contain_text("pc-01")


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_of_one_thing_hinders_anybody(dashboard: Dashboard, theme: str) -> None:
    batch = dashboard.ask("POST", "/batches", {"verb": "scan", "filter": "name:pc-01"})["id"]
    operation = dashboard.ask("GET", f"/batches/{batch}/operations")["items"][0]["id"]
    dashboard.theme(theme)
    found: dict[str, object] = {}
    for path in (
        "/operations/batches",
        f"/operations/batches/{batch}?open={operation}",
        f"/operations/{operation}",
        "/schedules/new",
        "/profiles/new",
    ):
        dashboard.go(path)
        if wrong := axe(dashboard.page):
            found[path] = wrong

    assert found == {}
