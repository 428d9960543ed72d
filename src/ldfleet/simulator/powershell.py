"""The simulated powershell.exe: it runs ldfleet's shipped scripts and refuses all others.

It knows a script by its header and does what docs/reference/scripts.md promises; the script's
own text is not read.
"""

import base64
import binascii
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any, cast

from ldfleet.simulator import fileops, wql
from ldfleet.simulator.desktopjobs import DesktopJobs
from ldfleet.simulator.host import Invocation
from ldfleet.simulator.seam import CimInstance

HEADER = re.compile(r"\ufeff?#\s*ldfleet:([a-z]+) v(\d+)\s*$", re.MULTILINE)
ENCODED = ("-encodedcommand", "-enc", "-ec", "-e", "-encoded")
KNOWN = {("files", 1), ("checksum", 1), ("desktop", 1), ("run", 2), ("wmi", 1), ("end", 1)}
MISTAKES = (OSError, ValueError, LookupError, TypeError, AttributeError, binascii.Error)
READ_RATE = 300 << 20  # bytes of a disk in a second

Request = dict[str, Any]  # JSON of a caller: whatever is in it is checked where it is used
Answer = dict[str, object]
Script = Callable[[Invocation, Request], Awaitable[Answer]]
Query = Callable[[str, str], Sequence[CimInstance]]
"""Instances of a class in a namespace."""


class PowerShell:
    """The program; calling it runs it."""

    def __init__(self, jobs: DesktopJobs, query: Query) -> None:
        self._jobs = jobs
        self._query = query
        self._scripts: dict[str, Script] = {
            "files": files,
            "checksum": checksum,
            "desktop": self._desktop,
            "wmi": self._wmi,
            "end": end,
        }

    async def __call__(self, invocation: Invocation) -> int:
        name = self._script_name(invocation)
        if name != "run" and name not in self._scripts:
            invocation.host.note(invocation, kind="process", effect="script refused", exit_code=1)
            invocation.err("This simulated workstation runs ldfleet's own scripts only.\r\n")
            return 1
        try:
            if name == "run":
                return await self._jobs.run_all(invocation)
            data = await invocation.process.input.read_all()
            request = json.loads(base64.b64decode(data.strip(), validate=True))
            answer = await self._scripts[name](invocation, cast("Request", request))
        except MISTAKES as wrong:
            invocation.err(f"{wrong}\r\n")
            return 1
        invocation.out(base64.b64encode(json.dumps(answer).encode()).decode() + "\r\n")
        return 0

    async def _desktop(self, invocation: Invocation, request: Request) -> Answer:
        return await self._jobs.answer(invocation.host, request)

    async def _wmi(self, invocation: Invocation, request: Request) -> Answer:
        """The `wmi` script: instances with their properties as text."""
        invocation.host.settle()
        return {"answers": [self._instances(each) for each in request["queries"]]}

    def _instances(self, asked: Request) -> list[dict[str, str | None]]:
        where = "" if asked["where"] is None else f" WHERE {asked['where']}"
        query = wql.parse(f"SELECT * FROM {asked['class']}{where}")  # noqa: S608 - no database
        found = self._query("root/cimv2", query.source)
        return [_as_text(each) for each in found if query.matches(each.properties)]

    def _script_name(self, invocation: Invocation) -> str:
        words = invocation.argv[1:]
        for option, value in pairwise(words):
            if option.lower() in ENCODED:
                return _header_of(_decoded(value))
            if option.lower() in {"-file", "-f"}:
                return _header_of(_file(invocation, value))
        return ""


async def files(invocation: Invocation, request: Request) -> Answer:
    """The `files` script."""
    invocation.host.settle()
    return fileops.OPERATIONS[str(request["op"])](invocation.host.files, request)


async def checksum(invocation: Invocation, request: Request) -> Answer:
    """The `checksum` script; it takes its time with a huge file."""
    host, path = invocation.host, str(request["path"])
    host.settle()
    await host.clock.sleep(host.files.size_of(path) / READ_RATE)
    return fileops.checksum(host.files, path)


def _as_text(instance: CimInstance) -> dict[str, str | None]:
    return {
        name: None if value is None else str(value)
        for name, value in instance.properties.items()
        if value is None or isinstance(value, str | int)
    }


async def end(invocation: Invocation, request: Request) -> Answer:
    """The `end` script: end the programs whose cmd.exe bears the mark, and theirs."""
    processes = invocation.host.processes
    mark = f"ldfleet={request['marker']}&"
    marked = [row for row in processes.all() if mark in row.line]
    tree = {row.pid: row for root in marked for row in (root, *processes.descendants(root.pid))}
    processes.kill(tree.values())
    left = sum(processes.get(pid) is not None for pid in tree)
    return {"ended": len(tree) - left, "left": left}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _file(invocation: Invocation, path: str) -> str:
    try:
        return invocation.host.files.read(path).decode("utf-8", errors="replace")
    except OSError:
        return ""


def _header_of(text: str) -> str:
    match = HEADER.match(text)
    if match is None or (match.group(1), int(match.group(2))) not in KNOWN:
        return ""
    return match.group(1)
