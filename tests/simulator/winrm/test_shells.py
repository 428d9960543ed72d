"""Shells, commands, Windows' faults and quotas, by hand-written WS-Man."""

import asyncio
import base64

import pytest

from ldfleet.simulator.winrm.options import WinRMOptions
from simulator.winrm.testbed import (
    ASCII_PASSWORD,
    ASCII_USER,
    CMD,
    SHELL,
    USER,
    Raw,
    Reply,
    serving,
    until,
)

STRANGER = "11111111-1111-1111-1111-111111111111"


async def test_a_shell_hands_its_settings_to_its_commands() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open(
            "<sh:Environment><sh:Variable Name='A'>1 &lt; 2</sh:Variable></sh:Environment>"
            "<sh:WorkingDirectory>C:\\LDPlayer</sh:WorkingDirectory>",
            {"WINRS_CODEPAGE": "936"},
        )
        await raw.run(shell, 'prog "a b"  c')

    start = bench.machine.starts[0]
    assert start.line == 'prog "a b"  c'
    assert start.environment == {"A": "1 < 2"}
    assert start.working_directory == "C:\\LDPlayer"
    assert (start.user, start.code_page, start.skip_cmd_shell) == (USER, 936, False)


async def test_the_shell_echoes_what_it_was_created_with() -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await raw.create(
            "<sh:Name>ldfleet &amp; co</sh:Name><sh:IdleTimeOut>PT30M</sh:IdleTimeOut>"
        )

    assert reply.of("rsp:Shell/rsp:Name") == "ldfleet & co"
    assert reply.of("rsp:Shell/rsp:IdleTimeOut") == "PT1800.000S"
    assert reply.of("rsp:Shell/rsp:Owner") == f"PC-01\\{USER}"
    assert reply.of("rsp:Shell/rsp:ClientIP") == "127.0.0.1"


async def test_the_same_receive_gets_the_same_answer_and_another_goes_on() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "tick")
        first = await raw.receive(shell, command, message_id="uuid:ONE")
        bench.machine.processes[0].say(b"tock")
        again = await raw.receive(shell, command, message_id="uuid:ONE")
        other = await raw.receive(shell, command, message_id="uuid:TWO")

    assert [each.stream("stdout") for each in (first, again, other)] == [b"tick", b"tick", b"tock"]
    assert other.state == "Running"


async def test_a_receive_waits_for_output() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(raw.receive(shell, command))
            await until(lambda: bench.endpoint.counters.requests["Receive"] > 0)
            bench.machine.processes[0].say(b"at last")

    assert waiting.result().stream("stdout") == b"at last"


async def test_a_client_that_goes_away_takes_no_output_with_it() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        async with bench.raw() as other:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await other.receive(shell, command)
        await until(lambda: bench.endpoint.counters.standing == 1)
        bench.machine.processes[0].say(b"kept")
        reply = await raw.receive(shell, command)

    assert reply.stream("stdout") == b"kept"


async def test_stdin_reaches_the_program_until_it_ends() -> None:
    def sent(text: bytes, end: str, command: str) -> str:
        data = base64.b64encode(text).decode()
        return (
            f"<sh:Send><sh:Stream Name='stdin' CommandId='{command}' End='{end}'>{data}"
            "</sh:Stream></sh:Send>"
        )

    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "cat")
        for body in (sent(b"one ", "false", command), sent(b"two", "TRUE", command)):
            reply = await raw.send(f"{SHELL}/Send", CMD, body, selectors={"ShellId": shell})
            assert reply.status == 200
        received = await raw.receive(shell, command)

    assert received.stream("stdout") == b"one two"
    assert received.of(".//rsp:ExitCode") == "0"


async def test_ctrl_c_lets_a_program_end_with_its_own_code() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        await raw.signal(shell, command, "ctrl_c")
        received = await raw.receive(shell, command)

    assert received.state == "Done"
    assert received.of(".//rsp:ExitCode") == "3221225786"
    assert bench.machine.processes[0].fate == "interrupted"


async def test_terminate_ends_the_program_and_forgets_the_command() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        assert (await raw.signal(shell, command, "Terminate")).status == 200
        after = await raw.receive(shell, command)

    assert bench.machine.processes[0].fate == "terminated"
    assert (after.status, after.code) == (500, "2150858843")


async def test_deleting_a_shell_kills_what_runs_in_it() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        await raw.run(shell, "sleep")
        await raw.run(shell, "sleep")
        assert (await raw.delete(shell)).status == 200
        after = await raw.command(shell, "echo late")

    assert [each.fate for each in bench.machine.processes] == ["terminated", "terminated"]
    assert (after.status, after.code, after.subcode) == (500, "2150858843", "w:InvalidSelectors")
    assert shell in after.text


async def test_a_receive_is_aborted_when_its_shell_is_deleted() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(raw.receive(shell, command))
            await until(lambda: bench.endpoint.counters.requests["Receive"] > 0)
            await raw.delete(shell)

    assert (waiting.result().status, waiting.result().code) == (500, "995")


async def test_stopping_the_endpoint_kills_what_runs_in_it() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        await raw.run(shell, "sleep")

    assert bench.machine.processes[0].fate == "terminated"


async def test_an_idle_shell_expires_with_its_programs() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open("<sh:IdleTimeOut>PT60S</sh:IdleTimeOut>")
        await raw.run(shell, "sleep")
        bench.clock.now += 59
        assert (await raw.command(shell, "echo still")).status == 200
        bench.clock.now += 61
        after = await raw.command(shell, "echo late")

    assert after.code == "2150858843"
    assert bench.machine.processes[0].fate == "terminated"


