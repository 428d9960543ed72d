"""The app library over HTTP."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from ldfleet.domain.actor import Role
from ldfleet.domain.app import Installation
from ldfleet.domain.ids import AppId, EmulatorId
from ldfleet.domain.verb import Verb
from support.accounts import a_person, the_people
from support.apps import SIGNER, apk, archive, split_set, xapk
from support.edges import APP_LIMIT, Edge, listening, until
from support.stores import an_operation


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "apps").rglob("*") if path.is_file())


async def sent(edge: Edge, content: bytes, name: str = "game.apk") -> httpx.Response:
    return await edge.http.post("/api/apps", params={"file_name": name}, content=content)


async def uploaded(edge: Edge, content: bytes, name: str = "game.apk") -> dict[str, Any]:
    answer = await sent(edge, content, name)
    assert answer.status_code == 201, answer.text
    app: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/apps/{app['id']}"
    return app


async def test_an_uploaded_app_is_read_kept_listed_and_shown(edge: Edge, tmp_path: Path) -> None:
    app = await uploaded(edge, apk(), "C:\\Downloads\\game.apk")

    listed = await edge.http.get("/api/apps")
    shown = await edge.http.get(f"/api/apps/{app['id']}")

    sha256 = hashlib.sha256(apk()).hexdigest()
    assert app == {
        "id": app["id"],
        "package": "com.example.game",
        "version_code": 7,
        "version_name": "1.2.0",
        "label": "Space Game 太空",
        "min_sdk": 21,
        "abis": ["x86_64"],
        "splits": [],
        "packing": "apk",
        "signer_sha256": SIGNER,
        "file_name": "game.apk",
        "size": len(apk()),
        "sha256": sha256,
        "uploaded_by": app["uploaded_by"],
        "created_at": "2026-11-22T12:00:00Z",
    }
    assert listed.json()["items"] == [app] == [shown.json()]
    assert kept(tmp_path) == [f"{sha256}.apk"]


async def test_the_same_file_is_kept_once(edge: Edge, tmp_path: Path) -> None:
    app = await uploaded(edge, apk())

    again = await sent(edge, apk(), "another-name.apk")

    assert (again.status_code, again.json()) == (200, app)
    assert len(kept(tmp_path)) == 1


async def test_sets_are_filtered_and_sorted_like_all_lists(edge: Edge) -> None:
    for content in (apk(), apk("game-8"), split_set(), xapk()):
        await uploaded(edge, content)

    async def found(**params: str) -> list[Any]:
        page = (await edge.http.get("/api/apps", params=params)).json()
        return [(each["packing"], each["version_code"]) for each in page["items"]]

    assert await found(filter="packing:apks,xapk", sort="packing") == [("apks", 7), ("xapk", 7)]
    assert await found(filter="package:com.example.game", sort="-code", limit="1") == [("apk", 8)]
    wrong = await edge.http.get("/api/apps", params={"filter": "colour:red"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "filter_invalid")


async def test_garbage_is_refused_by_name_and_leaves_nothing(edge: Edge, tmp_path: Path) -> None:
    answer = await sent(edge, b"this is no app")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "app_refused")
    assert "no whole archive" in problem["detail"] and ".xapk" in problem["hint"]
    assert (await edge.http.get("/api/apps")).json()["items"] == []
    assert kept(tmp_path) == []


async def test_a_file_beyond_the_limit_is_refused_before_and_while_it_comes(edge: Edge) -> None:
    announced = await sent(edge, bytes(APP_LIMIT + 1))

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1 + APP_LIMIT // 1024):
            yield bytes(1024)

    unannounced = await edge.http.post(
        "/api/apps", params={"file_name": "a.apk"}, content=endless()
    )

    for answer in (announced, unannounced):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (413, "app_too_large")
        assert problem["limit"] == APP_LIMIT and "LDFLEET_APP_SIZE_LIMIT" in problem["hint"]


async def test_a_full_library_takes_no_more(edge: Edge) -> None:
    for number in range(3):
        await uploaded(edge, archive((f"{number}", _chance(52_000, number)), base="game-7"))

    answer = await sent(edge, apk("other-1"))
    large = await sent(edge, archive(("x", _chance(40_000, 9)), base="game-7"))

    assert answer.status_code == 201, answer.text
    assert (large.status_code, large.json()["code"]) == (507, "app_library_full")
    assert "LDFLEET_APP_LIBRARY_LIMIT" in large.json()["hint"]


def _chance(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


async def test_a_cut_upload_leaves_nothing(edge: Edge, tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with listening(edge.app) as url:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            head = (
                "POST /api/apps?file_name=a.apk HTTP/1.1\r\nHost: x\r\n"
                f"Content-Length: {len(apk())}\r\nAuthorization: Bearer {edge.token}\r\n\r\n"
            )
            writer.write(head.encode() + apk()[:4000])
            await writer.drain()
            await until(lambda: kept(tmp_path) == ["file"])

            writer.close()
            await until(lambda: kept(tmp_path) == [])

    del reader
    assert (await edge.http.get("/api/apps")).json()["items"] == []
    assert [line for line in lines if line["event"] == "request.crashed"] == []


async def test_who_sends_too_little_is_told_how_much_came(edge: Edge) -> None:
    told: list[Any] = []
    heard = [{"type": "http.request", "body": apk()[:4000], "more_body": True}]

    async def receive() -> Any:
        return heard.pop() if heard else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/apps",
        "raw_path": b"/api/apps",
        "query_string": b"file_name=a.apk",
        "headers": [(b"authorization", f"Bearer {edge.token}".encode())],
    }
    await edge.app(scope, receive, send)

    problem = json.loads(told[1]["body"])
    assert (problem["code"], problem["size"]) == ("app_upload_cut", 4000)


async def test_an_app_is_removed_with_its_file(edge: Edge, tmp_path: Path) -> None:
    app = await uploaded(edge, apk())

    removed = await edge.http.delete(f"/api/apps/{app['id']}")
    gone = await edge.http.get(f"/api/apps/{app['id']}")

    assert removed.status_code == 204
    assert (gone.status_code, gone.json()["code"]) == (404, "app_not_found")
    assert kept(tmp_path) == []
    audit = (await edge.http.get("/api/audit", params={"subject": app["id"]})).json()["items"]
    assert [each["action"] for each in audit] == ["app.remove", "app.add"]
    assert audit[1]["after"]["sha256"] == app["sha256"]


async def test_an_app_that_an_operation_is_to_install_stays(edge: Edge) -> None:
    app = await uploaded(edge, apk())
    await edge.floor.farm()
    await edge.floor.put(an_operation(1, verb=Verb.INSTALL, params={"app": app["id"]}))

    refused = await edge.http.delete(f"/api/apps/{app['id']}")

    assert (refused.status_code, refused.json()["code"]) == (409, "app_in_use")
    assert refused.json()["operations"] == 1
    assert (await edge.http.get(f"/api/apps/{app['id']}")).status_code == 200


async def test_a_viewer_looks_and_does_not_touch(edge: Edge) -> None:
    app = await uploaded(edge, apk())
    viewer = await a_person(the_people(edge.floor), "vera", Role.VIEWER)
    headers = {"Authorization": f"Bearer {viewer.token}"}

    async with edge.stranger() as http:
        looked = await http.get(f"/api/apps/{app['id']}", headers=headers)
        sent = await http.post("/api/apps?file_name=a.apk", content=apk(), headers=headers)
        removed = await http.delete(f"/api/apps/{app['id']}", headers=headers)

    assert [looked.status_code, sent.status_code, removed.status_code] == [200, 403, 403]


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 201])
async def test_a_name_that_can_not_be_shown_is_refused(edge: Edge, name: str) -> None:
    answer = await sent(edge, apk(), name)

    assert answer.status_code == 422
    assert "file_name" in answer.json()["detail"]


async def test_the_emulators_of_an_app_are_listed_with_their_versions(edge: Edge) -> None:
    app = await uploaded(edge, apk("game-8"))
    await edge.floor.farm(emulators=2)
    async with edge.floor.database() as work:
        for number, code in ((1, 7), (2, 8)):
            seen = Installation(
                emulator_id=EmulatorId(f"em_000{number}"),
                package="com.example.game",
                version_code=code,
                version_name=f"1.{code}",
                app_id=AppId(app["id"]) if code == 8 else None,
                operation_id="op_1",
                seen_at=edge.floor.clock.now(),
            )
            await work.installations.put(seen)

    page = await edge.http.get(f"/api/apps/{app['id']}/emulators", params={"count": "exact"})
    older = await edge.http.get(f"/api/apps/{app['id']}/emulators", params={"filter": "code:<8"})
    none = await edge.http.get("/api/apps/ap_none/emulators")

    rows = [(each["emulator_id"], each["current"], each["app_id"]) for each in page.json()["items"]]
    assert rows == [("em_0001", False, None), ("em_0002", True, app["id"])]
    assert page.json()["total"] == 2
    assert [each["version_name"] for each in older.json()["items"]] == ["1.7"]
    assert (none.status_code, none.json()["code"]) == (404, "app_not_found")
