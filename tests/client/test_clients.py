"""Both clients against the real application on loopback: one suite, as they promise the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar

import pytest
from pydantic import SecretStr

from ldfleet import errors
from ldfleet.client import emulators, operations, server, workstations
from ldfleet.client.aio import AsyncClient
from ldfleet.client.calls import Call
from ldfleet.client.client import Client
from ldfleet.client.stream import Changes
from ldfleet.domain.operation import OperationStatus
from ldfleet.wire.emulators import EmulatorFilter, EmulatorPatch
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page
from ldfleet.wire.verbs import LaunchIn
from ldfleet.wire.workstations import (
    MaintenanceIn,
    WorkstationFilter,
    WorkstationIn,
    WorkstationPatch,
)
from support.edges import ONLINE, Edge, listening

T = TypeVar("T")
DRAFT = WorkstationIn(name="pc-01", host="10.0.0.5", username="farm", password=SecretStr("pw"))


class Sender(Protocol):
    """What both clients can."""

    async def send(self, call: Call[T]) -> T: ...
    async def every(self, call: Call[Page[T]]) -> list[T]: ...
    async def wait(self, operation_id: str, **how: Any) -> OperationOut: ...
    async def first_change(self, after: str) -> Changes: ...


class Threaded:
    """The blocking client, in a thread beside the server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send(self, call: Call[T]) -> T:
        return await asyncio.to_thread(self._client.send, call)

    async def every(self, call: Call[Page[T]]) -> list[T]:
        return await asyncio.to_thread(lambda: list(self._client.iterate(call)))

    async def wait(self, operation_id: str, **how: Any) -> OperationOut:
        return await asyncio.to_thread(self._client.wait, operation_id, **how)

    async def first_change(self, after: str) -> Changes:
        def first() -> Changes:
            events = self._client.events(after)
            try:
                return next(events)
            finally:
                events.close()

        return await asyncio.to_thread(first)


