"""Nobody gets in without a token, on any route."""

import httpx
import pytest

from ldfleet.api.openapi import describe
from support.edges import Edge

PUBLIC = {("GET", "/api/health"), ("GET", "/api/version"), ("GET", "/api/auth/setup")}
# Who signs in has no token yet: what is sent there has to be right itself.
DOORS = {("POST", f"/api/auth/{name}") for name in ("setup", "login", "refresh")}
ROUTES = [
    (method.upper(), path) for path, methods in describe()["paths"].items() for method in methods
]
VALID_BODIES = {
    "/api/workstations": {"name": "pc-01", "host": "10.0.0.5"},
    "/api/workstations/test-connection": {"name": "pc-01", "host": "10.0.0.5"},
    "/api/workstations/{workstation_id}/maintenance": {"reason": "new disk"},
}


async def ask(http: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    url = path.replace("{", "").replace("}", "")
    body = VALID_BODIES.get(path, {}) if method in {"POST", "PATCH"} else None
    return await http.request(method, url, json=body)


async def test_every_route_but_the_public_ones_asks_for_a_token(edge: Edge) -> None:
    async with edge.stranger() as stranger:
        answers = {(m, p): (await ask(stranger, m, p)).status_code for m, p in ROUTES}

    assert {route for route, status in answers.items() if status != 401} == PUBLIC | DOORS
    assert {answers[route] for route in DOORS} == {422}


@pytest.mark.parametrize(
    "authorization", ["Bearer ldf_wrong", "Bearer ", "Basic YWRtaW46YWRtaW4=", "ldf_wrong"]
)
async def test_a_wrong_token_is_refused_with_a_challenge(edge: Edge, authorization: str) -> None:
    async with edge.stranger() as stranger:
        answer = await stranger.get("/api/status", headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] in {"token_invalid", "token_missing"}
    assert "ldf_wrong" not in answer.text


async def test_a_bad_body_does_not_get_past_the_missing_token(edge: Edge) -> None:
    async with edge.stranger() as stranger:
        answer = await stranger.post("/api/workstations", json={"nonsense": True})

    assert answer.status_code == 401


async def test_the_public_routes_answer_strangers(edge: Edge) -> None:
    async with edge.stranger() as stranger:
        health = await stranger.get("/api/health")
        version = await stranger.get("/api/version")

    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert version.json() == {"version": "0.1.0"}
