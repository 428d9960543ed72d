"""From an empty server to the first look at the fleet."""

import re

from playwright.sync_api import expect

from support.dashboard import Fresh

NAME, PASSWORD = "anna", "correct-horse-battery"


def test_the_first_admin_is_set_up_and_sees_the_overview(fresh: Fresh) -> None:
    page = fresh.page
    page.goto(fresh.url)
    page.get_by_role("link", name="Set up the first admin").click()
    page.get_by_label("Setup token").fill(fresh.token)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the admin").click()

    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Live")

    page.get_by_role("button", name="Account of anna").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong")
    expect(page.get_by_role("link", name="Set up the first admin")).to_have_count(0)


def test_a_wrong_setup_token_is_refused_with_what_to_do(fresh: Fresh) -> None:
    page = fresh.page
    page.goto(f"{fresh.url}/setup")
    page.get_by_label("Setup token").fill("nonsense")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the admin").click()

    expect(page.get_by_role("alert")).to_contain_text("latest start")
