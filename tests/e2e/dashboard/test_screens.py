"""Looking at screens: the wall of all, and one emulator's own."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from support.dashboard import Dashboard, axe

SLOW = 60_000  # ms, for what the simulated PCs take on a busy machine
DRAWN = "(image) => image.complete && image.naturalWidth > 0"


def test_a_running_emulator_is_seen_on_the_wall_and_touched_on_its_page(
    dashboard: Dashboard, farm: Mapping[str, str]
) -> None:
    page = dashboard.page
    bearer = {"Authorization": f"Bearer {farm['token']}"}
    with httpx.Client(base_url=farm["url"], headers=bearer, timeout=60) as api:
        found = api.get("/api/emulators", params={"filter": "name:farm-01 ws:pc-01"}).json()
        emulator = f"/api/emulators/{found['items'][0]['id']}"
        api.post(f"{emulator}/launch", json={}).raise_for_status()

    dashboard.go("/wall?q=pc-01")
    card = page.get_by_role("region", name="pc-01")
    tile = card.get_by_role("link", name=re.compile("farm-01 · Ready"))
    expect(tile).to_be_visible(timeout=SLOW)
    expect(tile).not_to_have_accessible_name(re.compile("not seen"), timeout=SLOW)
    assert card.locator("img").evaluate(DRAWN)
    assert axe(page) == []

    tile.click()
    page.get_by_role("tab", name="Screen").click()
    screen = page.get_by_role("img", name="The screen of farm-01")
    expect(screen).to_be_visible(timeout=SLOW)
    page.wait_for_function(DRAWN, arg=screen.element_handle(), timeout=SLOW)
    assert axe(page) == []

    with page.expect_response("**/api/emulators/*/input") as answered:
        screen.click(position={"x": 40, "y": 30})
    assert answered.value.status == 204
    sent: Any = answered.value.request.post_data_json
    shown = screen.bounding_box()
    wide, high = screen.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert shown is not None
    assert sent["tap"] == {
        "x": pytest.approx(40 / shown["width"] * wide, abs=2),
        "y": pytest.approx(30 / shown["height"] * high, abs=2),
    }
