"""PCs are added once their connection was tested; what stops a test is said with its remedy."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from support.dashboard import THEMES, Dashboard, axe
from support.workers import a_free_port

Spare = Sequence[Mapping[str, Any]]


def describe(dashboard: Dashboard, pc: Mapping[str, Any], **other: str) -> None:
    """Fill in the form, with what is other than true."""
    dashboard.go("/workstations/new")
    fields = {
        "Name *": pc["name"],
        "Host name or IP address *": pc["host"],
        "Port": pc["port"],
        "User name": pc["username"],
        "Password": pc["password"],
    }
    for label, value in (fields | other).items():
        dashboard.page.get_by_label(label, exact=True).fill(str(value))


def climbed(dashboard: Dashboard) -> Locator:
    """Run the connection test; its rungs."""
    dashboard.page.get_by_role("button", name="Test connection").click()
    rungs = dashboard.page.get_by_role("list", name="Connection test")
    expect(rungs).to_be_visible(timeout=20_000)
    return rungs.get_by_role("listitem")


def test_a_pc_is_trusted_by_its_fingerprint_and_added(dashboard: Dashboard, spare: Spare) -> None:
    pc = {**spare[0], "name": "spare-tls"}
    page = dashboard.page
    describe(dashboard, pc)

    refused = climbed(dashboard).filter(has_text="Certificate")
    shown = refused.get_by_role("code")
    expect(shown).to_have_text(pc["certificate_sha256"])
    assert axe(page) == []
    refused.get_by_role("button", name="It is the same: trust it").click()
    expect(page.get_by_text("Connected in")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", name="spare-tls")).to_be_visible()
    kept = dashboard.ask("GET", "/workstations?filter=name:spare-tls")["items"][0]
    assert kept["certificate_sha256"].replace(":", "") == pc["certificate_sha256"]


def test_a_pc_is_added_over_ssh(dashboard: Dashboard, spare: Spare) -> None:
    pc = {**spare[1], "name": "spare-ssh", "port": spare[1]["ssh_port"]}
    page = dashboard.page
    dashboard.go("/workstations/new")
    page.get_by_role("combobox", name="Transport").click()
    page.get_by_role("option", name="SSH").click()
    for label, value in {
        "Name *": pc["name"],
        "Host name or IP address *": pc["host"],
        "Port": pc["port"],
        "User name": pc["username"],
        "Password": pc["password"],
    }.items():
        page.get_by_label(label, exact=True).fill(str(value))

    refused = climbed(dashboard).filter(has_text="Host key")
    expect(refused.get_by_role("code")).to_have_text(pc["host_key_sha256"])
    refused.get_by_role("button", name="It is the same: trust it").click()
    expect(page.get_by_text("Connected in")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", name="spare-ssh")).to_be_visible()


def test_a_wrong_password_stops_at_the_login(dashboard: Dashboard, spare: Spare) -> None:
    pc = spare[2]
    known = {"Certificate (SHA-256)": pc["certificate_sha256"], "Password": "wrong"}
    describe(dashboard, {**pc, "name": "spare-wrong"}, **known)

    rungs = climbed(dashboard)

    stopped = rungs.locator("css=:scope[data-ok='false']")
    expect(stopped).to_have_count(1)
    expect(stopped).to_contain_text("Login")
    expect(rungs.filter(has_text="LDPlayer")).to_contain_text("not reached")
    expect(dashboard.page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


def test_a_pc_that_does_not_listen_stops_at_the_port(dashboard: Dashboard, spare: Spare) -> None:
    pc = {**spare[2], "name": "spare-away", "port": a_free_port()}
    describe(dashboard, pc)

    stopped = climbed(dashboard).locator("css=:scope[data-ok='false']")

    expect(stopped).to_contain_text("Port")
    expect(stopped.get_by_role("paragraph")).to_have_count(2)  # what happened, and what to do


def test_maintenance_says_its_reason(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.go("/workstations")
    page.get_by_role("link", name="pc-03", exact=True).click()
    expect(page.get_by_role("heading", name="pc-03")).to_be_visible()
    page.get_by_role("button", name="Maintenance").click()
    page.get_by_label("Reason (goes to the audit log)").fill("a new disk")
    page.get_by_role("dialog").get_by_role("button", name="Maintenance").click()

    expect(page.get_by_text("a new disk")).to_be_visible()
    page.get_by_role("button", name="End maintenance").click()
    expect(page.get_by_text("a new disk")).to_have_count(0)


def test_lines_of_a_csv_have_a_result_each(dashboard: Dashboard) -> None:
    lines = b"name,host,username,password\ncsv-01,10.0.0.5,farm,x\npc-01,10.0.0.6,farm,x\n"
    page = dashboard.page
    dashboard.go("/workstations/import")
    file = {"name": "pcs.csv", "mimeType": "text/csv", "buffer": lines}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a mapping is one file
    page.get_by_role("button", name="Add 2").click()

    expect(page.get_by_role("row", name="csv-01")).to_contain_text("Added")
    expect(page.get_by_role("row", name="pc-01")).to_contain_text("pc-01")
    expect(page.get_by_role("button", name="Add 1")).to_be_visible()
    added = dashboard.ask("GET", "/workstations?filter=name:csv-01")["items"][0]
    page.goto(f"{dashboard.url}/workstations/{added['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove workstation").click()
    page.get_by_label("Type csv-01 to confirm").fill("csv-01")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("link", name="csv-01")).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
def test_no_tab_of_a_workstation_hinders_anybody(dashboard: Dashboard, theme: str) -> None:
    workstation = dashboard.ask("GET", "/workstations?filter=name:pc-01")["items"][0]["id"]
    dashboard.theme(theme)
    found: dict[str, object] = {}
    for tab in ("emulators", "performance", "operations", "settings", "console"):
        dashboard.go(f"/workstations/{workstation}?tab={tab}")
        expect(dashboard.page.get_by_role("tab", selected=True)).to_be_visible()
        if wrong := axe(dashboard.page):
            found[tab] = wrong
    for path in ("/workstations/new", "/workstations/import"):
        dashboard.go(path)
        if wrong := axe(dashboard.page):
            found[path] = wrong

    assert found == {}


def test_doctor_tells_of_a_pc_what_is_not_known_of_real_ones(dashboard: Dashboard) -> None:
    page = dashboard.page
    found = dashboard.ask("GET", "/workstations?filter=name:pc-02")["items"]
    dashboard.go(f"/workstations/{found[0]['id']}?tab=doctor")
    page.get_by_role("button", name="Ask doctor").click()

    fine = page.get_by_role("region", name="In order")
    expect(fine).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="Save the bundle")).to_be_visible()
    assert axe(page) == []
