"""The way by which workstations fetch files of the app library."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from ldfleet import errors, telemetry
from ldfleet.domain.app import LibraryApp
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.domain.workstation import Address, TransportKind
from ldfleet.ports import Ticket
from ldfleet.services.transfers import Transfers
from ldfleet.storage.app_files import StoredAppFiles
from support.apps import apk
from support.clock import START
from support.edges import Edge
from support.stores import a_workstation, an_operation

LOCAL = Address(host="x", port=0, username="x", transport=TransportKind.LOCAL)


@pytest.fixture
async def app(edge: Edge) -> LibraryApp:
    answer = await edge.http.post("/api/apps?file_name=game.apk", content=apk())
    async with edge.floor.database() as work:
        return await work.apps.get(answer.json()["id"])


@pytest.fixture
async def operation(edge: Edge) -> Operation:
    await edge.floor.farm()
    return await put(edge, OperationStatus.RUNNING, 1)


async def put(edge: Edge, status: OperationStatus, number: int) -> Operation:
    drafted = an_operation(number, emulator=None, verb=Verb.INSTALL, status=status)
    ended = START if status.over else None
    operation = replace(drafted, started_at=START, finished_at=ended)
    async with edge.floor.database() as work:
        await work.operations.add_many([operation])
    return operation


async def issued(edge: Edge, operation: Operation, app: LibraryApp) -> Ticket:
    return await edge.services.transfers.issue(operation, a_workstation(1), app)


async def asked(edge: Edge, app_id: str, token: str | None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with edge.stranger() as http:
        return await http.get(f"/api/transfers/{app_id}", headers=headers)


async def test_the_file_comes_whole_and_once(
    edge: Edge, operation: Operation, app: LibraryApp
) -> None:
    ticket = await issued(edge, operation, app)

    first = await asked(edge, app.id, ticket.token)
    second = await asked(edge, app.id, ticket.token)

    assert ticket.url == f"http://fleet.test/api/transfers/{app.id}"
    assert (first.status_code, first.content) == (200, apk())
    assert first.headers["Content-Length"] == str(len(apk()))
    assert first.headers["Cache-Control"] == "no-store"
    assert (second.status_code, second.json()["code"]) == (401, "token_invalid")


async def test_a_token_is_good_for_one_app_alone(
    edge: Edge, operation: Operation, app: LibraryApp
) -> None:
    ticket = await issued(edge, operation, app)

    other = await asked(edge, "ap_other", ticket.token)

    assert (other.status_code, other.json()["code"]) == (401, "token_invalid")


async def test_a_token_does_not_outlive_its_minutes(
    edge: Edge, operation: Operation, app: LibraryApp
) -> None:
    ticket = await issued(edge, operation, app)
    await edge.floor.clock.run(timedelta(minutes=5).total_seconds())

    assert (await asked(edge, app.id, ticket.token)).status_code == 401


async def test_a_token_does_not_outlive_its_operation(
    edge: Edge, operation: Operation, app: LibraryApp
) -> None:
    over = await put(edge, OperationStatus.FAILED, 2)
    ticket = await issued(edge, over, app)

    assert (await asked(edge, app.id, ticket.token)).status_code == 401
    assert operation.status is OperationStatus.RUNNING


async def test_other_tokens_do_not_open_it(edge: Edge, app: LibraryApp) -> None:
    own = await asked(edge, app.id, edge.token)
    none = await asked(edge, app.id, None)

    assert (own.status_code, own.json()["code"]) == (401, "token_invalid")
    assert (none.status_code, none.json()["code"]) == (401, "token_missing")


async def test_a_file_that_is_gone_is_named(
    edge: Edge, operation: Operation, app: LibraryApp
) -> None:
    ticket = await issued(edge, operation, app)
    _remove(edge.services.transfers.place_here(app))

    answer = await asked(edge, app.id, ticket.token)

    assert (answer.status_code, answer.json()["code"]) == (404, "app_file_missing")
    assert "LDFLEET_APP_DIR" in answer.json()["hint"]


def _remove(place: str) -> None:
    Path(place).unlink()


@pytest.mark.parametrize(
    ("url", "address", "reached"),
    [
        ("", Address(host="10.0.0.5", port=0, username="x"), False),
        ("http://127.0.0.1:8080", Address(host="10.0.0.5", port=0, username="x"), False),
        ("http://localhost:8080", Address(host="pc-01.lan", port=0, username="x"), False),
        ("http://127.0.0.1:8080", Address(host="127.0.0.1", port=0, username="x"), True),
        (
            "http://127.0.0.1:8080",
            Address(host="x", port=0, username="x", transport=TransportKind.LOCAL),
            True,
        ),
        ("https://fleet.example.com", Address(host="10.0.0.5", port=0, username="x"), True),
    ],
)
async def test_a_pc_is_only_sent_where_it_can_get(
    edge: Edge,
    operation: Operation,
    app: LibraryApp,
    url: str,
    address: Address,
    tmp_path: Path,
    *,
    reached: bool,
) -> None:
    floor = edge.floor
    transfers = Transfers(
        storage=floor.database,
        files=StoredAppFiles(tmp_path, clock=floor.clock, chance=bytes),
        clock=floor.clock,
        chance=bytes,
        url=url,
    )
    workstation = a_workstation(1, address=address)

    if reached:
        ticket = await transfers.issue(operation, workstation, app)
        assert ticket.url.startswith(f"{url}/api/transfers/")
        assert ticket.token not in repr(ticket)
    else:
        with pytest.raises(errors.PublicUrlNeeded) as refused:
            await transfers.issue(operation, workstation, app)
        assert "LDFLEET_PUBLIC_URL" in (refused.value.hint or "")


def test_the_token_is_blackened_wherever_it_would_be_logged() -> None:
    assert telemetry.redact("curl said ldt_AbCdEfGhIjKl") == "curl said ***"
