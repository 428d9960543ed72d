"""The `desktop` and `run` scripts (docs/reference/scripts.md): jobs for the user's desktop."""

import asyncio
import base64
import json
import re
from dataclasses import replace
from typing import Any, cast

from ldfleet.simulator import commandline
from ldfleet.simulator.host import Host, Invocation
from ldfleet.simulator.pipes import PipedProcess
from ldfleet.simulator.sessions import Sessions
from ldfleet.simulator.tasks import DESKTOP, Scheduler

JOBS = "C:\\ProgramData\\LDFleet\\jobs"
KEY = re.compile(r"[A-Za-z0-9_.-]{1,100}")
KEPT_S = 24 * 3600.0

NOTHING_RAN = {"stdout": "", "stderr": "", "session_id": 0, "pid": 0}

Json = dict[str, Any]  # what a caller or a job file holds
Answer = dict[str, object]


class DesktopJobs:
    """Both ends of the job folder."""

    def __init__(self, host: Host, sessions: Sessions, scheduler: Scheduler) -> None:
        self._host = host
        self._sessions = sessions
        self._scheduler = scheduler
        host.files.make_directory(JOBS)

    async def answer(self, host: Host, request: Json) -> Answer:
        """The `desktop` script: the same key never runs twice."""
        key = str(request["key"])
        if not KEY.fullmatch(key):
            raise ValueError(f"'{key}' is not a job's name.")
        wait = host.clock.from_real(float(request["wait_s"]))
        self._sweep()
        files, result = host.files, f"{JOBS}\\{key}.result.json"
        if files.exists(result):
            return _json(files.read(result))
        known = files.exists(f"{JOBS}\\{key}.json") or files.exists(f"{JOBS}\\{key}.claimed.json")
        if not known and (refusal := self._submit(key, request)):
            return {"state": refusal}
        arrival = files.when_there(result)
        try:
            there = await host.clock.wait(arrival, wait)
        finally:
            files.forget(result, arrival)
        return _json(files.read(result)) if there else {"state": "pending"}

    async def run_all(self, invocation: Invocation) -> int:
        """The `run` script, on the desktop: claim and run every job."""
        files = invocation.host.files
        for name in files.names(JOBS):
            key = name.removesuffix(".json")
            if name == key or key.endswith((".claimed", ".result")):
                continue
            try:
                files.replace(f"{JOBS}\\{name}", f"{JOBS}\\{key}.claimed.json")
            except FileNotFoundError:
                continue  # another runner was first
            job = _json(files.read(f"{JOBS}\\{key}.claimed.json"))
            self._write(f"{JOBS}\\{key}.result.json", await self._run(invocation, job))
            files.remove(f"{JOBS}\\{key}.cancel")
        return 0

    def _submit(self, key: str, request: Json) -> str:
        job: Answer = {
            "key": key,
            "argv": [str(word) for word in request["argv"]],
            "deadline_s": float(request["deadline_s"]),
        }
        path = f"{JOBS}\\{key}.json"
        self._write(path, job)
        task = self._scheduler.find(DESKTOP)
        if task is not None and self._scheduler.run(task):
            return ""
        self._host.files.remove(path)
        return "no_task" if task is None else "no_session"

    async def _run(self, invocation: Invocation, job: Json) -> Answer:
        host, argv = invocation.host, cast("list[str]", job["argv"])
        if host.files.exists(f"{JOBS}\\{job['key']}.cancel"):
            return {"state": "cancelled", "exit_code": -1, **NOTHING_RAN}
        start = replace(
            invocation.start,
            line=commandline.join(argv),
            parent=invocation.process.pid,
            job=str(job["key"]),
        )
        try:
            process = host.start(start)
        except FileNotFoundError as missing:
            return {"state": "failed", "error": str(missing)}
        process.feed(b"", end=True)
        state = await self._outcome(host, process, job)
        if state != "finished":
            # .NET's Kill ends the program alone: a window that it has opened stays.
            host.processes.kill([row for row in [host.processes.get(process.pid)] if row])
        chunk = process.take()
        return {
            "state": state,
            "exit_code": _signed(chunk.exit_code or 0) if state == "finished" else -1,
            "stdout": base64.b64encode(chunk.stdout).decode(),
            "stderr": base64.b64encode(chunk.stderr).decode(),
            "session_id": invocation.start.session,
            "pid": process.pid,
        }

    async def _outcome(self, host: Host, process: PipedProcess, job: Json) -> str:
        """It ends by itself, is cancelled by a file, or has had its time."""
        cancel = f"{JOBS}\\{job['key']}.cancel"
        asked = host.files.when_there(cancel)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def tell(_ended: asyncio.Future[None]) -> None:
            if not over.done():
                over.set_result(None)

        asked.add_done_callback(tell)
        process.ended.add_done_callback(tell)
        try:
            in_time = await host.clock.wait(over, host.clock.from_real(float(job["deadline_s"])))
        finally:
            host.files.forget(cancel, asked)
            process.ended.remove_done_callback(tell)
        if process.ended.done():
            return "finished"
        return "cancelled" if in_time else "timed_out"

    def _write(self, path: str, value: Answer) -> None:
        files, temporary = self._host.files, f"{path}.tmp"
        files.write(temporary, json.dumps(value).encode())
        files.replace(temporary, path)

    def _sweep(self) -> None:
        files = self._host.files
        oldest = self._host.clock.wall() - KEPT_S
        for name in files.names(JOBS):
            path = f"{JOBS}\\{name}"
            node = files.find(path)
            if name.endswith(".result.json") and node is not None and node.modified < oldest:
                files.remove(path)
                files.remove(path.removesuffix(".result.json") + ".claimed.json")


def _json(content: bytes) -> Json:
    return cast("Json", json.loads(content))


def _signed(exit_code: int) -> int:
    # .NET's Process.ExitCode is a signed 32-bit number.
    return exit_code - (1 << 32) if exit_code >= 1 << 31 else exit_code
