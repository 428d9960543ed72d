"""Remote shells and connections between uses: kept, found again, replaced, deleted."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from contracts.stands import LDCONSOLE, QUICK, TOOLS, WallClock, WinRMStand, a_stand
from ldfleet import errors
from ldfleet.simulator.winrm.options import WinRMOptions
from ldfleet.transports.winrm.connector import WinRMConnector
from ldfleet.transports.winrm.tuning import Tuning


async def list2(stand: WinRMStand) -> int:
    async with stand.transport() as transport:
        return (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code


async def show(stand: WinRMStand) -> None:
    async with stand.transport() as transport:
        await transport.run([f"{TOOLS}\\show.exe"], deadline=10)


def created(stand: WinRMStand) -> int:
    return stand.endpoint.counters.requests["Create"]


async def test_one_shell_serves_one_command_after_the_other() -> None:
    async with a_stand() as stand:
        for _ in range(5):
            await list2(stand)

        assert created(stand) == stand.endpoint.counters.handshakes == 1
        assert stand.endpoint.counters.requests["Command"] == 5


async def test_there_are_at_most_three_shells() -> None:
    async with a_stand() as stand:
        async with asyncio.TaskGroup() as group:
            for _ in range(12):
                group.create_task(list2(stand))

        assert created(stand) == stand.endpoint.counters.connections == 3


async def test_an_idle_drop_finds_the_same_shell_again() -> None:
    async with a_stand() as stand:
        await list2(stand)
        stand.endpoint.faults.cut_connections()
        await stand.until(lambda: stand.endpoint.counters.standing == 0)
        await asyncio.sleep(0.05)
        await list2(stand)

        assert stand.endpoint.counters.connections == 2
        assert created(stand) == 1


async def test_our_own_idle_close_finds_the_same_shell_again() -> None:
    async with a_stand(tuning=replace(QUICK, idle_connection=0.05)) as stand:
        await list2(stand)
        await stand.until(lambda: stand.endpoint.counters.standing == 0)
        await list2(stand)

        assert stand.endpoint.counters.connections == 2
        assert created(stand) == 1


async def test_a_vanished_shell_is_replaced_and_nothing_runs_twice() -> None:
    async with a_stand() as stand:
        await list2(stand)
        stand.endpoint.faults.vanish_shells()
        await show(stand)

        assert created(stand) == 2
        assert len(stand.started("show.exe")) == 1


async def test_a_shell_that_vanishes_under_a_program_leaves_it_unknown() -> None:
    async with a_stand() as stand, asyncio.TaskGroup() as group:
        group.create_task(vanish(stand))
        async with stand.transport() as transport:
            with pytest.raises(errors.OutcomeUnknown):
                await transport.run([f"{TOOLS}\\never.exe"], deadline=10)


async def vanish(stand: WinRMStand) -> None:
    await stand.until(lambda: stand.running("never.exe") == 1)
    stand.endpoint.faults.vanish_shells()


@pytest.mark.parametrize("as_wmi_error", [False, True])
async def test_too_many_shells_are_a_busy_workstation(*, as_wmi_error: bool) -> None:
    options = WinRMOptions(quota_as_wmi_error=as_wmi_error, max_shells_per_user=1)
    async with a_stand(options=options) as stand:
        other = WinRMConnector(server_id="other", clock=WallClock(), new_id=str, tuning=QUICK)
        await list2(stand)

        async with other.connect(stand.record, stand.credentials) as transport:
            with pytest.raises(errors.WorkstationBusy):
                await transport.run([LDCONSOLE, "list2"], deadline=10)
        await other.aclose()

        assert created(stand) == 1 + 1 + len(QUICK.busy_delays)


@pytest.mark.parametrize("as_wmi_error", [False, True])
async def test_a_used_up_shell_is_replaced_and_nothing_runs_twice(*, as_wmi_error: bool) -> None:
    options = WinRMOptions(
        max_operations_per_user=8,
        quota_as_wmi_error=as_wmi_error,
        terminate_frees_operation=False,
    )
    async with a_stand(options=options) as stand:
        outcomes = [await attempt(stand) for _ in range(12)]

        assert set(outcomes) <= {"ran", "workstation_busy"}
        assert len(stand.started("show.exe")) == outcomes.count("ran")


async def attempt(stand: WinRMStand) -> str:
    try:
        await show(stand)
    except errors.FleetError as error:
        return error.code
    return "ran"


async def test_a_shell_is_recycled_in_time() -> None:
    async with a_stand(tuning=replace(QUICK, recycle_after=3)) as stand:
        for _ in range(7):
            await list2(stand)

        assert created(stand) == 3


async def test_shells_left_behind_are_deleted_at_start() -> None:
    async with a_stand() as stand:
        await list2(stand)
        crashed = stand.connector  # it is never closed before the next one begins
        successor = WinRMConnector(server_id="test", clock=WallClock(), new_id=str, tuning=QUICK)
        async with successor.connect(stand.record, stand.credentials) as transport:
            await transport.run([LDCONSOLE, "list2"], deadline=10)
        assert stand.endpoint.counters.requests["Delete"] == 1
        await successor.aclose()
        await crashed.aclose()


async def test_shells_of_others_are_left_alone() -> None:
    async with a_stand() as stand:
        other = WinRMConnector(server_id="other", clock=WallClock(), new_id=str, tuning=QUICK)
        async with other.connect(stand.record, stand.credentials) as transport:
            await transport.run([LDCONSOLE, "list2"], deadline=10)
            await list2(stand)
            await transport.run([LDCONSOLE, "list2"], deadline=10)
        await other.aclose()

        assert created(stand) == 2


async def test_looking_for_strays_spares_the_shells_in_use() -> None:
    async with a_stand() as stand, stand.transport() as transport, asyncio.TaskGroup() as group:
        long = group.create_task(transport.run([f"{TOOLS}\\never.exe"], deadline=60))
        await stand.until(lambda: stand.endpoint.counters.requests["Receive"] == 2)
        stand.endpoint.faults.cut_next("mid_receive")
        with pytest.raises(errors.OutcomeUnknown):  # after it, strays are looked for again
            await list2(stand)
        also = [group.create_task(list2(stand)) for _ in range(2)]
        await asyncio.wait(also)

        assert stand.running("never.exe") == 1
        assert created(stand) in {2, 3}  # whether the two lists met in time
        long.cancel()


async def test_a_long_silence_is_waited_out() -> None:
    tuning = Tuning(operation=1, reply=11.0)
    async with a_stand(tuning=tuning) as stand, stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\slow.exe"], deadline=20)

        assert result.stdout == b"at last"
        assert stand.endpoint.counters.requests["Receive"] >= 3


async def test_changed_credentials_open_new_sessions() -> None:
    async with a_stand() as stand:
        await list2(stand)
        moved = stand.moved(username=f"pc-01\\{stand.record.address.username}")
        async with stand.connector.connect(moved, stand.credentials) as transport:
            await transport.run([LDCONSOLE, "list2"], deadline=10)

        assert stand.endpoint.counters.handshakes == 2
        await stand.until(lambda: stand.endpoint.counters.standing == 1)


async def test_after_the_end_nothing_is_opened() -> None:
    async with a_stand() as stand, stand.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        await stand.connector.aclose()

        with pytest.raises(errors.ShuttingDown):
            await transport.run([LDCONSOLE, "list2"], deadline=10)
        with pytest.raises(errors.ShuttingDown):
            await list2(stand)


async def test_the_gate_holds_for_all_workstations_together() -> None:
    async with a_stand(tuning=replace(QUICK, in_flight=1)) as stand:
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                record = replace(stand.record, id=type(stand.record.id)(f"ws_{number}"))
                group.create_task(one_at_a_time(stand, replace(stand, record=record)))

        assert len(stand.started("slow.exe")) == 0


async def one_at_a_time(stand: WinRMStand, other: WinRMStand) -> None:
    async with other.transport() as transport:
        await transport.run([f"{TOOLS}\\show.exe", uuid.uuid4().hex], deadline=10)
    assert stand.running("show.exe") <= 1
