"""Measure the dashboard's fleet grid in headless Chromium, while 200 emulators a second change.

`python bench/web.py` (after `make web`) serves 10,000 and then 50,000 emulators from a process of
its own and opens /emulators as a person would. The window of ten seconds begins a second after the
first rows are there. The last line is JSON with the figures and their bounds; of 50,000 it is
bounded that they are all there and that the last one can be scrolled to.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench._api_server import READY

Figures = dict[str, float]
HERE = Path(__file__).parent
FEW, MANY = 10_000, 50_000
SECONDS = 10.0
LOADS = 3
AT_MOST: Mapping[str, float] = {
    "script_ms_per_s": 25,
    "long_tasks": 0,
    "heap_mb": 30,
    "scroll_p95_frame_ms": 35,
    "first_rows_ms": 2_000,
}
CHROMIUM = "/usr/bin/chromium"
_QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update")
# Told by the page itself: when its first row was there, and each task longer than 50 ms.
_WATCH = """
window.bench = { rows: null, long: 0 };
new PerformanceObserver((list) => { window.bench.long += list.getEntries().length; })
  .observe({ type: "longtask" });
const rows = new MutationObserver(() => {
  if (document.querySelector("[data-id]") === null) return;
  rows.disconnect();
  requestAnimationFrame(() => { window.bench.rows = performance.now(); });
});
rows.observe(document, { childList: true, subtree: true });
"""
_FRAMES = """
() => new Promise((done) => {
  const frames = [];
  let last = performance.now();
  const end = last + 5000;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(step); else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})
"""


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A server that runs, with so many emulators."""

    url: str
    password: str
    emulators: int


@contextlib.contextmanager
def serving(emulators: int) -> Generator[Stand]:
    """A server process over a filled database, and its feeder."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "_web_server.py"), folder, str(emulators)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        )
        try:
            assert process.stdout is not None
            line = next(line for line in process.stdout if line.startswith(READY))
            said = json.loads(line.removeprefix(READY))
            url = f"http://127.0.0.1:{said['port']}"
            yield Stand(url=url, password=said["password"], emulators=emulators)
        finally:
            process.terminate()
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()


@contextlib.contextmanager
def opened(browser: Browser, stand: Stand) -> Generator[Page]:
    """The fleet in a browser that was never here, but is signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    login = {"name": "admin", "password": stand.password, "kind": "cookie"}
    context.request.post(f"{stand.url}/api/auth/login", data=login)
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{stand.url}/emulators")
    page.locator("[data-id]").first.wait_for()
    yield page
    context.close()


def asked(session: CDPSession, method: str) -> Any:
    """What Chromium answers."""
    return session.send(method)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # its dict has no types


def metric(session: CDPSession, name: str) -> float:
    """One of Chromium's own counters; times in seconds."""
    told = asked(session, "Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in told if each["name"] == name)


def at_rest(page: Page) -> Figures:
    """Ten seconds in which nobody does anything and 2,000 emulators change."""
    session = page.context.new_cdp_session(page)
    asked(session, "Performance.enable")
    time.sleep(1)
    names = ("ScriptDuration", "TaskDuration")
    before = {name: metric(session, name) for name in names}
    long_before = page.evaluate("window.bench.long")
    begun = time.monotonic()
    time.sleep(SECONDS)
    took = time.monotonic() - begun
    script, task = ((metric(session, name) - before[name]) / took * 1000 for name in names)
    long = page.evaluate("window.bench.long") - long_before
    asked(session, "HeapProfiler.collectGarbage")
    return {
        "script_ms_per_s": script,
        "main_thread_ms_per_s": task,
        "long_tasks": long,
        "heap_mb": metric(session, "JSHeapUsedSize") / 1e6,
    }


def scrolled(page: Page) -> Figures:
    """Five seconds of the wheel, sixty turns a second."""
    page.get_by_role("grid").hover()
    page.evaluate(f"window.frames_told = ({_FRAMES})()")
    end = time.monotonic() + 5
    while time.monotonic() < end:
        page.mouse.wheel(0, 60)
        time.sleep(1 / 60)
    frames = sorted(page.evaluate("window.frames_told"))
    return {
        "scroll_p95_frame_ms": frames[int(len(frames) * 0.95)],
        "scroll_fps": 1000 / statistics.mean(frames),
    }


def changes_per_second(page: Page) -> float:
    """As the page itself counted them; without them the rest would say nothing."""
    told = page.get_by_role("status").first.inner_text()
    return float(told.split()[-1].removesuffix("/s"))


def measure(browser: Browser, stand: Stand) -> Figures:
    """All of it on one fleet."""
    loads: list[float] = []
    for _ in range(LOADS):
        with opened(browser, stand) as page:
            loads.append(page.evaluate("window.bench.rows"))
            time.sleep(1)
    with opened(browser, stand) as page:
        figures = at_rest(page)
        figures["changes_per_s"] = changes_per_second(page)
        figures |= scrolled(page)
        page.get_by_role("grid").focus()
        page.keyboard.press("End")
        last = page.locator(f'[aria-rowindex="{stand.emulators + 1}"]')
        last.wait_for(timeout=5_000)
        figures["rows"] = int(page.get_by_role("grid").get_attribute("aria-rowcount") or 0) - 1
    return figures | {"first_rows_ms": statistics.median(loads)}


def main() -> None:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    figures: Figures = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *root])
        for emulators in (FEW, MANY):
            with serving(emulators) as stand:
                found = measure(browser, stand)
            print(
                emulators, {name: round(each, 1) for name, each in found.items()}, file=sys.stderr
            )
            figures |= {f"{emulators // 1000}k_{name}": each for name, each in found.items()}
        browser.close()
    bounds: dict[str, Sequence[float | bool]] = {
        f"10k_{name}": [bound, figures[f"10k_{name}"] <= bound] for name, bound in AT_MOST.items()
    }
    bounds["10k_changes_per_s"] = [190, figures["10k_changes_per_s"] >= 190]
    bounds["50k_rows"] = [MANY, figures["50k_rows"] == MANY]
    rounded = {name: round(value, 2) for name, value in figures.items()}
    print(json.dumps({"bench": "web", "figures": rounded, "bounds": bounds}))


if __name__ == "__main__":
    main()
