"""What `ports.Transport` and `ports.Connector` promise, held against every transport."""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.stands import (
    FAR_TOOLS,
    LDCONSOLE,
    TOOLS,
    SSHStand,
    Stand,
    WinRMStand,
    a_local_stand,
    a_stand,
    an_openssh_stand,
    an_ssh_stand,
)
from ldfleet import errors
from ldfleet.domain.workstation import Stage, StageName, TransportKind
from ldfleet.ports import Transport
from ldfleet.simulator import loopback
from ldfleet.simulator.seam import Reader, Writer

STANDS: dict[str, Callable[[], AbstractAsyncContextManager[Stand]]] = {
    "winrm-sealed": a_stand,
    "winrm-tls": lambda: a_stand(tls=True),
    "ssh": an_ssh_stand,
    "openssh": an_openssh_stand,
}
EVERYWHERE = STANDS | {"local": a_local_stand}
MIB = 1 << 20


@pytest.fixture(params=EVERYWHERE)
async def stand(request: pytest.FixtureRequest) -> AsyncGenerator[Stand]:
    async with EVERYWHERE[request.param]() as stand:
        yield stand


@pytest.fixture(params=STANDS)
async def far(request: pytest.FixtureRequest) -> AsyncGenerator[Stand]:
    async with STANDS[request.param]() as stand:
        yield stand


# Running programs


async def test_output_and_exit_code_come_back(stand: Stand) -> None:
    async with stand.transport() as transport:
        result = await transport.run([LDCONSOLE, "list2"], deadline=10)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith(b"1,farm-01,0,")


async def test_what_is_given_as_input_arrives_and_is_on_no_command_line(stand: Stand) -> None:
    given = b'header = "Authorization: Bearer ldt_secret"\r\n' + bytes(range(256)) * 200

    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\echo.exe"], deadline=10, stdin=given)

    assert result.stdout == given
    assert not any(
        "ldt_secret" in word for each in stand.farm.journal.after() for word in each.argv
    )


async def test_a_failing_program_is_a_result(stand: Stand) -> None:
    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\fail.exe"], deadline=10)

    assert (result.exit_code, result.stdout, result.stderr) == (7, b"half done", b"it broke")


HOSTILE = [
    "two words",
    "C:\\folder\\",
    "a&b",
    "x|y>z<w",
    "^caret^",
    "(round) [square] {curly}",
    "it's",
    "",
    "Ферма-01",
    "雷电模拟器",
    "\U0001f600",
    "--flag=value;other,$HOME `tick`",
    "\\\\server\\share\\\\",
]


async def test_arguments_arrive_as_they_were(stand: Stand) -> None:
    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\show.exe", *HOSTILE], deadline=10)

    assert json.loads(result.stdout) == HOSTILE


async def test_arguments_arrive_as_they_were_through_cmd_too(stand: Stand) -> None:
    stand.machine.faults.skip_cmd_shell_ignored = True

    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\show.exe", *HOSTILE], deadline=10)

    assert json.loads(result.stdout) == HOSTILE


async def test_a_program_is_found_below_a_strange_folder(stand: Stand) -> None:
    words = ["имя", "C:\\мои файлы\\", "list2"]

    async with stand.transport() as transport:
        result = await transport.run([f"{FAR_TOOLS}\\show.exe", *words], deadline=10)

    assert json.loads(result.stdout) == words


INJECTIONS = [
    "x & whoami",
    "x&&whoami",
    "x | whoami",
    "x || whoami",
    "x > C:\\stolen.txt",
    "& whoami &",
]


@pytest.mark.parametrize("through_cmd", [False, True])
@pytest.mark.parametrize("folder", [TOOLS, "C:\\Program Files\\Tools"])
async def test_an_injection_does_not_run(stand: Stand, folder: str, *, through_cmd: bool) -> None:
    stand.machine.host.install(
        "C:\\Program Files\\Tools\\show.exe", stand.machine.host.programs["c:\\tools\\show.exe"]
    )
    stand.machine.faults.skip_cmd_shell_ignored = through_cmd

    async with stand.transport() as transport:
        for attempt in INJECTIONS:
            try:
                result = await transport.run(
                    [f"{folder}\\show.exe", "--title", attempt], deadline=10
                )
            except errors.ArgumentRefused:
                continue
            assert json.loads(result.stdout) == ["--title", attempt]

    assert stand.started("whoami.exe") == stand.started("whoami") == []
    assert not stand.machine.host.files.exists("C:\\stolen.txt")


