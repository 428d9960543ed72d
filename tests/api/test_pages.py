"""The pages for people: what a problem's type leads to."""

import json
import re

import pytest

from ldfleet import errors
from ldfleet.api.openapi import text
from ldfleet.wire.catalogue import ProblemType, problem_types
from ldfleet.wire.problem import problem_of
from support.edges import Edge

EVERY = pytest.mark.parametrize("kind", problem_types(), ids=lambda kind: kind.code)


@EVERY
async def test_every_type_of_a_problem_leads_to_its_page(edge: Edge, kind: ProblemType) -> None:
    async with edge.stranger() as http:
        page = await http.get(f"/problems/{kind.code}")

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<h1>{kind.title}</h1>" in page.text
    assert all(f"<code>{name}</code>" in page.text for name in kind.fields)
    assert "{" not in page.text.partition("<body>")[2]


def test_the_groups_of_the_catalogue_hold_every_specific_error() -> None:
    kinds = problem_types()

    assert len(kinds) >= 40
    assert len({kind.group for kind in kinds}) == 11
    assert {kind.code for kind in kinds} == {
        code for code, error in errors.catalogue().items() if error.hint is not None
    }


async def test_all_problems_are_listed(edge: Edge) -> None:
    async with edge.stranger() as http:
        page = await http.get("/problems")

    linked = set(re.findall(r'href="/problems/(\w+)"', page.text))
    assert linked == {kind.code for kind in problem_types()}


async def test_the_page_is_where_the_document_says(edge: Edge) -> None:
    refused = (await edge.http.get("/api/emulators/em_none")).json()

    page = await edge.http.get(refused["type"])

    assert refused["title"] in page.text
    assert "List the emulators." in page.text


async def test_what_looks_like_markup_in_a_sentence_stays_text(edge: Edge) -> None:
    page = await edge.http.get(problem_of(errors.TokenMissing()).type)

    assert "&lt;token&gt;" in page.text
    assert "<token>" not in page.text


@pytest.mark.parametrize("code", ["nonsense", "emulator_error", "%3Cscript%3E"])
async def test_a_code_that_is_none_has_no_page(edge: Edge, code: str) -> None:
    answer = await edge.http.get(f"/problems/{code}")

    assert (answer.status_code, answer.json()["code"]) == (404, "path_unknown")


async def test_a_page_runs_nothing_and_loads_nothing(edge: Edge) -> None:
    page = await edge.http.get("/problems")

    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script|<link|<img|\son\w+=|style=", page.text)


async def test_the_reference_shows_every_request_with_an_example(edge: Edge) -> None:
    async with edge.stranger() as http:
        page = await http.get("/docs")
        document = (await http.get("/docs/openapi.json")).json()

    assert page.status_code == 200
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'<h3 id="{operation["operationId"]}">{method.upper()} {path}</h3>' in page.text
            assert f"$LDFLEET_URL{path}" in page.text
    assert "<script" not in page.text
    assert set(re.findall(r'(?:href|src)="([a-z]+:[^"]*)', page.text)) == set()


async def test_every_link_of_the_reference_leads_somewhere(edge: Edge) -> None:
    page = await edge.http.get("/docs")

    here = set(re.findall(r' id="([^"]+)"', page.text))
    links = set(re.findall(r'href="([^"]+)"', page.text))
    assert {link for link in links if link.startswith("#")} == {f"#{name}" for name in here}
    for link in links:
        if not link.startswith("#"):
            assert (await edge.http.get(link)).is_success, link


async def test_the_served_description_is_the_committed_one(edge: Edge) -> None:
    served = (await edge.http.get("/docs/openapi.json")).json()

    assert served == json.loads(text())