class Plain:
    """The client for asyncio, as it is."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def send(self, call: Call[T]) -> T:
        return await self._client.send(call)

    async def every(self, call: Call[Page[T]]) -> list[T]:
        return [item async for item in self._client.iterate(call)]

    async def wait(self, operation_id: str, **how: Any) -> OperationOut:
        return await self._client.wait(operation_id, **how)

    async def first_change(self, after: str) -> Changes:
        events = self._client.events(after)
        try:
            return await anext(events)
        finally:
            await events.aclose()


@pytest.fixture
async def url(edge: Edge) -> AsyncIterator[str]:
    async with listening(edge.app) as url:
        yield url


@pytest.fixture(params=["sync", "asyncio"])
async def sender(request: pytest.FixtureRequest, edge: Edge, url: str) -> AsyncIterator[Sender]:
    if request.param == "sync":
        with Client(url, edge.token) as client:
            yield Threaded(client)
        return
    async with AsyncClient(url, edge.token) as client:
        yield Plain(client)


async def test_a_workstation_lives_its_life(sender: Sender) -> None:
    added = await sender.send(workstations.add(DRAFT))
    patch = WorkstationPatch(notes="n", tags=("qa",))
    changed = await sender.send(workstations.change(added.id, patch, if_version=1))
    held = await sender.send(workstations.hold(added.id, MaintenanceIn(reason="x")))
    released = await sender.send(workstations.release(added.id))
    info = await sender.send(workstations.system_info(added.id))
    shown = await sender.send(workstations.get(added.id))
    await sender.send(workstations.remove(added.id))

    assert (changed.notes, changed.tags, changed.host) == ("n", ["qa"], "10.0.0.5")
    assert (held.status, released.status) == ("maintenance", "unknown")
    assert (info.facts, shown.name) == (None, "pc-01")
    with pytest.raises(errors.WorkstationNotFound):
        await sender.send(workstations.get(added.id))


async def test_a_problem_is_raised_as_the_error_it_is(sender: Sender) -> None:
    await sender.send(workstations.add(DRAFT))

    with pytest.raises(errors.WorkstationNameTaken) as raised:
        await sender.send(workstations.add(DRAFT))

    assert raised.value.name == "pc-01"
    assert raised.value.hint
    assert (raised.value.correlation_id or "").startswith("rq_")


async def test_a_stale_version_is_refused(sender: Sender) -> None:
    added = await sender.send(workstations.add(DRAFT))

    with pytest.raises(errors.RecordChanged):
        await sender.send(workstations.change(added.id, WorkstationPatch(notes="n"), if_version=9))


async def test_a_list_is_read_page_by_page(sender: Sender) -> None:
    for number in range(5):
        draft = DRAFT.model_copy(update={"name": f"pc-{number}"})
        await sender.send(workstations.add(draft))

    listed = await sender.every(workstations.page(WorkstationFilter(limit=2)))

    assert [item.name for item in listed] == [f"pc-{number}" for number in range(5)]


async def test_a_connection_test_is_reported(sender: Sender) -> None:
    draft = DRAFT.model_copy(update={"host": "127.0.0.1", "port": 1})

    report = await sender.send(workstations.test_draft(draft))
    added = await sender.send(workstations.add(draft))
    again = await sender.send(workstations.test(added.id))

    assert (report.status, again.status) == ("offline", "offline")
    assert (report.workstation_id, again.workstation_id) == (None, added.id)


async def test_an_emulator_is_launched_and_waited_for(sender: Sender, edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)
    edge.floor.bench.let_go.set()
    [stopped] = await sender.every(emulators.page(EmulatorFilter(name="player")))
    told: list[OperationStatus] = []

    def tell(seen: OperationOut) -> None:
        told.append(seen.status)

    async with edge.engine.running():
        operation = await sender.send(emulators.launch(stopped.id, LaunchIn(reason="nightly")))
        ended = await sender.wait(operation.id, tell=tell)
        log = await sender.send(operations.log(operation.id))

    assert (ended.id, ended.status, ended.reason) == (operation.id, "succeeded", "nightly")
    assert told[-1] is OperationStatus.SUCCEEDED
    assert log.items == []


async def test_a_wait_may_be_up_before_the_operation_is_over(sender: Sender, edge: Edge) -> None:
    await edge.floor.farm(health=ONLINE)
    operation = await sender.send(emulators.launch("em_0001"))

    seen = await sender.wait(operation.id, timeout=0.05)
    cancelled = await sender.send(operations.cancel(operation.id))
    over = await sender.wait(operation.id)

    assert (seen.status, cancelled.status, over.status) == ("queued", "cancelled", "cancelled")


async def test_notes_are_changed(sender: Sender, edge: Edge) -> None:
    await edge.floor.farm()

    noted = await sender.send(emulators.annotate("em_0001", EmulatorPatch(notes="n")))

    assert (noted.notes, noted.version) == ("n", 2)


async def test_changes_are_followed(sender: Sender, edge: Edge) -> None:
    before = await edge.floor.database.feed.head()
    added = await sender.send(workstations.add(DRAFT))

    changes = await sender.first_change(before)
    lost = await sender.first_change("other.1")

    assert changes.events[0].subject == added.id
    assert changes.id == changes.events[-1].id
    assert lost.reset


async def test_the_server_tells_how_it_is(sender: Sender) -> None:
    assert (await sender.send(server.health())).status == "ok"
    assert (await sender.send(server.version())).version == "0.1.0"
    assert (await sender.send(server.status())).uptime == "00:00:00"


@pytest.mark.parametrize("token", [None, "ldf_wrong"])
async def test_a_stranger_is_told_so(url: str, token: str | None) -> None:
    async with AsyncClient(url, token) as client:
        with pytest.raises((errors.TokenMissing, errors.TokenInvalid)):
            await client.send(server.status())
        with pytest.raises((errors.TokenMissing, errors.TokenInvalid)):
            await anext(client.events())
