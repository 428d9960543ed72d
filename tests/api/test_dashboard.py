"""The dashboard's files over HTTP: how long they are kept, how packed, what may not leave."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import Depends, FastAPI

from ldfleet.api import dashboard, problems
from ldfleet.api.authorisation import everyone
from ldfleet.api.edge import Edge

PAGE = "<!doctype html><script>dark()</script><script type=module src=/assets/a.js></script>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "manifest.json").write_text("{}")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets/a.js").write_text("plain")
    (folder / "assets/a.js.br").write_bytes(b"br bytes")
    (folder / "assets/a.js.gz").write_bytes(b"gz bytes")
    (tmp_path / "secret").write_text("secret")
    (folder / "assets/away").symlink_to(tmp_path / "secret")
    return folder


@pytest.fixture
async def http(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(dashboard.router_over(built), dependencies=[Depends(everyone)])
    app.add_middleware(Edge, new_id=lambda prefix: f"{prefix}_1")
    problems.install(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://fleet.test") as http:
        yield http


@pytest.mark.parametrize(
    ("accepted", "packed", "body"),
    [
        ("gzip, br", "br", b"br bytes"),
        ("gzip;q=0.5", "gzip", b"gz bytes"),
        ("identity", None, b"plain"),
    ],
)
async def test_an_asset_is_kept_for_a_year_and_sent_packed(
    http: httpx.AsyncClient, accepted: str, packed: str | None, body: bytes
) -> None:
    async with http.stream("GET", "/assets/a.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert (answer.status_code, raw) == (200, body)
    assert answer.headers.get("Content-Encoding") == packed
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/", "/emulators/em_1", "/settings", "/index.html"])
async def test_every_other_path_is_the_page_and_is_asked_for_anew(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_may_run_its_own_inline_script_and_no_other(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/")).headers["Content-Security-Policy"]

    scripts = next(each for each in policy.split("; ") if each.startswith("script-src"))
    assert scripts == "script-src 'self' 'sha256-fNefTR34fI4AKL70MFDWngBjZzPD/E9oLjTl18ee/nA='"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/api/nonsense", "/docs/nonsense", "/problems/x/y", "/metrics/x"])
async def test_what_is_not_the_dashboard_stays_a_problem_document(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "path_unknown"


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/assets/away", "/assets/%2e%2e/%2e%2e/secret", "/assets/a.js.br"]
)
async def test_nothing_that_is_not_an_asset_is_served_as_one(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.json()["detail"] or "%2e" in path


async def test_a_path_out_of_the_folder_leads_to_the_page_only(http: httpx.AsyncClient) -> None:
    answer = await http.get("/%2e%2e/secret")

    assert answer.text == PAGE


async def test_a_server_without_the_dashboard_says_how_to_build_it(tmp_path: Path) -> None:
    app = FastAPI(openapi_url=None)
    app.include_router(dashboard.router_over(tmp_path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://fleet.test"
    ) as http:
        answer = await http.get("/")

    assert answer.status_code == 503
    assert "make web" in answer.text
