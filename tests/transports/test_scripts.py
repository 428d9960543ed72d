"""The shipped scripts, as far as they can be checked without a PowerShell."""

import base64
import json

import pytest

from ldfleet import errors
from ldfleet.bootstrap.clock import new_id
from ldfleet.domain.process import ProcessResult
from ldfleet.transports.order import Order
from ldfleet.transports.powershell import PowerShell, Script, command_line, text_of
from ldfleet.transports.ssh.pool import marked

CMD_LIMIT = 8191


@pytest.mark.parametrize("script", Script)
def test_a_scripts_command_line_fits_into_cmd(script: Script) -> None:
    line = " ".join(command_line(script))
    over_ssh = f'C:\\Windows\\System32\\cmd.exe /c "{marked(new_id("run"), line)}"'

    assert len(over_ssh) < CMD_LIMIT
    assert not set(line) & set('"%!&|<>^()')
    assert base64.b64decode(line.split()[-1]).decode("utf-16-le") == text_of(script)


@pytest.mark.parametrize("name", [*Script, "run"])
def test_a_scripts_brackets_are_balanced(name: str) -> None:
    text = text_of(name)

    for opening, closing in ("{}", "()", "[]"):
        assert text.count(opening) == text.count(closing), opening


async def at_once(_seconds: float) -> None:
    """A pause that is none."""


async def test_a_script_whose_answer_was_lost_is_asked_again() -> None:
    lost = [errors.OutcomeUnknown(workstation="pc-01", program="powershell.exe", reason="cut")] * 3

    async def run(_order: Order) -> ProcessResult:
        if lost:
            raise lost.pop()
        return ProcessResult(exit_code=0, stdout=base64.b64encode(b'{"files": []}'))

    powershell = PowerShell(run, workstation="pc-01", sleep=at_once)

    assert await powershell.ask(Script.FILES, {"op": "stat", "paths": []}) == {"files": []}


async def test_a_full_disk_is_named_whatever_the_script() -> None:
    full = answering(b"", exit_code=1, stderr=b"There is not enough space on the disk.")

    with pytest.raises(errors.DiskFull):
        await full.ask(Script.DESKTOP, {"op": "stat", "paths": []})


def answering(stdout: bytes, *, exit_code: int = 0, stderr: bytes = b"") -> PowerShell:
    async def run(order: Order) -> ProcessResult:
        assert order.program == "powershell.exe" and order.deadline > 0
        assert json.loads(base64.b64decode((order.stdin or b"").strip())) == {
            "op": "stat",
            "paths": [],
        }
        return ProcessResult(exit_code=exit_code, stdout=stdout, stderr=stderr)

    return PowerShell(run, workstation="pc-01", sleep=at_once)


@pytest.mark.parametrize("answer", [b"", b"not base64!", b"W10=", b"e30"])
async def test_an_answer_that_is_none_is_nonsense(answer: bytes) -> None:
    with pytest.raises(errors.WorkstationSaidNonsense):
        await answering(answer).ask(Script.FILES, {"op": "stat", "paths": []})


async def test_a_script_that_fails_is_quoted() -> None:
    broken = answering(b"", exit_code=1, stderr="нет доступа (0x80070005)".encode())

    with pytest.raises(errors.CommandFailed) as raised:
        await broken.ask(Script.FILES, {"op": "stat", "paths": []})

    assert raised.value.output == "нет доступа (0x80070005)"
