"""Every route, asked by a stranger, a viewer, an operator, an admin, and from another scope."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from structlog.testing import capture_logs

from ldfleet.api.app import without_services
from ldfleet.api.authorisation import VIEWERS, Declared, declared
from ldfleet.domain.actor import Role, Scope
from ldfleet.domain.ids import WorkstationId
from support.accounts import a_person, the_people
from support.edges import Edge, an_edge
from support.stores import a_workstation, an_emulator, an_operation

ROUTES = [
    each for each in declared(without_services().routes) if each.method not in {"HEAD", "OPTIONS"}
]
OPEN = {
    ("GET", "/api/health"),
    ("GET", "/api/version"),
    ("GET", "/api/transfers/{app_id}"),  # it wants a token of its own, good once
    ("GET", "/api/auth/setup"),
    ("POST", "/api/auth/setup"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("GET", "/docs"),
    ("GET", "/docs/openapi.json"),
    ("GET", "/problems"),
    ("GET", "/problems/{code}"),
    ("GET", "/{path:page}"),  # the dashboard's files, which hold nothing of the farm
}
# api.md's column Role, where it is neither V for reading nor O for all else.
ADMIN_ONLY = re.compile(
    r"GET /metrics|(GET|POST|PATCH|DELETE) /api/(users|audit|settings)\b.*"
    r"|(POST|PATCH|DELETE) /api/sites\b.*"
    r"|DELETE /api/operations/cleanup"
    r"|POST /api/workstations/\{workstation_id\}/console"
)
SCREENS = frozenset(
    {
        "GET /api/emulators/{emulator_id}/screenshot",
        "GET /api/workstations/{workstation_id}/wall",
        "GET /api/workstations/{workstation_id}/wall.webp",
    }
)
OWN = re.compile(r"\w+ /api/(auth|tokens|views)\b.*")
ENDLESS = {("GET", "/api/events")}
IDS = {
    "workstation_id": "ws_0001",
    "emulator_id": "em_0001",
    "operation_id": "op_0001",
    "site_id": "default",
}
BODIES: Mapping[str, Any] = {
    "/api/workstations/{workstation_id}/maintenance": {"reason": "new disk"},
    "/api/workstations/{workstation_id}/console": {"argv": ["hostname"]},
    "/api/workstations/prepare": {"servers": ["10.0.0.1"]},
}
HOLDERS = (Role.VIEWER, Role.OPERATOR, Role.ADMIN)
EAST = Scope(tags=frozenset({"east"}), sites=frozenset({"east"}))


def role_of(route: Declared) -> Role | None:
    """What api.md says."""
    name = f"{route.method} {route.path}"
    if (route.method, route.path) in OPEN:
        return None
    if ADMIN_ONLY.fullmatch(name):
        return Role.ADMIN
    if name in SCREENS:
        return Role.OPERATOR
    if route.method == "GET" or OWN.fullmatch(name):
        return Role.VIEWER
    return Role.OPERATOR


@dataclass
class Doors:
    edge: Edge
    tokens: Mapping[str, str]

    async def knock(self, route: Declared, who: str | None) -> httpx.Response:
        path = re.sub(r"\{(\w+)\}", lambda found: IDS.get(found[1], "none"), route.path)
        headers = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        body = BODIES.get(route.path, {}) if route.method in {"POST", "PATCH", "PUT"} else None
        async with self.edge.stranger() as http:
            return await http.request(route.method, path, json=body, headers=headers)


@pytest.fixture
async def doors(pytestconfig: pytest.Config, tmp_path: Path) -> AsyncIterator[Doors]:
    # What crashes is to fail here at once: structlog by itself draws its stack for minutes.
    with capture_logs():
        async with an_edge(pytestconfig, tmp_path) as edge:
            yield await _doors_of(edge)


async def _doors_of(edge: Edge) -> Doors:
    await edge.floor.farm(emulators=2)
    await edge.floor.put(
        an_operation(1),
        a_workstation(2, site="east", tags=("east",)),
        an_emulator(7, workstation=2, id="em_0007", index=7, name="of the east"),
    )
    who = the_people(edge.floor)
    people = {role.value: await a_person(who, f"the-{role.value}", role) for role in HOLDERS}
    east = await a_person(who, "east", Role.OPERATOR, scope=EAST)
    tokens = {name: person.token for name, person in {**people, "east": east}.items()}
    return Doors(edge, tokens)


def test_a_route_that_declares_nothing_can_not_be_served() -> None:
    app, forgotten = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter()

    @forgotten.get("/forgotten")
    async def nobody_thought_of_this() -> None: ...

    app.include_router(forgotten)

    with pytest.raises(RuntimeError, match="/forgotten does not say who may use it"):
        list(declared(app.routes))


def test_a_router_that_declares_needs_passes_them_to_its_routes() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter()

    @router.get("/thing")
    async def thing() -> None: ...

    app.include_router(router, dependencies=[Depends(VIEWERS)])

    assert {each.needs for each in declared(app.routes)} == {(VIEWERS,)}


def test_only_these_routes_are_open_to_strangers() -> None:
    assert {(each.method, each.path) for each in ROUTES if not each.needs} == OPEN


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: f"{each.method} {each.path}")
def test_a_route_needs_the_role_of_the_design(route: Declared) -> None:
    needed = [each.role(route.method) for each in route.needs]

    assert max(needed, key=list(Role).index, default=None) == role_of(route)


async def test_every_route_lets_in_who_may_and_nobody_else(doors: Doors) -> None:
    wrong: list[str] = []
    for route in ROUTES:
        needed = role_of(route)
        if needed is None or (route.method, route.path) in ENDLESS:
            continue
        for who in (None, *HOLDERS):
            if route.path.endswith("/logout") and who is not None:
                continue  # it would end the session that the next ones use
            answer = await doors.knock(route, who)
            denied = answer.status_code in {401, 403}
            may = who is not None and who.covers(needed)
            if denied is may and answer.json()["code"] != "session_needed":
                wrong.append(f"{route.method} {route.path} by {who}: {answer.status_code}")
            if answer.status_code == 500:
                wrong.append(f"{route.method} {route.path} by {who} crashes")
            if who is None and answer.status_code != 401:
                wrong.append(f"{route.method} {route.path} by a stranger: {answer.status_code}")
    assert wrong == []


async def test_what_is_in_another_scope_is_not_there(doors: Doors) -> None:
    wrong: list[str] = []
    theirs = re.compile(r"\{(workstation|emulator|operation)_id\}")
    for route in ROUTES:
        if not theirs.search(route.path):
            continue
        answer = await doors.knock(route, "east")
        # A body that is not right may be told first: it tells nothing of what is there.
        if answer.status_code not in {403, 404, 422, 428}:
            wrong.append(f"{route.method} {route.path}: {answer.status_code} {answer.text[:80]}")
        if "farm-0001" in answer.text or "player 1" in answer.text:
            wrong.append(f"{route.method} {route.path} leaks")
    assert wrong == []


async def test_lists_and_counts_show_what_is_in_scope_only(doors: Doors) -> None:
    wrong: list[str] = []
    foreign = ("ws_0001", "em_0001", "op_0001", "farm-0001")
    for route in ROUTES:
        if route.method != "GET" or "{" in route.path or (route.method, route.path) in ENDLESS:
            continue
        answer = await doors.knock(route, "east")
        if any(each in answer.text for each in foreign):
            wrong.append(f"{route.path}: {answer.text[:200]}")
    status = (await doors.knock(_route("GET", "/api/status"), "east")).json()

    assert wrong == []
    assert sum(status["workstations"].values()) == 1
    assert sum(status["emulators"].values()) == 1
    assert sum(status["operations"].values()) == 0


def _route(method: str, path: str) -> Declared:
    return next(each for each in ROUTES if (each.method, each.path) == (method, path))


def test_the_ids_of_this_test_are_ids_of_the_farm() -> None:
    assert a_workstation().id == WorkstationId(IDS["workstation_id"])