@pytest.mark.parametrize("character", ['"', "%", "!", "\n", "\r", "\0", "\x1b", "\x85", "\ud800"])
async def test_what_can_not_be_passed_safely_is_refused(stand: Stand, character: str) -> None:
    async with stand.transport() as transport:
        with pytest.raises(errors.ArgumentRefused):
            await transport.run([f"{TOOLS}\\show.exe", f"a{character}b"], deadline=10)
        with pytest.raises(errors.ArgumentRefused):
            await transport.run(
                [f"{TOOLS}\\show.exe", f"a{character}b"], deadline=10, desktop=True, key="k"
            )

    assert stand.started("show.exe") == []


@pytest.mark.parametrize("through_cmd", [False, True])
@pytest.mark.parametrize("path", ["C:\\Tools\\none.exe", "C:\\no such\\folder\\none.exe"])
async def test_a_missing_program_is_named(stand: Stand, path: str, *, through_cmd: bool) -> None:
    stand.machine.faults.skip_cmd_shell_ignored = through_cmd

    async with stand.transport() as transport:
        with pytest.raises(errors.ProgramNotFound) as raised:
            await transport.run([path, "list2"], deadline=10)

    assert raised.value.program == path


async def test_the_deadline_ends_the_remote_program(stand: Stand) -> None:
    async with stand.transport() as transport:
        with pytest.raises(errors.CommandTimedOut) as raised:
            await transport.run([f"{TOOLS}\\never.exe"], deadline=0.3)

        assert stand.running("never.exe") == 0
        assert raised.value.seconds == 0.3
        assert (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code == 0


async def test_cancelling_ends_the_remote_program(stand: Stand) -> None:
    async with stand.transport() as transport:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(transport.run([f"{TOOLS}\\never.exe"], deadline=60))
            await stand.until(lambda: stand.running("never.exe") == 1)
            await asyncio.sleep(0.1)
            running.cancel()

        assert running.cancelled()
        assert stand.running("never.exe") == 0
        assert (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code == 0


@pytest.mark.parametrize(("why", "running"), [("cancelled", 0), ("released", 1)])
async def test_a_desktop_job_that_runs_is_ended_when_it_is_cancelled_for_good(
    stand: Stand, why: str, running: int
) -> None:
    never = [f"{TOOLS}\\never.exe"]
    async with stand.transport() as transport, asyncio.TaskGroup() as group:
        job = group.create_task(transport.run(never, deadline=60, desktop=True, key="op-1-launch"))
        await stand.until(lambda: stand.running("never.exe") == 1)
        await asyncio.sleep(0.1)
        job.cancel(why)

    assert job.cancelled()
    assert stand.running("never.exe") == running


async def test_a_checksum_is_made_there(stand: Stand) -> None:
    stand.machine.host.files.write(PATH, b"seven b")

    async with stand.transport() as transport:
        found = await transport.checksum(PATH)
        nothing = await transport.checksum("C:\\none")

    assert (found, nothing) == (hashlib.sha256(b"seven b").hexdigest(), None)


async def test_a_second_cancellation_does_not_tear_the_clean_up(stand: Stand) -> None:
    async with stand.transport() as transport, asyncio.TaskGroup() as group:
        running = group.create_task(transport.run([f"{TOOLS}\\never.exe"], deadline=60))
        await stand.until(lambda: stand.running("never.exe") == 1)
        running.cancel()
        await asyncio.sleep(0)
        running.cancel()

    assert running.cancelled()
    assert stand.running("never.exe") == 0


async def test_one_mebibyte_of_output_is_kept(stand: Stand) -> None:
    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\flood.exe"], deadline=30)

    assert len(result.stdout) == MIB
    assert result.exit_code == 3


async def test_twenty_at_once_are_all_answered(stand: Stand) -> None:
    async with stand.transport() as transport, asyncio.TaskGroup() as group:
        runs = [
            group.create_task(transport.run([f"{TOOLS}\\show.exe", str(number)], deadline=30))
            for number in range(20)
        ]

    assert [json.loads(run.result().stdout) for run in runs] == [[str(n)] for n in range(20)]


# A link that breaks


@pytest.mark.parametrize("where", ["before_command", "after_command", "mid_receive"])
async def test_a_lost_link_leaves_the_outcome_unknown_and_repeats_nothing(
    far: Stand, where: str
) -> None:
    async with far.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        far.faults.cut_next(where)

        with pytest.raises(errors.OutcomeUnknown) as raised:
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10)

        assert raised.value.program.endswith("show.exe")
        assert len(far.started("show.exe")) == (0 if where == "before_command" else 1)
        assert (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code == 0


async def test_an_unreachable_workstation_is_named_with_its_address(far: Stand) -> None:
    far.faults.unreachable = True

    async with far.transport() as transport:
        with pytest.raises(errors.WorkstationUnreachable) as raised:
            await transport.run([LDCONSOLE, "list2"], deadline=10)

    assert raised.value.workstation == "pc-01"
    assert raised.value.address == f"127.0.0.1:{far.record.address.port}"
    assert "refused" in raised.value.reason


async def test_it_is_reached_again_when_it_is_back(far: Stand) -> None:
    async with far.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
        far.faults.unreachable = True
        with pytest.raises(errors.FleetError):
            await transport.run([LDCONSOLE, "list2"], deadline=10)
        far.faults.unreachable = False
        await far.until(lambda: not far.faults.unreachable)
        await asyncio.sleep(0.05)

        assert (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code == 0


async def test_an_unknown_host_is_named(far: Stand) -> None:
    nowhere = far.moved(host="no-such-workstation.invalid")

    async with far.connector.connect(nowhere, far.credentials) as transport:
        with pytest.raises(errors.NameNotResolved) as raised:
            await transport.run([LDCONSOLE, "list2"], deadline=10)

    assert raised.value.host == "no-such-workstation.invalid"


# The desktop


async def test_a_desktop_program_runs_in_the_users_session(stand: Stand) -> None:
    async with stand.transport() as transport:
        result = await transport.run([f"{TOOLS}\\show.exe", "два слова"], deadline=10, desktop=True)

    assert json.loads(result.stdout) == ["два слова"]
    assert [entry.session for entry in stand.started("show.exe")] == [1]


async def test_a_key_is_never_run_twice(stand: Stand) -> None:
    async with stand.transport() as transport:
        first = await transport.run(
            [f"{TOOLS}\\show.exe", "1"], deadline=10, desktop=True, key="op_1"
        )
        again = await transport.run(
            [f"{TOOLS}\\show.exe", "2"], deadline=10, desktop=True, key="op_1"
        )

    assert first == again
    assert len(stand.started("show.exe")) == 1


async def test_without_a_key_every_call_runs(stand: Stand) -> None:
    async with stand.transport() as transport:
        for _ in range(2):
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10, desktop=True)

    assert len(stand.started("show.exe")) == 2


@pytest.mark.parametrize("where", ["after_command", "mid_receive"])
async def test_a_lost_link_is_bridged_for_a_desktop_program(far: Stand, where: str) -> None:
    async with far.transport() as transport:
        await transport.exists(["C:\\"])
        far.faults.cut_next(where)

        result = await transport.run(
            [f"{TOOLS}\\show.exe", "once"], deadline=10, desktop=True, key="op_2"
        )

    assert json.loads(result.stdout) == ["once"]
    assert len(far.started("show.exe")) == 1


async def test_nobody_logged_on_is_told_and_nothing_runs_later(stand: Stand) -> None:
    stand.machine.faults.no_desktop_session = True

    async with stand.transport() as transport:
        with pytest.raises(errors.NoDesktopSession):
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10, desktop=True, key="k")
    stand.machine.faults.no_desktop_session = False
    stand.machine.host.settle()

    assert stand.started("show.exe") == []


async def test_an_unprepared_pc_is_told(stand: Stand) -> None:
    stand.machine.faults.no_desktop_task = True

    async with stand.transport() as transport:
        with pytest.raises(errors.DesktopTaskMissing):
            await transport.run([f"{TOOLS}\\show.exe"], deadline=10, desktop=True, key="k")


async def test_a_desktop_program_that_is_missing_is_named(stand: Stand) -> None:
    async with stand.transport() as transport:
        with pytest.raises(errors.ProgramNotFound):
            await transport.run(["C:\\none.exe"], deadline=10, desktop=True, key="k")


async def test_a_desktop_program_is_ended_at_its_deadline(stand: Stand) -> None:
    async with stand.transport() as transport:
        with pytest.raises(errors.CommandTimedOut):
            await transport.run([f"{TOOLS}\\never.exe"], deadline=0.3, desktop=True, key="k")

    assert stand.running("never.exe") == 0


# Files

PATH = "C:\\ProgramData\\Ферма 1\\настройки & всё.json"


async def test_what_is_written_is_read(stand: Stand) -> None:
    content = "ключ\r\n".encode() + bytes(range(256))

    async with stand.transport() as transport:
        await transport.write_file(PATH, b"old")
        await transport.write_file(PATH, content)
        files = await transport.read_files([PATH, "C:\\nothing.txt"])

    assert files == {PATH: content, "C:\\nothing.txt": None}


async def test_many_files_take_one_round_trip(stand: Stand) -> None:
    paths = [f"C:\\data\\{number}.txt" for number in range(40)]
    for path in paths:
        stand.machine.host.files.write(path, path.encode() * 500)

    async with stand.transport() as transport:
        files = await transport.read_files(paths)

    assert files == {path: path.encode() * 500 for path in paths}
    assert len(stand.started("powershell.exe")) == 1


async def test_files_and_folders_exist_or_do_not(stand: Stand) -> None:
    async with stand.transport() as transport:
        found = await transport.exists([LDCONSOLE, "C:\\LDPlayer", "C:\\none"])

    assert found == {LDCONSOLE, "C:\\LDPlayer"}


async def test_sizes_of_files_are_told(stand: Stand) -> None:
    stand.machine.host.files.write(PATH, b"seven b")

    async with stand.transport() as transport:
        found = await transport.stat([PATH, "C:\\LDPlayer", "C:\\none"])

    file, folder = found[PATH], found["C:\\LDPlayer"]
    assert file is not None and (file.size, file.directory) == (7, False)
    assert file.modified > 1_700_000_000
    assert folder is not None and folder.directory
    assert found["C:\\none"] is None


async def test_no_paths_are_no_files(stand: Stand) -> None:
    async with stand.transport() as transport:
        assert await transport.read_files([]) == {}
        assert await transport.exists([]) == frozenset()


async def test_a_forbidden_file_is_named(stand: Stand) -> None:
    stand.machine.host.files.write(PATH, b"secret")
    stand.machine.faults.access_denied = "C:\\ProgramData\\Ферма 1"
    stand.machine.host.settle()

    async with stand.transport() as transport:
        with pytest.raises(errors.FileForbidden) as reading:
            await transport.read_files([PATH])
        with pytest.raises(errors.FileForbidden) as writing:
            await transport.write_file(PATH, b"new")

    assert reading.value.path == writing.value.path == PATH


async def test_a_full_disk_keeps_the_old_file(stand: Stand) -> None:
    stand.machine.host.files.write(PATH, b"old")
    stand.machine.faults.full_disk = True
    stand.machine.host.settle()

    async with stand.transport() as transport:
        with pytest.raises(errors.DiskFull):
            await transport.write_file(PATH, b"x" * 5000)
        files = await transport.read_files([PATH])

    assert files == {PATH: b"old"}


async def test_files_and_folders_are_removed_with_what_is_in_them(stand: Stand) -> None:
    files = stand.machine.host.files
    files.write(PATH, b"one")
    files.write("C:\\old\\deep\\two.txt", b"two")

    async with stand.transport() as transport:
        removed = await transport.remove_files([PATH, "C:\\old", "C:\\none.txt"])
        nothing = await transport.remove_files([])

    assert removed == {PATH, "C:\\old"}
    assert nothing == frozenset()
    assert not files.exists("C:\\old\\deep\\two.txt")


async def test_a_file_that_may_not_be_removed_is_named(stand: Stand) -> None:
    stand.machine.host.files.write(PATH, b"secret")
    stand.machine.faults.access_denied = PATH
    stand.machine.host.settle()

    async with stand.transport() as transport:
        with pytest.raises(errors.FileForbidden) as removing:
            await transport.remove_files([PATH])

    assert removing.value.path == PATH


# Facts


async def test_facts_are_those_of_the_machine(stand: Stand) -> None:
    async with stand.transport() as transport:
        facts = await transport.query()

    hardware = stand.machine.hardware
    described = stand.machine.describe()
    assert facts.computer_name.lower() == "pc-01"
    assert facts.cpu == hardware.processor and facts.cpu_cores == hardware.cores
    assert facts.memory == hardware.memory_mib * MIB > facts.memory_free > 0
    assert {disk.letter: disk.size for disk in facts.disks} == {
        letter: drive["size"]
        for letter, drive in described["drives"].items()  # type: ignore[attr-defined] # JSON
    }
    assert facts.booted_at is not None and facts.booted_at.utcoffset() is not None
    assert facts.desktop is not None and facts.desktop.session_id == 1


async def test_facts_tell_of_the_desktop_and_the_players(stand: Stand) -> None:
    async with stand.transport() as transport:
        await transport.run([LDCONSOLE, "launch", "--index", "1"], deadline=10, desktop=True)
        await stand.until(lambda: stand.running("dnplayer.exe") == 1)
        playing = await transport.query()
        stand.machine.faults.no_desktop_session = True
        stand.machine.host.settle()
        alone = await transport.query()

    assert [player.session_id for player in playing.players] == [1]
    assert playing.players[0].path is not None
    assert playing.players[0].path.endswith("dnplayer.exe")
    assert alone.desktop is None


# The connector


def shells_left(stand: Stand) -> int:
    """Of those that Windows keeps until they are deleted: WinRM's."""
    if not isinstance(stand, WinRMStand):
        return 0
    requests = stand.endpoint.counters.requests
    assert requests["Create"] > 0
    return requests["Create"] - requests["Delete"]


def outcome(stages: list[Stage]) -> list[tuple[str, bool | None]]:
    return [(stage.name.value, stage.ok) for stage in stages]


async def test_opening_a_transport_does_not_touch_the_network(far: Stand) -> None:
    async with far.transport():
        pass

    assert far.counters.connections == 0


async def test_a_test_passes_all_rungs_and_leaves_nothing(far: Stand) -> None:
    stages = list(await far.connector.test(far.record, far.credentials))

    names = [stage.name for stage in stages]
    assert all(stage.ok for stage in stages)
    assert [n for n in names if n not in {StageName.TLS, StageName.HOST_KEY}] == [
        StageName.DNS,
        StageName.TCP,
        StageName.LOGIN,
        StageName.SHELL,
    ]
    address = far.record.address
    assert (StageName.TLS in names) == address.tls
    assert (StageName.HOST_KEY in names) == (address.transport is TransportKind.SSH)
    await far.until(lambda: far.counters.standing == 0)
    assert shells_left(far) == 0


async def test_a_test_says_which_rung_failed_and_tries_none_after_it(far: Stand) -> None:
    far.faults.unreachable = True

    stages = list(await far.connector.test(far.record, far.credentials))

    assert outcome(stages)[:2] == [("dns", True), ("tcp", False)]
    assert {stage.ok for stage in stages[2:]} == {None}
    assert stages[1].code == "workstation_unreachable" and stages[1].hint


async def test_a_test_of_an_unknown_host_fails_at_its_name(far: Stand) -> None:
    nowhere = far.moved(host="no-such-workstation.invalid")

    stages = list(await far.connector.test(nowhere, far.credentials))

    assert outcome(stages)[0] == ("dns", False)
    assert stages[0].code == "name_not_resolved"


async def test_closing_leaves_no_task_and_no_remote_shell(far: Stand) -> None:
    before = asyncio.all_tasks()
    async with far.transport() as transport, asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(transport.run([LDCONSOLE, "list2"], deadline=10))

    await far.connector.aclose()
    await far.until(lambda: len(asyncio.all_tasks() - before) == 0)

    await far.until(lambda: far.counters.connections > far.counters.standing == 0)
    assert shells_left(far) == 0


async def test_a_forgotten_workstation_is_reached_anew(far: Stand) -> None:
    async with far.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)
    connections = far.counters.connections
    await far.connector.forget(far.record.id)
    async with far.transport() as transport:
        await transport.run([LDCONSOLE, "list2"], deadline=10)

    assert far.counters.connections == 2 * connections


