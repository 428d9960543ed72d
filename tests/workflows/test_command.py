"""A raw command: run once, its output capped and told, its end in the audit log."""

from typing import Any

import pytest

from ldfleet.domain.audit import AuditEntry
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.verb import Verb
from ldfleet.ports import AuditQuery
from ldfleet.simulator.host import Invocation
from support.cutting import run_until_cut
from support.fastfleet import Fleet

TOOL = "C:\\tools\\tool.exe"
SHOW: dict[str, Any] = {"argv": [TOOL, "a b", "c&d"]}


def give(fleet: Fleet, text: str, *, code: int = 0, seconds: float = 0.0) -> list[list[str]]:
    """A program on the PC; gives the arguments it was run with."""
    ran: list[list[str]] = []

    async def program(invocation: Invocation) -> int:
        ran.append(list(invocation.argv[1:]))
        if seconds:
            await invocation.host.clock.sleep(seconds)
        invocation.out(text)
        invocation.err("as it is")
        return code

    fleet.pc().machine.host.install(TOOL, program)
    return ran


async def ends(fleet: Fleet) -> list[AuditEntry]:
    async with fleet.database() as work:
        page = await work.audit.list(AuditQuery(action="operation."), limit=10)
    return list(page.items)


async def told(fleet: Fleet, operation: Operation) -> dict[str, Any]:
    [entry] = await ends(fleet)
    assert (entry.action, entry.subject) == ("operation.console_ended", operation.workstation_id)
    assert entry.actor == operation.requested_by
    return dict(entry.after or {})


async def test_what_it_prints_is_the_result(fleet: Fleet) -> None:
    ran = give(fleet, "done", code=3)

    operation = await fleet.do(Verb.CONSOLE, params=SHOW)

    assert operation.status is OperationStatus.SUCCEEDED
    assert operation.result == {
        "exit_code": 3,
        "output": "done",
        "error": "as it is",
        "cut": False,
    }
    assert ran == [["a b", "c&d"]]
    assert await told(fleet, operation) == {
        "operation": operation.id,
        "params": SHOW,
        "status": "succeeded",
        "exit_code": 3,
    }


async def test_its_output_is_cut_and_secrets_in_it_are_masked(fleet: Fleet) -> None:
    give(fleet, "Authorization: Bearer canary-5f1d-canary\r\n" + "x" * (70 << 10))

    operation = await fleet.do(Verb.CONSOLE, params=SHOW)

    assert operation.result is not None
    assert (len(operation.result["output"]), operation.result["cut"]) == (64 << 10, True)
    assert "canary" not in operation.result["output"]


async def test_past_its_deadline_it_is_ended(quick_fleet: Fleet) -> None:
    give(quick_fleet, "never", seconds=10_000)

    operation = await quick_fleet.do(
        Verb.CONSOLE, params={**SHOW, "deadline_s": 5.0}, timeout=600.0
    )

    assert operation.failure is not None
    assert operation.failure["code"] == "command_timed_out"
    assert (await told(quick_fleet, operation))["code"] == "command_timed_out"


async def test_a_program_that_is_not_there_is_named(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.CONSOLE, params={"argv": ["C:\\tools\\none.exe"]})

    assert operation.failure is not None
    assert operation.failure["code"] == "program_not_found"


@pytest.mark.parametrize(
    ("cut_at", "status"),
    [(1, OperationStatus.SUCCEEDED), (2, OperationStatus.LOST)],
)
async def test_cut_off_it_is_never_run_again(
    fleet: Fleet, cut_at: int, status: OperationStatus
) -> None:
    ran = give(fleet, "done")
    operation = await fleet.queue(Verb.CONSOLE, None, params=SHOW)
    await run_until_cut(fleet, operation, cut_at)

    ended = await fleet.run(await fleet.again(operation))

    assert (ended.status, len(ran)) == (status, 1)
    assert (await told(fleet, ended))["status"] == status
