"""The scripts' contract (docs/reference/scripts.md)."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

import ldfleet
from simulator.simulated import LDCONSOLE, Desk

JOBS = "C:\\ProgramData\\LDFleet\\jobs"


def job(key: str, *words: str, deadline_s: float = 60, wait_s: float = 30) -> dict[str, object]:
    argv = [LDCONSOLE, *words]
    return {"key": key, "argv": argv, "deadline_s": deadline_s, "wait_s": wait_s}


async def test_a_job_runs_on_the_desktop_and_the_emulator_boots(desk: Desk) -> None:
    answer = await desk.script("desktop", job("a1", "launch", "--index", "1"))
    desk.pass_time(60)

    assert (answer["state"], answer["exit_code"], answer["session_id"]) == ("finished", 0, 1)
    command = "shell getprop sys.boot_completed"
    assert (await desk.ld("adb", "--index", 1, "--command", command)).stdout == b"1\r\n"


async def test_a_jobs_output_comes_back(desk: Desk) -> None:
    answer = await desk.script("desktop", job("a2", "isrunning", "--index", "1"))

    assert base64.b64decode(answer["stdout"]) == b"stop"


async def test_the_same_key_never_runs_twice(desk: Desk) -> None:
    first = await desk.script("desktop", job("a3", "add", "--name", "x"))
    second = await desk.script("desktop", job("a3", "add", "--name", "x"))

    assert first == second
    assert desk.effects() == ["created 3"]


async def test_two_callers_at_once_wait_for_one_run(desk: Desk) -> None:
    both = [desk.begin_script("desktop", job("a4", "add", "--name", "x")) for _ in range(2)]

    answers = [await desk.end(process) for process in both]

    assert answers[0].stdout == answers[1].stdout
    assert desk.effects() == ["created 3"]


async def test_the_journal_names_the_job_of_what_it_started(desk: Desk) -> None:
    await desk.script("desktop", job("a11", "launch", "--index", "1"))
    await desk.script("desktop", job("a12", "quit", "--index", "1"))

    told = [(one.argv[1], one.job) for one in desk.machine.host.journal.after() if one.job]
    assert told == [("launch", "a11"), ("launch", "a11"), ("quit", "a12"), ("quit", "a12")]


async def test_a_job_that_takes_longer_is_pending_and_answered_later(desk: Desk) -> None:
    slow = job("a5", "copy", "--from", "1", deadline_s=600, wait_s=5)
    first = await desk.script("desktop", slow)
    desk.pass_time(120)
    await asyncio.sleep(0)
    second = await desk.script("desktop", slow)

    assert first == {"state": "pending"}
    assert (second["state"], second["exit_code"]) == ("finished", 3)
    assert desk.effects() == ["copied 1 to 3"]


async def test_a_job_is_ended_at_its_deadline(desk: Desk) -> None:
    desk.machine.faults.ldconsole_hangs = True

    answer = await desk.script("desktop", job("a6", "list2", deadline_s=5))

    assert (answer["state"], answer["exit_code"]) == ("timed_out", -1)


async def test_a_job_that_runs_is_ended_by_a_file_beside_it(desk: Desk) -> None:
    desk.machine.faults.ldconsole_hangs = True
    first = await desk.script("desktop", job("a10", "list2", wait_s=1))
    desk.machine.host.files.write(f"{JOBS}\\a10.cancel", b"")

    second = await desk.script("desktop", job("a10", "list2"))

    assert first == {"state": "pending"}
    assert (second["state"], second["exit_code"]) == ("cancelled", -1)
    assert "a10.cancel" not in desk.machine.host.files.names(JOBS)


async def test_nobody_logged_on_is_told_and_nothing_runs_later(desk: Desk) -> None:
    desk.machine.faults.no_desktop_session = True
    answer = await desk.script("desktop", job("a7", "add"))
    desk.machine.faults.no_desktop_session = False
    await desk.script("desktop", job("a8", "list2"))

    assert answer == {"state": "no_session"}
    assert desk.effects() == []


async def test_a_missing_task_is_told(desk: Desk) -> None:
    desk.machine.faults.no_desktop_task = True

    assert await desk.script("desktop", job("a9", "add")) == {"state": "no_task"}


async def test_a_program_that_is_not_there_has_failed(desk: Desk) -> None:
    request = {"key": "b1", "argv": ["C:\\nothing.exe"], "deadline_s": 5, "wait_s": 5}

    answer = await desk.script("desktop", request)

    assert answer["state"] == "failed"
    assert answer["error"] == "The system cannot find the file specified."


async def test_results_are_swept_after_a_day(desk: Desk) -> None:
    await desk.script("desktop", job("b2", "list2"))
    desk.pass_time(25 * 3600)
    await desk.script("desktop", job("b3", "list2"))

    assert "b2.result.json" not in desk.machine.host.files.names(JOBS)
    assert "b3.result.json" in desk.machine.host.files.names(JOBS)


async def test_a_runner_that_is_not_ours_leaves_the_job_waiting(desk: Desk) -> None:
    desk.machine.host.files.write("C:\\ProgramData\\LDFleet\\run.ps1", b"Write-Host other")

    assert await desk.script("desktop", job("b4", "add", wait_s=1)) == {"state": "pending"}
    assert desk.effects() == []


@pytest.mark.parametrize(
    "script",
    ["Get-Process", "# ldfleet:files v9\n", "# ldfleet:format v1\n", "$x='# ldfleet:files v1'"],
)
async def test_any_other_script_is_refused(desk: Desk, script: str) -> None:
    encoded = base64.b64encode(script.encode("utf-16-le")).decode()

    chunk = await desk.line(f"powershell.exe -EncodedCommand {encoded}", stdin=b"e30=")

    assert (chunk.exit_code, chunk.stdout) == (1, b"")
    assert b"own scripts only" in chunk.stderr


async def test_the_shipped_scripts_are_known(desk: Desk) -> None:
    folder = Path(ldfleet.__file__).parent / "transports" / "scripts"
    requests = {
        "files": {"op": "list", "paths": ["C:\\"]},
        "checksum": {"path": "C:\\none"},
        "desktop": job("c1", "list2"),
    }

    for name, request in requests.items():
        text = (folder / f"{name}.ps1").read_text(encoding="utf-8")
        encoded = base64.b64encode(text.encode("utf-16-le")).decode()
        data = base64.b64encode(json.dumps(request).encode())
        chunk = await desk.line(f"powershell.exe -EncodedCommand {encoded}", stdin=data)
        assert chunk.exit_code == 0


async def test_files_are_written_in_one_step_and_read_back(desk: Desk) -> None:
    content = base64.b64encode("雷电".encode()).decode()
    written = await desk.script(
        "files", {"op": "write", "path": "D:\\new\\a.txt", "content": content}
    )
    answer = await desk.script("files", {"op": "read", "paths": ["d:/NEW/A.TXT", "D:\\none"]})

    assert written == {"written": 6}
    assert answer["files"] == [
        {"path": "d:/NEW/A.TXT", "exists": True, "content": content, "error": None},
        {"path": "D:\\none", "exists": False, "content": None, "error": None},
    ]
    assert desk.machine.host.files.names("D:\\new") == ["a.txt"]


async def test_files_are_listed_looked_at_and_removed(desk: Desk) -> None:
    vms = "C:\\LDPlayer\\LDPlayer9\\vms"
    disk = f"{vms}\\leidian1\\data.vmdk"

    read = await desk.script("files", {"op": "read", "paths": [disk]})
    stat = await desk.script("files", {"op": "stat", "paths": [disk, vms, f"{vms}\\none"]})
    names = await desk.script("files", {"op": "list", "paths": [f"{vms}\\config"]})
    gone = await desk.script("files", {"op": "remove", "paths": [disk, f"{vms}\\none"]})

    assert read["files"][0]["error"] == "too large"
    assert [(one["exists"], one["directory"]) for one in stat["files"]] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    assert stat["files"][0]["size"] > 1_000_000_000 and stat["files"][2]["modified"] == 0
    assert "leidian2.config" in names["files"][0]["names"]
    assert gone == {"removed": [disk]}


async def test_a_full_disk_and_a_refused_path_are_told_in_windows_words(desk: Desk) -> None:
    request = {"op": "write", "path": "C:\\x.txt", "content": "YQ=="}
    desk.machine.faults.free_bytes_c = 0
    full = await desk.end(desk.begin_script("files", request))
    desk.machine.faults.free_bytes_c = None
    desk.machine.faults.access_denied = "C:\\LDPlayer"
    denied = await desk.script("files", {"op": "read", "paths": ["C:\\LDPlayer\\x"]})

    assert (full.exit_code, full.stderr) == (1, b"There is not enough space on the disk.\r\n")
    assert denied["files"][0]["error"] == "Access to the path 'C:\\LDPlayer\\x' is denied."


async def test_a_request_that_makes_no_sense_is_exit_code_1(desk: Desk) -> None:
    for request in ({}, {"op": "format"}, {"op": "read", "paths": 5}):
        chunk = await desk.end(desk.begin_script("files", request))
        assert (chunk.exit_code, chunk.stdout) == (1, b"")


async def test_a_script_waits_for_its_whole_input(desk: Desk) -> None:
    encoded = base64.b64encode("# ldfleet:files v1\n".encode("utf-16-le")).decode()
    data = base64.b64encode(json.dumps({"op": "read", "paths": []}).encode())
    process = desk.begin(f"powershell.exe -EncodedCommand {encoded}")

    process.feed(data[:10], end=False)
    await asyncio.sleep(0)
    waiting = not process.ended.done()
    process.feed(data[10:] + b"\r\n", end=True)

    assert waiting
    assert (await desk.end(process)).exit_code == 0