# Ports of the workstation

WITH_PORTS = {name: EVERYWHERE[name] for name in ("ssh", "openssh", "local")}
ECHO = 4_000
BLOB = bytes(range(256)) * 20_000


@pytest.fixture(params=WITH_PORTS)
async def near(request: pytest.FixtureRequest) -> AsyncGenerator[Stand]:
    """A workstation whose ports can be reached, with a service on one that gives all back."""

    async def echo(reader: Reader, writer: Writer) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

    async with WITH_PORTS[request.param]() as stand:
        stand.machine.host.ports[ECHO] = echo
        yield stand


async def test_what_is_sent_to_a_port_arrives_whole_and_its_answer_too(near: Stand) -> None:
    async with near.transport() as transport, transport.forward(await near.port_of(ECHO)) as stream:
        received = bytearray()
        async with asyncio.TaskGroup() as group:
            group.create_task(stream.write(BLOB))
            while len(received) < len(BLOB):
                received += await stream.read(65_536)

    assert bytes(received) == BLOB


async def test_several_connections_do_not_meet_each_other(near: Stand) -> None:
    port = await near.port_of(ECHO)

    async def exchange(word: bytes) -> bytes:
        async with near.transport() as transport, transport.forward(port) as stream:
            await stream.write(word)
            return await stream.read(100)

    words = [f"word {number}".encode() for number in range(20)]
    assert await asyncio.gather(*map(exchange, words)) == words


