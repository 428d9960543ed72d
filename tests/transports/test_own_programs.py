"""Programs of the PC that ldfleet runs on: real ones, of the operating system under the tests."""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

import pytest

from ldfleet.transports.local.programs import OwnPrograms, Program

PATIENCE = 10.0


class Heard:
    """What a program wrote."""

    def __init__(self) -> None:
        self.streams: dict[str, bytes] = defaultdict(bytes)

    def __call__(self, written: Mapping[str, bytes]) -> None:
        for name, data in written.items():
            self.streams[name] += data


async def started(script: str, heard: Heard) -> Program:
    return await OwnPrograms().start([sys.executable, "-c", script], heard)


async def test_output_errors_and_exit_code_come_back() -> None:
    heard = Heard()
    program = await started(
        "import sys; sys.stdout.write('out'); sys.stderr.write('err'); sys.exit(7)", heard
    )
    await program.feed(None)

    assert await program.wait() == 7
    assert heard.streams == {"stdout": b"out", "stderr": b"err"}


async def test_standard_input_arrives_and_ends() -> None:
    heard = Heard()
    program = await started(
        "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", heard
    )
    await program.feed(b"abc" * 100_000)

    assert await program.wait() == 0
    assert heard.streams["stdout"] == b"cba" * 100_000


async def test_a_program_that_reads_nothing_is_no_failure() -> None:
    program = await started("pass", Heard())
    await program.feed(b"x" * 1_000_000)

    assert await program.wait() == 0


async def test_a_missing_program_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        await OwnPrograms().start(["/no/such/program"], Heard())


async def test_ending_takes_the_children_with_it() -> None:
    heard = Heard()
    program = await started(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)",
        heard,
    )
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(program.wait())
        async with asyncio.timeout(PATIENCE):
            while b"\n" not in heard.streams["stdout"]:  # noqa: ASYNC110 - a process tells nobody
                await asyncio.sleep(0.01)

        assert await program.end()

    assert waiting.result() != 0
    await gone(int(heard.streams["stdout"]))


async def test_what_a_child_holds_open_does_not_keep_the_program_running() -> None:
    heard = Heard()
    program = await started(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)",
        heard,
    )
    async with asyncio.timeout(PATIENCE):
        assert await program.wait() == 0
    os.kill(int(heard.streams["stdout"]), 9)


async def gone(pid: int) -> None:
    """Wait until no such process runs; one that nobody has waited for counts as gone."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(FileNotFoundError):
                with open(f"/proc/{pid}/stat") as stat:  # noqa: ASYNC230, PTH123 - a moment
                    state = stat.read().rpartition(")")[2].split()[0]
                if state != "Z":
                    await asyncio.sleep(0.01)
                    continue
            return
