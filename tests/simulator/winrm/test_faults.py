"""What goes wrong when somebody switches it on from outside."""

import asyncio
from collections.abc import Awaitable

import httpx
import pytest

from ldfleet.simulator.winrm.endpoint import WinRMEndpoint
from simulator.winrm.testbed import Bench, Reply, serving, until


async def connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_an_unreachable_machine_refuses_connections_until_it_is_back() -> None:
    async with serving() as bench, bench.raw() as raw:
        ports = (bench.endpoint.http_port, bench.endpoint.https_port)
        shell = await raw.open()
        bench.endpoint.faults.unreachable = True
        with pytest.raises(httpx.TransportError):
            await raw.run(shell, "echo lost")
        while_away = [await connects(port) for port in ports]
        bench.endpoint.faults.unreachable = False
        await asyncio.sleep(0.01)
        reply = await raw.command(shell, "echo back")

    assert while_away == [False, False]
    assert reply.status == 200
    assert ports == (bench.endpoint.http_port, bench.endpoint.https_port)


async def test_a_machine_may_start_unreachable(machine_at_rest: WinRMEndpoint) -> None:
    machine_at_rest.faults.unreachable = True
    await machine_at_rest.start()
    at_first = await connects(machine_at_rest.https_port)
    machine_at_rest.faults.unreachable = False
    await asyncio.sleep(0.01)
    later = await connects(machine_at_rest.https_port)
    await machine_at_rest.stop()

    assert (at_first, later) == (False, True)


async def test_reachability_may_flicker(machine_at_rest: WinRMEndpoint) -> None:
    await machine_at_rest.start()
    for _ in range(5):
        for away in (True, False, True, False):
            machine_at_rest.faults.unreachable = away
        await asyncio.sleep(0)
        machine_at_rest.faults.unreachable = True
        assert not await connects(machine_at_rest.http_port)
        machine_at_rest.faults.unreachable = False
    await asyncio.sleep(0.01)
    assert await connects(machine_at_rest.http_port)
    await machine_at_rest.stop()


async def test_a_taken_port_is_an_error_and_leaves_nothing(machine_at_rest: WinRMEndpoint) -> None:
    async with serving() as bench:
        with pytest.raises(OSError, match="in use"):
            await machine_at_rest.start(https_port=bench.endpoint.https_port)
        assert machine_at_rest.http_port == 0


async def test_refused_logins_are_401_with_the_right_password() -> None:
    async with serving() as bench, bench.raw() as raw:
        bench.endpoint.faults.refuse_login = True
        refused = await raw.create()
        bench.endpoint.faults.refuse_login = False
        allowed = await raw.create()

    assert (refused.status, refused.text) == (401, "")
    assert allowed.status == 200


async def test_a_delay_holds_every_request() -> None:
    async with serving() as bench, bench.raw() as raw:
        bench.endpoint.faults.delay_s = 0.2
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await raw.create()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        reply = await raw.create()
        took = loop.time() - begun

    assert reply.status == 200
    assert took >= 0.2


@pytest.mark.parametrize(("where", "starts"), [("before_command", 0), ("after_command", 1)])
async def test_the_connection_is_cut_around_a_command(where: str, starts: int) -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        bench.endpoint.faults.cut_next(where)
        with pytest.raises(httpx.TransportError):
            await raw.command(shell, "echo perhaps")
        seen = len(bench.machine.starts)
        again = await raw.command(shell, "echo surely")

    assert seen == starts
    assert again.status == 200


async def test_the_connection_is_cut_while_receiving_and_nothing_is_lost() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "echo precious")
        bench.endpoint.faults.cut_next("mid_receive", 2)
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                await raw.receive(shell, command)
        reply = await raw.receive(shell, command)

    assert reply.stream("stdout") == b"precious\r\n"


async def test_shells_vanish_with_their_programs() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        bench.endpoint.faults.vanish_shells()
        replies = [await raw.command(shell, "echo"), await raw.receive(shell, command)]

    assert [each.code for each in replies] == ["2150858843"] * 2
    assert bench.machine.processes[0].fate == "terminated"


async def test_the_shell_quota_can_be_lowered() -> None:
    async with serving() as bench, bench.raw() as raw:
        bench.endpoint.faults.quota_shells = 1
        await raw.open()
        assert (await raw.create()).code == "2150859173"


async def _hold(bench: Bench) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", bench.endpoint.http_port)


async def test_idle_connections_are_dropped_and_busy_ones_are_not() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        reader, writer = await _hold(bench)
        await asyncio.sleep(0.01)
        bench.endpoint.faults.idle_drop_s = 0.1
        reply = await raw.receive(shell, command, within="PT0.3S")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()

    assert reply.code == "2150858793"


async def test_all_connections_can_be_cut_at_once() -> None:
    async with serving() as bench:
        reader, writer = await _hold(bench)
        await until(lambda: bench.endpoint.counters.connections > 0)
        bench.endpoint.faults.cut_connections()
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(5):
                await reader.readexactly(1)
        writer.close()


def test_a_misspelt_fault_is_an_error(machine_at_rest: WinRMEndpoint) -> None:
    with pytest.raises(AttributeError):
        machine_at_rest.faults.unreachabel = True  # pyright: ignore[reportAttributeAccessIssue] - the point
    with pytest.raises(ValueError, match="before_command"):
        machine_at_rest.faults.cut = "sometime"
    with pytest.raises(TypeError, match="delay_s is a float"):
        setattr(machine_at_rest.faults, "delay_s", "long")  # noqa: B010 - as the control port does


async def test_stopping_leaves_no_task_behind() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        async with asyncio.TaskGroup() as group:
            poll = group.create_task(_cut_off(raw.receive(shell, command)))
            await until(lambda: bench.endpoint.counters.requests["Receive"] > 0)
            before = {asyncio.current_task(), poll}
            await bench.endpoint.stop()
            left = asyncio.all_tasks() - before
        again = await connects(bench.endpoint.http_port)

    assert left == set()
    assert bench.endpoint.counters.standing == 0
    assert not again


async def test_stopping_ends_a_stalled_tls_handshake() -> None:
    async with serving() as bench:
        reader, writer = await asyncio.open_connection("127.0.0.1", bench.endpoint.https_port)
        await until(lambda: bench.endpoint.counters.standing > 0)
        await bench.endpoint.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()

    assert left == set()


async def _cut_off(request: Awaitable[Reply]) -> None:
    with pytest.raises(httpx.TransportError):
        await request