async def test_the_end_of_the_other_side_is_an_end(near: Stand) -> None:
    async def wave(reader: Reader, writer: Writer) -> None:
        del reader
        writer.write(b"bye")
        await writer.drain()
        writer.close()

    near.machine.host.ports[ECHO] = wave
    async with near.transport() as transport, transport.forward(await near.port_of(ECHO)) as stream:
        assert await stream.read(100) == b"bye"
        assert await stream.read(100) == b""


@pytest.mark.parametrize("kind", ["ssh", "local"])
async def test_a_port_on_which_nobody_listens_is_named(kind: str) -> None:
    async with EVERYWHERE[kind]() as stand, stand.transport() as transport:
        with pytest.raises(errors.PortClosed) as raised:
            async with transport.forward(4_001):
                pass

    assert raised.value.port == 4_001


async def test_openssh_tells_of_a_closed_port_as_well() -> None:
    with loopback.bind(0) as unused:
        port = unused.getsockname()[1]
        async with an_openssh_stand() as stand, stand.transport() as transport:
            with pytest.raises(errors.PortClosed):
                async with transport.forward(port):
                    pass


async def test_a_link_that_is_lost_ends_the_connection_with_an_error(near: Stand) -> None:
    if near.record.address.transport is TransportKind.LOCAL:
        pytest.skip("there is no link to be lost")
    async with near.transport() as transport, transport.forward(await near.port_of(ECHO)) as stream:
        await stream.write(b"ping")
        assert await stream.read(100) == b"ping"
        near.faults.cut_connections()

        with pytest.raises(errors.WorkstationUnreachable):
            await stream.read(100)


