"""Accounts are made in the browser, and each sees what it may."""

import re

from playwright.sync_api import Browser, expect

from support.dashboard import Dashboard

OWN_PASSWORD = "a-horse-of-her-own-22"


def test_a_new_viewer_signs_in_and_sees_no_admin_pages(
    dashboard: Dashboard, browser: Browser
) -> None:
    page = dashboard.page
    dashboard.go("/users")
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Name", exact=True).fill("vera")
    page.get_by_role("button", name="Make user").click()
    once = page.get_by_label("One-time password").inner_text()
    page.get_by_role("button", name="I have noted it").click()
    row = page.get_by_role("row").filter(has_text="vera")
    expect(row).to_contain_text("Has to choose a password")

    with browser.new_context(locale="en-GB") as context:
        hers = Dashboard(page=context.new_page(), url=dashboard.url)
        hers.page.goto(f"{hers.url}/sign-in")
        hers.page.get_by_label("Name").fill("vera")
        hers.page.get_by_label("Password", exact=True).fill(once)
        hers.page.get_by_role("button", name="Sign in").click()
        expect(hers.page).to_have_url(re.compile("/password"))
        hers.page.get_by_label("Current password").fill(once)
        hers.page.get_by_label("New password").fill(OWN_PASSWORD)
        hers.page.get_by_label("The same again").fill(OWN_PASSWORD)
        hers.page.get_by_role("button", name="Change password").click()

        expect(hers.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
        assert "/audit" not in hers.paths()
        hers.go("/users")
        tabs = hers.page.get_by_role("group", name="What to show").get_by_role("button")
        expect(tabs).to_have_text(["My API tokens", "My sessions"])
        hers.go("/emulators")
        expect(hers.page.get_by_role("button", name=re.compile("^New"))).to_have_count(0)


def test_the_secret_of_a_token_is_shown_once_and_is_refused_when_revoked(
    dashboard: Dashboard,
) -> None:
    page = dashboard.page
    dashboard.go("/users?tab=tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name", exact=False).first.fill("nightly report")
    page.get_by_role("button", name="Make token").click()
    secret = page.get_by_label("Token", exact=True).inner_text()
    page.get_by_role("button", name="I have noted it").click()

    read = page.request.get(
        f"{dashboard.url}/api/status", headers={"Authorization": f"Bearer {secret}"}
    )
    assert read.status == 200
    row = page.get_by_role("row").filter(has_text="nightly report")
    expect(row).to_contain_text("viewer")
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(row).to_have_count(0)
    refused = page.request.get(
        f"{dashboard.url}/api/status", headers={"Authorization": f"Bearer {secret}"}
    )
    assert refused.status == 401
