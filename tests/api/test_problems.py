"""Whatever goes wrong is a problem document with an id, and never tells a secret."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from ldfleet import errors
from ldfleet.api.edge import Edge as EdgeMiddleware
from ldfleet.wire.problem import Problem, problem_of, status_of
from support.edges import CANARY, DRAFT, Edge

EDITED = ("workstations", "profiles", "schedules")


def problem(answer: httpx.Response) -> Problem:
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = Problem.model_validate_json(answer.content)
    assert found.status == answer.status_code
    assert found.type == f"/problems/{found.code}"
    assert found.correlation_id == answer.headers["Correlation-Id"]
    return found


async def test_an_unknown_path_is_a_problem(edge: Edge) -> None:
    found = problem(await edge.http.get("/api/nowhere"))

    assert (found.status, found.code) == (404, "path_unknown")
    assert isinstance(found.error(), errors.PathUnknown)


async def test_an_unknown_method_is_a_problem(edge: Edge) -> None:
    found = problem(await edge.http.put("/api/workstations"))

    assert (found.status, found.code) == (405, "method_unsupported")
    assert isinstance(found.error(), errors.MethodUnsupported)


async def test_a_refused_method_comes_with_all_that_the_path_knows(edge: Edge) -> None:
    several = await edge.http.put("/api/workstations")
    one = await edge.http.get("/api/auth/login")
    none = await edge.http.get("/api/auth/nonsense")

    assert several.headers["Allow"] == "GET, HEAD, POST"
    assert (one.status_code, one.headers["Allow"]) == (405, "POST")
    assert none.status_code == 404


@pytest.mark.parametrize(
    "query", ["nonsense=1", "limit=0", "limit=501", "limit=many", "status=asleep"]
)
async def test_nonsense_in_a_query_is_refused(edge: Edge, query: str) -> None:
    found = problem(await edge.http.get(f"/api/emulators?{query}"))

    assert (found.status, found.code) == (422, "validation_failed")


async def test_a_cursor_that_no_list_gave_out_is_refused(edge: Edge) -> None:
    found = problem(await edge.http.get("/api/emulators?cursor=made-up"))

    assert (found.status, found.code) == (422, "cursor_invalid")


async def test_each_wrong_field_is_named(edge: Edge) -> None:
    body = {**DRAFT, "port": "many", "nonsense": 1, "limits": {"boots": 0}}

    found = problem(await edge.http.post("/api/workstations", json=body))

    error = found.error()
    assert isinstance(error, errors.ValidationFailed)
    assert {fault["field"] for fault in error.errors} == {"port", "nonsense", "limits.boots"}


async def test_a_wrong_field_is_refused_without_repeating_a_secret(edge: Edge) -> None:
    body = {**DRAFT, "password": {"nested": CANARY}, "username": [CANARY]}

    with capture_logs() as logs:
        answer = await edge.http.post("/api/workstations", json=body)

    assert problem(answer).status == 422
    assert CANARY not in answer.text + repr(logs)


@pytest.mark.parametrize("body", [b"{", b"[1,", b"\xff\xfe", b'"text"', b"null", b""])
async def test_a_body_that_is_no_object_is_refused(edge: Edge, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    found = problem(await edge.http.post("/api/workstations", content=body, headers=headers))

    assert (found.status, found.code) == (422, "validation_failed")


async def test_a_body_without_its_type_is_refused(edge: Edge) -> None:
    found = problem(await edge.http.post("/api/workstations", content=b"{}"))

    assert found.code == "validation_failed"


async def test_an_announced_large_body_is_refused_unread(edge: Edge) -> None:
    found = problem(await edge.http.post("/api/workstations", content=b" " * (1024 * 1024 + 1)))

    assert (found.status, found.code) == (413, "request_too_large")
    assert isinstance(found.error(), errors.RequestTooLarge)


async def test_an_unannounced_large_body_is_refused_too(edge: Edge) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 32768

    headers = {"Content-Type": "application/json"}
    answer = await edge.http.post("/api/workstations", content=chunks(), headers=headers)

    assert problem(answer).code == "request_too_large"


async def test_the_callers_correlation_id_is_kept(edge: Edge) -> None:
    headers = {"Correlation-Id": "deploy-42"}

    answer = await edge.http.get("/api/operations/op_nothing", headers=headers)

    assert problem(answer).correlation_id == "deploy-42"


@pytest.mark.parametrize("given", ["x" * 65, "a b", "a;b", "ä"])
async def test_an_unfit_correlation_id_is_replaced(edge: Edge, given: str) -> None:
    headers = {b"Correlation-Id": given.encode()}

    answer = await edge.http.get("/api/version", headers=headers)

    assert answer.headers["Correlation-Id"].startswith("rq_")


async def test_answers_are_not_to_be_cached_framed_or_guessed(edge: Edge) -> None:
    headers = (await edge.http.get("/api/version")).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_a_mistake_of_ours_is_logged_once_and_tells_the_caller_nothing() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError(CANARY)

    transport = httpx.ASGITransport(EdgeMiddleware(broken, new_id=lambda prefix: f"{prefix}_1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://fleet.test") as http:
        with capture_logs() as logs:
            answer = await http.get("/api/status")

    found = problem(answer)
    assert (found.status, found.code) == (500, "internal_error")
    assert found.correlation_id == "rq_1"
    assert CANARY not in answer.text
    assert [line["event"] for line in logs] == ["request.crashed"]
    assert isinstance(found.error(), errors.InternalError)


def test_a_problem_comes_back_as_the_error_it_was() -> None:
    error = errors.EmulatorWrongState(
        emulator="em_1", verb="launch", state="ready", needed="stopped"
    )

    document = problem_of(error, correlation_id="rq_1").model_dump_json()
    back = Problem.model_validate_json(document).error()

    assert isinstance(back, errors.EmulatorWrongState)
    assert back.values() == error.values()
    assert back.correlation_id == "rq_1"
    assert str(back) == str(error)


def test_a_problem_of_a_newer_server_keeps_its_words() -> None:
    document = {
        **problem_of(errors.TokenMissing()).model_dump(),
        "code": "moon_in_the_way",
        "detail": "The moon is in the way.",
    }

    back = Problem.model_validate(document).error()

    assert isinstance(back, errors.UnknownFailure)
    assert back.__notes__ == ["The moon is in the way."]


@pytest.mark.parametrize("error", errors.catalogue().values(), ids=lambda error: error.code)
def test_every_error_has_a_status(error: type[errors.FleetError]) -> None:
    assert 400 <= status_of(error) <= 599


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("PATCH", "emulators"),
        *((method, what) for method in ("PATCH", "DELETE") for what in EDITED),
    ],
)
async def test_a_change_says_what_it_is_based_on(edge: Edge, method: str, what: str) -> None:
    del edge.http.headers["If-Match"]

    answer = await edge.http.request(method, f"/api/{what}/x_1", json={})

    found = problem(answer)
    assert (found.status, found.code) == (428, "version_missing")
    assert "If-Match" in found.detail and "*" in (found.hint or "")