async def test_the_shell_of_another_user_is_out_of_bounds() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        async with bench.raw(ASCII_USER, ASCII_PASSWORD) as other:
            reply = await other.command(shell, "echo mine")

    assert (reply.status, reply.code, reply.subcode) == (500, "5", "w:AccessDenied")
    assert bench.machine.starts == []


async def test_a_missing_program_without_cmd_is_error_2() -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        reply = await raw.command(shell, "nothing.exe", skip=True)

    assert (reply.status, reply.code, reply.subcode) == (500, "2147942402", "w:InternalError")


@pytest.mark.parametrize("within", ["PT0S", "soon", "PT", "P", "-PT1S"])
async def test_a_senseless_operation_timeout_is_refused(within: str) -> None:
    async with serving() as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        reply = await raw.receive(shell, command, within=within)

    assert (reply.status, reply.code) == (500, "2150858767")


async def test_an_operation_timeout_is_capped() -> None:
    async with serving(WinRMOptions(max_timeout_s=0.1)) as bench, bench.raw() as raw:
        shell = await raw.open()
        command = await raw.run(shell, "sleep")
        reply = await raw.receive(shell, command, within="PT1H")

    assert reply.code == "2150858793"


async def test_shells_are_rationed_per_user() -> None:
    async with serving(WinRMOptions(max_shells_per_user=2)) as bench, bench.raw() as raw:
        first, _ = [await raw.open() for _ in range(2)]
        refused = await raw.create()
        async with bench.raw(ASCII_USER, ASCII_PASSWORD) as other:
            assert (await other.create()).status == 200
        await raw.delete(first)
        allowed = await raw.create()

    assert (refused.status, refused.code, refused.subcode) == (500, "2150859173", "w:QuotaLimit")
    assert "maximum number of 2 concurrent shells" in refused.text
    assert allowed.status == 200


async def _three_commands(raw: Raw) -> tuple[Reply, str]:
    shell = await raw.open()
    for _ in range(2):
        command = await raw.run(shell, "echo hi")
        await raw.signal(shell, command)
    return await raw.command(shell, "echo third"), shell


async def test_terminate_does_not_give_an_operation_back() -> None:
    async with serving(WinRMOptions(max_operations_per_user=2)) as bench, bench.raw() as raw:
        refused, shell = await _three_commands(raw)
        await raw.delete(shell)
        afresh = await raw.command(await raw.open(), "echo afresh")

    assert (refused.status, refused.code) == (500, "2150859174")
    assert afresh.status == 200


async def test_terminate_gives_an_operation_back_if_switched_so() -> None:
    options = WinRMOptions(max_operations_per_user=2, terminate_frees_operation=True)
    async with serving(options) as bench, bench.raw() as raw:
        third, _ = await _three_commands(raw)

    assert third.status == 200


async def test_a_quota_may_be_told_as_a_wmi_error() -> None:
    options = WinRMOptions(max_operations_per_user=2, quota_as_wmi_error=True)
    async with serving(options) as bench, bench.raw() as raw:
        refused, _ = await _three_commands(raw)

    wmi = {"p": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"}
    assert (refused.status, refused.code) == (500, None)
    assert refused.subcode == "w:InternalError"
    assert refused.body.findtext(".//p:error_Code", None, wmi) == "2150859174"


async def test_processes_are_rationed_per_shell() -> None:
    async with serving(WinRMOptions(max_processes_per_shell=2)) as bench, bench.raw() as raw:
        shell = await raw.open()
        commands = [await raw.run(shell, "sleep") for _ in range(2)]
        refused = await raw.command(shell, "sleep")
        await raw.signal(shell, commands[0])
        allowed = await raw.command(shell, "sleep")

    assert (refused.status, refused.subcode) == (500, "w:QuotaLimit")
    assert allowed.status == 200


async def test_an_oversized_envelope_is_refused() -> None:
    async with serving(WinRMOptions(max_envelope_kib=8)) as bench, bench.raw() as raw:
        reply = await raw.create(f"<sh:Name>{'x' * 9000}</sh:Name>")

    assert (reply.status, reply.subcode) == (500, "w:EncodingLimit")


async def test_a_clients_command_id_counts_only_if_switched_so() -> None:
    answers: list[str] = []
    for honour in (False, True):
        async with serving(WinRMOptions(honour_command_id=honour)) as bench, bench.raw() as raw:
            shell = await raw.open()
            reply = await raw.command(shell, "echo", command_id=STRANGER)
            answers.append(reply.of("rsp:CommandResponse/rsp:CommandId"))

    assert answers[0] != STRANGER
    assert answers[1] == STRANGER


async def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    async with serving() as bench, bench.raw() as raw:
        replies = [await raw.post(bomb), await raw.post(b"\xff\xfe<"), await raw.post(b"<a>")]

    assert [(each.status, each.code) for each in replies] == [(500, "2150858819")] * 3


async def test_an_unknown_resource_or_action_is_refused() -> None:
    async with serving() as bench, bench.raw() as raw:
        resource = await raw.send(f"{SHELL}/Command", "http://example.com/none")
        action = await raw.send("http://example.com/Dance", CMD)

    assert (resource.code, resource.subcode) == ("2150858752", "a:DestinationUnreachable")
    assert (action.code, action.subcode) == ("2150858771", "a:ActionNotSupported")


async def test_ids_are_the_same_for_the_same_seed() -> None:
    shells: list[str] = []
    for _ in range(2):
        async with serving() as bench, bench.raw() as raw:
            shells.append(await raw.open())

    assert shells[0] == shells[1]
