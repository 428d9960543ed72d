"""Accounts over HTTP: what is sent, what comes back, what a browser keeps."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ldfleet.domain.actor import Role, Scope
from ldfleet.domain.event import EventType
from ldfleet.domain.telling import of_workstation
from ldfleet.services.tokens import Draft
from ldfleet.services.users import Rights
from support.accounts import PASSWORD, ROOT, Person, a_person, the_people
from support.edges import Edge, listening
from support.stores import a_workstation

NEW = "five loud canaries 6e2c"
ANNA = {"name": "anna", "password": PASSWORD}
EAST = Scope(sites=frozenset({"east"}))


@pytest.fixture
async def anna(edge: Edge) -> Person:
    return await a_person(the_people(edge.floor), "anna", Role.OPERATOR)


@pytest.fixture
async def stranger(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    async with edge.stranger() as http:
        yield http


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_first_admin_is_made_once(stranger: httpx.AsyncClient) -> None:
    wanted = {"token": "lds_x", "name": "eve", "password": PASSWORD}

    answer = await stranger.post("/api/auth/setup", json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (409, "setup_finished")
    assert (await stranger.get("/api/auth/setup")).json() == {"open": False}


@pytest.mark.usefixtures("anna")
async def test_a_login_gives_tokens_that_work(stranger: httpx.AsyncClient) -> None:
    begun = (await stranger.post("/api/auth/login", json=ANNA)).json()
    me = await stranger.get("/api/auth/me", headers=bearer(begun["access_token"]))
    renewed = await stranger.post(
        "/api/auth/refresh", json={"refresh_token": begun["refresh_token"]}
    )
    again = await stranger.post("/api/auth/refresh", json={"refresh_token": begun["refresh_token"]})

    assert begun["expires_in_s"] == 900
    assert (begun["user"]["name"], begun["csrf_token"]) == ("anna", None)
    assert (me.json()["role"], me.json()["session_id"]) == ("operator", begun["session_id"])
    assert renewed.json()["session_id"] == begun["session_id"]
    assert (again.status_code, again.json()["code"]) == (401, "refresh_token_reused")
    ended = await stranger.get("/api/auth/me", headers=bearer(renewed.json()["access_token"]))
    assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")


@pytest.mark.usefixtures("anna")
async def test_a_wrong_password_is_a_problem_without_it(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/api/auth/login", json={**ANNA, "password": NEW})

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_wrong")
    assert NEW not in answer.text


@pytest.mark.usefixtures("anna")
async def test_who_guesses_is_told_when_to_come_back(stranger: httpx.AsyncClient) -> None:
    wrong = {**ANNA, "password": NEW}
    answers = [await stranger.post("/api/auth/login", json=wrong) for _ in range(9)]

    assert [each.status_code for each in answers] == [401] * 8 + [429]
    assert answers[-1].headers["Retry-After"] == "5"
    assert answers[-1].json()["retry_after_s"] == 5


async def test_an_expired_access_token_says_so(
    edge: Edge, anna: Person, stranger: httpx.AsyncClient
) -> None:
    edge.floor.clock.advance(900)

    answer = await stranger.get("/api/auth/me", headers=bearer(anna.token))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


async def test_until_the_password_is_changed_nothing_else_is_open(
    edge: Edge, stranger: httpx.AsyncClient
) -> None:
    who = the_people(edge.floor)
    await who.users.add(ROOT, "eve", Rights(role=Role.ADMIN), PASSWORD)
    begun = (
        await stranger.post("/api/auth/login", json={"name": "eve", "password": PASSWORD})
    ).json()
    stranger.headers.update(bearer(begun["access_token"]))

    assert begun["user"]["must_change_password"] is True
    for path in ("/api/users", "/api/emulators", "/api/tokens", "/api/auth/sessions"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "password_change_needed")
    assert (await stranger.get("/api/auth/me")).is_success
    changed = await stranger.post(
        "/api/auth/password", json={"current_password": PASSWORD, "new_password": NEW}
    )
    assert changed.status_code == 204, changed.text
    assert (await stranger.get("/api/users")).is_success


@pytest.mark.usefixtures("anna")
async def test_a_browser_keeps_a_cookie_that_scripts_can_not_read(
    edge: Edge, stranger: httpx.AsyncClient
) -> None:
    answer = await stranger.post("/api/auth/login", json={**ANNA, "kind": "cookie"})
    kept, shown = answer.headers.get_list("set-cookie")
    csrf = answer.json()["csrf_token"]

    assert (answer.json()["access_token"], answer.json()["refresh_token"]) == (None, None)
    assert kept.startswith("ldfleet_session=ldc_")
    assert {"HttpOnly", "SameSite=strict", "Path=/api"} <= set(kept.split("; "))
    assert shown.startswith(f"ldfleet_csrf={csrf};")
    assert "HttpOnly" not in shown
    assert "Secure" not in kept + shown
    assert (await stranger.get("/api/status")).is_success
    me = await stranger.get("/api/auth/me")
    assert me.headers.get_list("set-cookie") == [kept, shown]
    body = {"name": "pc-9", "host": "10.0.0.9", "username": "farm", "password": "x"}
    refused = await stranger.post("/api/workstations", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_token_wrong")
    added = await stranger.post("/api/workstations", json=body, headers={"X-CSRF-Token": csrf})
    assert added.status_code == 201, added.text
    out = await stranger.post("/api/auth/logout", headers={"X-CSRF-Token": csrf})
    assert out.status_code == 204
    assert not stranger.cookies
    async with edge.stranger() as thief:
        stolen = {"Cookie": kept.split(";")[0]}
        assert (await thief.get("/api/status", headers=stolen)).status_code == 401


@pytest.mark.usefixtures("anna")
async def test_over_tls_the_cookies_are_for_tls_only(edge: Edge) -> None:
    transport = httpx.ASGITransport(edge.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://fleet.test") as http:
        answer = await http.post("/api/auth/login", json={**ANNA, "kind": "cookie"})

    assert all("Secure" in each for each in answer.headers.get_list("set-cookie"))


async def test_users_are_managed_over_http(edge: Edge) -> None:
    wanted = {"name": "eve", "password": PASSWORD, "role": "viewer", "scope": {"tags": ["qa"]}}

    added = await edge.http.post("/api/users", json=wanted)
    user = f"/api/users/{added.json()['id']}"
    etag = added.headers["ETag"]
    changed = await edge.http.patch(user, json={"scope": None}, headers={"If-Match": etag})
    stale = await edge.http.patch(user, json={"enabled": False}, headers={"If-Match": etag})
    listed = await edge.http.get("/api/users")

    assert (added.status_code, added.headers["Location"]) == (201, user)
    assert added.json()["scope"] == {"tags": ["qa"], "sites": []}
    assert added.json()["must_change_password"] is True
    assert changed.json()["scope"] is None
    assert (stale.status_code, stale.json()["code"]) == (412, "record_changed")
    assert [each["name"] for each in listed.json()["items"]] == ["admin", "eve"]
    assert PASSWORD not in added.text + listed.text
    removed = await edge.http.delete(user, headers={"If-Match": "*"})
    assert removed.status_code == 204
    assert (await edge.http.get(user)).status_code == 404


async def test_the_last_admin_can_not_be_removed_over_http(edge: Edge) -> None:
    (admin,) = (await edge.http.get("/api/users")).json()["items"]

    answer = await edge.http.delete(f"/api/users/{admin['id']}", headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "eve", "password": "short"}, "password_too_weak"),
        ({"name": "e v e", "password": PASSWORD}, "field_invalid"),
        ({"name": "eve", "password": PASSWORD, "scope": {}}, "field_invalid"),
        ({"name": "eve", "password": PASSWORD, "is_root": True}, "validation_failed"),
        ({"name": "ADMIN", "password": PASSWORD}, "user_name_taken"),
    ],
)
async def test_a_user_that_can_not_be_is_refused(
    edge: Edge, body: dict[str, Any], code: str
) -> None:
    answer = await edge.http.post("/api/users", json=body)

    assert (answer.is_client_error, answer.json()["code"]) == (True, code)
    assert body["password"] not in answer.text


async def test_a_token_is_told_once(anna: Person, stranger: httpx.AsyncClient) -> None:
    stranger.headers.update(bearer(anna.token))

    made = await stranger.post("/api/tokens", json={"name": "ci", "expires_in_days": 7})
    listed = await stranger.get("/api/tokens")
    secret = made.json()["token"]
    revoked = await stranger.delete(made.headers["Location"])

    assert made.status_code == 201
    assert secret not in listed.text
    assert [each["name"] for each in listed.json()["items"]] == ["ci"]
    assert revoked.status_code == 204
    assert (await stranger.get("/api/status", headers=bearer(secret))).status_code == 401
    again = await stranger.delete(made.headers["Location"])
    assert (again.status_code, again.json()["code"]) == (404, "api_token_not_found")


async def test_a_token_for_metrics_opens_nothing_else(
    edge: Edge, anna: Person, stranger: httpx.AsyncClient
) -> None:
    draft = Draft(name="prometheus", metrics_only=True, never_expires=True)
    _, secret = await edge.services.tokens.create(anna.actor, draft)

    answer = await stranger.get("/api/status", headers=bearer(secret))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert (await stranger.get("/metrics", headers=bearer(secret))).status_code == 200


async def test_metrics_tell_of_the_whole_farm_to_nobody_with_a_scope(
    edge: Edge, stranger: httpx.AsyncClient
) -> None:
    eve = await a_person(the_people(edge.floor), "eve", scope=EAST)
    draft = Draft(name="prometheus", metrics_only=True, never_expires=True)
    _, secret = await edge.services.tokens.create(eve.actor, draft)

    answer = await stranger.get("/metrics", headers=bearer(secret))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_narrow")


async def test_sessions_are_listed_and_ended_over_http(
    anna: Person, stranger: httpx.AsyncClient
) -> None:
    stranger.headers.update(bearer(anna.token))
    await stranger.post("/api/auth/login", json=ANNA, headers={"User-Agent": "a phone"})

    listed = (await stranger.get("/api/auth/sessions")).json()["items"]
    (phone,) = [each for each in listed if each["agent"] == "a phone"]
    gone = await stranger.delete(f"/api/auth/sessions/{phone['id']}")
    again = await stranger.delete(f"/api/auth/sessions/{phone['id']}")
    others = await stranger.delete("/api/auth/sessions")

    assert (gone.status_code, again.json()["code"]) == (204, "session_not_found")
    assert others.json() == {"ended": 1}
    assert [each["current"] for each in (await stranger.get("/api/auth/sessions")).json()["items"]]


async def test_who_has_a_scope_can_not_place_things_outside_of_it(
    edge: Edge, stranger: httpx.AsyncClient
) -> None:
    who = the_people(edge.floor)
    eve = await a_person(who, "eve", Role.OPERATOR, scope=EAST)
    await edge.floor.put(a_workstation(2, site="east"))
    stranger.headers.update(bearer(eve.token))
    body = {"name": "pc-9", "host": "10.0.0.9", "username": "farm", "password": "x"}

    outside = await stranger.post("/api/workstations", json=body)
    moved = await stranger.patch(
        "/api/workstations/ws_0002",
        json={"site": "default", "password": "x"},
        headers={"If-Match": "*"},
    )
    shared = await stranger.post("/api/profiles", json={"name": "for all"})
    paused = await stranger.post("/api/schedules/pause", json={"reason": "mine"})

    for answer in (outside, moved, shared, paused):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_narrow")


async def test_a_batch_or_a_schedule_of_a_scope_stays_in_it(
    edge: Edge, stranger: httpx.AsyncClient
) -> None:
    await edge.floor.farm(emulators=2)
    everywhere = {"verb": "scan", "filter": "status:unknown"}
    made = (await edge.http.post("/api/batches", json=everywhere)).json()
    daily = {"name": "daily", "verb": "scan", "ids": ["ws_0001"], "cron": "0 5 * * *"}
    scheduled = (await edge.http.post("/api/schedules", json={**daily, "zone": "UTC"})).json()
    await edge.floor.put(a_workstation(2, site="east"))
    eve = await a_person(the_people(edge.floor), "eve", Role.OPERATOR, scope=EAST)
    stranger.headers.update(bearer(eve.token))

    named = await stranger.post("/api/schedules", json={**daily, "name": "eves", "zone": "UTC"})
    assert (named.status_code, named.json()["code"]) == (404, "workstation_not_found")
    own = await stranger.post("/api/batches", json=everywhere)
    foreign = await stranger.post("/api/batches", json={"verb": "scan", "ids": ["ws_0001"]})

    assert own.json()["total"] == 1, own.text
    assert (foreign.status_code, foreign.json()["code"]) == (404, "workstation_not_found")
    listed = (await stranger.get("/api/batches")).json()["items"]
    assert [each["id"] for each in listed] == [own.json()["id"]]
    for verb in ("", "/cancel", "/retry", "/pause", "/continue"):
        method = "POST" if verb else "GET"
        answer = await stranger.request(method, f"/api/batches/{made['id']}{verb}")
        assert (answer.status_code, answer.json()["code"]) == (404, "batch_not_found"), verb
    assert (await stranger.get("/api/schedules")).json()["items"] == []
    gone = await stranger.delete(f"/api/schedules/{scheduled['id']}", headers={"If-Match": "*"})
    assert (gone.status_code, gone.json()["code"]) == (404, "schedule_not_found")


@asynccontextmanager
async def following(url: str, token: str) -> AsyncGenerator[AsyncIterator[str]]:
    async with (
        httpx.AsyncClient(verify=False, timeout=10) as http,  # noqa: S501 - no TLS here
        http.stream("GET", f"{url}/api/events", headers=bearer(token)) as response,
    ):
        yield response.aiter_text()


async def told(stream: AsyncIterator[str], word: str) -> str:
    heard = ""
    async for piece in stream:
        heard += piece
        if word in heard:
            break
    return heard


async def test_the_feed_tells_of_what_is_in_scope_only(edge: Edge) -> None:
    here, there = a_workstation(1, name="foreign"), a_workstation(2, site="east", name="mine")
    eve = await a_person(the_people(edge.floor), "eve", scope=EAST)
    await edge.floor.put(here, there)
    async with listening(edge.app) as url, following(url, eve.token) as stream:
        await told(stream, "ping")
        now = edge.floor.clock.now()
        async with edge.floor.database() as work:
            for each in (here, there):
                work.tell(of_workstation(EventType.WORKSTATION_CHANGED, each, at=now))
            await work.workstations.remove(there.id)
            work.tell(of_workstation(EventType.WORKSTATION_REMOVED, there, at=now))
        heard = await told(stream, "workstation.removed")

    assert "mine" in heard
    assert "foreign" not in heard


async def test_the_feed_ends_when_its_login_does(edge: Edge, anna: Person) -> None:
    async with listening(edge.app) as url, following(url, anna.token) as stream:
        await told(stream, "ping")
        await edge.services.logins.logout(anna.actor)
        await edge.floor.clock.run(16)

        assert await told(stream, "never said") is not None