async def test_over_winrm_there_are_no_ports_and_the_error_says_what_to_do() -> None:
    async with a_stand() as stand, stand.transport() as transport:
        with pytest.raises(errors.PortForwardUnsupported) as raised:
            transport.forward(ECHO)

    assert "SSH" in (raised.value.hint or "")


async def test_an_ssh_server_that_forwards_nothing_is_told_apart() -> None:
    async with an_ssh_stand() as stand, stand.transport() as transport:
        stand.endpoint.faults.ssh_no_forwarding = True

        with pytest.raises(errors.PortForwardUnsupported, match="forwards none"):
            async with transport.forward(ECHO):
                pass


# Files of any size


@dataclass(kw_only=True)
class Shelf:
    """A transport with a folder on its workstation that may be written to."""

    transport: Transport
    folder: str
    separator: str
    read: Callable[[str], bytes | None]

    def path(self, *names: str) -> str:
        return self.separator.join([self.folder, *names])

    async def fetched(self, path: str) -> bytes:
        async with self.transport.fetch_file(path) as pieces:
            return b"".join([piece async for piece in pieces])


async def pieces_of(content: bytes, size: int = 300_000) -> AsyncGenerator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def broken_off(content: bytes) -> AsyncGenerator[bytes]:
    yield content
    raise ConnectionError("the one who sends is gone")


