"""Every page of the rail: it is drawn, it is accessible, and it can be looked at."""

import os
from pathlib import Path

import pytest

from support.dashboard import SIZES, THEMES, Dashboard, axe

PICTURES = Path(os.environ.get("LDFLEET_PICTURES", "/tmp/ldfleet-pictures"))  # noqa: S108


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_hinders_anybody(dashboard: Dashboard, theme: str) -> None:
    found: dict[str, object] = {}
    dashboard.theme(theme)
    for path in dashboard.paths():
        dashboard.go(path)
        if wrong := axe(dashboard.page):
            found[path] = wrong

    assert found == {}


@pytest.mark.skipif("LDFLEET_PICTURES" not in os.environ, reason="LDFLEET_PICTURES=folder")
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_has_its_picture(dashboard: Dashboard, theme: str) -> None:
    dashboard.theme(theme)
    for width, height in SIZES:
        dashboard.page.set_viewport_size({"width": width, "height": height})
        for path in dashboard.paths():
            dashboard.go(path)
            name = path.strip("/").replace("/", "-") or "overview"
            dashboard.page.screenshot(path=PICTURES / f"{name}-{theme}-{width}.png")
            assert (PICTURES / f"{name}-{theme}-{width}.png").stat().st_size > 0
