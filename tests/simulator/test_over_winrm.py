"""An independent client, unmodified, against a whole simulated workstation."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pypsrp.shell import Process, WinRS
from pypsrp.wsman import WSMan

from ldfleet.simulator.farm import RunningFarm, run_farm

LDCONSOLE = "C:\\LDPlayer\\LDPlayer9\\ldconsole.exe"


@pytest.fixture
async def farm() -> AsyncGenerator[RunningFarm]:
    async with run_farm(workstations=1, emulators=3, seed=3, time_scale=60.0) as running:
        yield running


def run(farm: RunningFarm, line: str, *, stdin: bytes = b"") -> tuple[bytes, bytes, int | None]:
    entry: dict[str, Any] = farm.farm.inventory()[0]
    endpoint = farm.farm.workstations["pc-01"].endpoint
    with (
        WSMan(
            "127.0.0.1",
            port=endpoint.http_port,
            ssl=False,
            auth="negotiate",
            encryption="always",
            username=entry["username"],
            password=entry["password"],
            no_proxy=True,
        ) as wsman,
        WinRS(wsman, codepage=65001) as shell,
    ):
        process = Process(shell, line, no_shell=True)
        process.begin_invoke()
        if stdin:
            process.send(stdin, end=True)
        process.end_invoke()
        process.signal("ctrl_c" if process.rc is None else "terminate")
        return process.stdout, process.stderr, process.rc


async def test_list2_comes_over_sealed_http(farm: RunningFarm) -> None:
    stdout, _, code = await asyncio.to_thread(run, farm, f"{LDCONSOLE} list2")

    assert code == 0
    assert stdout.splitlines()[1] == b"1,farm-01,0,0,0,-1,-1,960,540,160"


async def test_a_launch_through_the_desktop_script_boots(farm: RunningFarm) -> None:
    script = base64.b64encode("# ldfleet:desktop v1\n".encode("utf-16-le")).decode()
    argv = [LDCONSOLE, "launch", "--index", "1"]
    request = {"key": "k1", "argv": argv, "deadline_s": 20, "wait_s": 10}
    data = base64.b64encode(json.dumps(request).encode()) + b"\r\n"

    stdout, stderr, code = await asyncio.to_thread(
        run, farm, f"powershell.exe -NoProfile -EncodedCommand {script}", stdin=data
    )
    await asyncio.sleep(1.0)  # a simulated minute
    look = f'{LDCONSOLE} adb --index 1 --command "shell getprop sys.boot_completed"'
    state, _, _ = await asyncio.to_thread(run, farm, look)

    assert code == 0, stderr
    assert json.loads(base64.b64decode(stdout))["session_id"] == 1
    assert state == b"1\r\n"