@pytest.fixture(params=["ssh", "openssh", "local"])
async def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Shelf]:
    """The simulated disk; Debian's sftp-server and our own file handling on this machine's."""
    async with EVERYWHERE[request.param]() as stand, stand.transport() as transport:
        files = stand.machine.host.files
        if request.param == "ssh":
            yield Shelf(
                transport=transport,
                folder="C:\\Users\\ldops\\Мои файлы",
                separator="\\",
                read=lambda path: files.read(path) if files.exists(path) else None,
            )
        else:
            yield Shelf(
                transport=transport,
                folder=str(tmp_path / "мои файлы"),
                separator="/",
                read=lambda path: Path(path).read_bytes() if Path(path).exists() else None,
            )


async def test_a_large_file_arrives_whole_and_comes_back(shelf: Shelf) -> None:
    path = shelf.path("new folder", "игра.apk")

    await shelf.transport.send_file(path, pieces_of(BLOB))

    assert shelf.read(path) == BLOB
    assert await shelf.fetched(path) == BLOB


async def test_a_file_is_replaced_and_may_be_empty(shelf: Shelf) -> None:
    path = shelf.path("one.bin")

    await shelf.transport.send_file(path, pieces_of(b"much longer than what follows"))
    await shelf.transport.send_file(path, pieces_of(b"short"))
    assert shelf.read(path) == b"short"
    await shelf.transport.send_file(path, pieces_of(b""))
    assert shelf.read(path) == b""


async def test_what_breaks_off_leaves_the_old_file_and_nothing_else(shelf: Shelf) -> None:
    path = shelf.path("one.bin")
    await shelf.transport.send_file(path, pieces_of(b"old"))

    with pytest.raises((ConnectionError, errors.FleetError)):
        await shelf.transport.send_file(path, broken_off(b"half of the new one"))

    assert shelf.read(path) == b"old"
    assert shelf.read(f"{path}.ldfleet-tmp") is None


async def test_a_file_that_is_not_there_is_missing(shelf: Shelf) -> None:
    with pytest.raises(errors.FileMissing) as raised:
        await shelf.fetched(shelf.path("none.bin"))

    assert raised.value.path == shelf.path("none.bin")


async def test_a_place_where_no_file_can_be_is_refused(shelf: Shelf) -> None:
    await shelf.transport.send_file(shelf.path("one.bin"), pieces_of(b"a file"))

    with pytest.raises(errors.FileForbidden):
        await shelf.transport.send_file(shelf.path("one.bin", "two.bin"), pieces_of(b"x"))


async def test_a_full_disk_leaves_the_old_file_over_sftp() -> None:
    async with an_ssh_stand() as stand, stand.transport() as transport:
        await transport.send_file("C:\\one.bin", pieces_of(b"old"))
        stand.machine.faults.full_disk = True
        stand.machine.host.settle()

        with pytest.raises(errors.FileForbidden, match="Failure"):
            await transport.send_file("C:\\one.bin", pieces_of(BLOB))

        assert stand.machine.host.files.read("C:\\one.bin") == b"old"


async def test_a_link_that_is_lost_amid_a_file_is_told_as_such() -> None:
    async def cut(stand: SSHStand) -> AsyncGenerator[bytes]:
        yield b"first"
        stand.faults.cut_connections()
        yield b"second"

    async with an_ssh_stand() as stand, stand.transport() as transport:
        with pytest.raises(errors.WorkstationUnreachable):
            await transport.send_file("C:\\one.bin", cut(stand))

        assert not stand.machine.host.files.exists("C:\\one.bin")
        await transport.send_file("C:\\one.bin", pieces_of(b"again"))
        assert stand.machine.host.files.read("C:\\one.bin") == b"again"


async def test_over_winrm_no_large_file_is_sent_and_the_error_says_what_to_do() -> None:
    async with a_stand() as stand, stand.transport() as transport:
        with pytest.raises(errors.FileTransferUnsupported) as raised:
            await transport.send_file("C:\\one.bin", pieces_of(b"x"))
        with pytest.raises(errors.FileTransferUnsupported):
            transport.fetch_file("C:\\one.bin")

    assert "SSH" in (raised.value.hint or "")


async def test_an_ssh_server_without_sftp_is_told_apart() -> None:
    async with an_ssh_stand() as stand, stand.transport() as transport:
        stand.endpoint.faults.ssh_no_sftp = True

        with pytest.raises(errors.FileTransferUnsupported, match="offers no SFTP"):
            await transport.send_file("C:\\one.bin", pieces_of(b"x"))
