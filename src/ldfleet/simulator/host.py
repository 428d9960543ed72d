"""One simulated Windows machine: what its programs share, and how they are started."""

import asyncio
import random
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ldfleet.simulator import commandline
from ldfleet.simulator.clock import Clock
from ldfleet.simulator.files import FileSystem
from ldfleet.simulator.journal import Journal
from ldfleet.simulator.pipes import CONTROL_C_EXIT, PipedProcess
from ldfleet.simulator.processes import Process, ProcessTable
from ldfleet.simulator.quirks import Quirks
from ldfleet.simulator.registry import Registry
from ldfleet.simulator.seam import Handler

SYSTEM32 = "C:\\Windows\\System32"
SEARCH_PATH = (SYSTEM32, "C:\\Windows", f"{SYSTEM32}\\WindowsPowerShell\\v1.0")
ACCESS_VIOLATION = 0xC0000005
CODE_PAGES = {65001: "utf-8", 936: "gbk", 950: "big5", 932: "cp932", 949: "cp949"}
LONGEST_LINE = 32_767
GARBAGE = b"\x00\xff\xfe\x81,\x8d\x8f\x90\r\n,,,,\x9d\xff,0x1f,\xc3\x28\r\nError 0x80004005\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A wish to start a program."""

    line: str
    session: int
    user: str
    parent: int
    environment: Mapping[str, str]
    directory: str
    code_page: int = 437
    job: str = ""
    """The key of the desktop job that wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What a running program is given."""

    host: "Host"
    start: Start
    path: str
    argv: list[str]
    tail: str
    """The raw line behind the program's name."""
    process: PipedProcess

    def out(self, text: str) -> None:
        """Write text to standard output as a console program does."""
        self.process.write_out(encode(text, self.start.code_page))

    def err(self, text: str) -> None:
        self.process.write_err(encode(text, self.start.code_page))


Program = Callable[[Invocation], Awaitable[int]]


def encode(text: str, code_page: int) -> bytes:
    """Text in a console's code page; what it lacks becomes a question mark."""
    codec = CODE_PAGES.get(code_page, f"cp{code_page}")
    return text.encode(codec, errors="replace")


class Host:
    """The machine as its programs see it."""

    def __init__(
        self,
        *,
        name: str,
        clock: Clock,
        rng: random.Random,
        files: FileSystem,
        journal: Journal,
        faults: Quirks,
    ) -> None:
        self.name = name
        self.clock = clock
        self.rng = rng
        self.files = files
        self.journal = journal
        self.faults = faults
        self.processes = ProcessTable(rng)
        self.registry = Registry()
        self.programs: dict[str, Program] = {}
        self.settlers: list[Callable[[], None]] = []
        self.ports: dict[int, Handler] = {}
        """What programs listen to on loopback."""
        self.port_owners: list[Callable[[int], Handler | None]] = []
        """Those who listen to ports that come and go, as emulators do."""
        self.services_pid = 0
        """The svchost.exe that starts scheduled tasks."""
        self.group: asyncio.TaskGroup | None = None

    def settle(self) -> None:
        """Let everything happen that is due by now. Called before anybody looks."""
        for settle in self.settlers:
            settle()

    def listening(self, port: int) -> Handler | None:
        """What serves a port of loopback just now."""
        self.settle()
        owned = (owner(port) for owner in self.port_owners)
        return self.ports.get(port) or next((each for each in owned if each is not None), None)

    def install(self, path: str, program: Program, *, size: int = 180_000) -> None:
        """Put an executable on the disk."""
        self.programs[path.lower()] = program
        self.files.write(path, b"", size=size)

    def find_program(self, word: str, directory: str) -> str | None:
        """The path of the program a word means, as CreateProcess and cmd.exe look for it."""
        if "\\" in word or ":" in word or "/" in word:
            full = word.replace("/", "\\")
            places = [full if full[1:2] == ":" else f"{directory}\\{full}"]
        else:
            places = [f"{folder}\\{word}" for folder in (directory, *SEARCH_PATH)]
        for place in places:
            for path in (place, f"{place}.exe"):
                if path.lower() in self.programs and not self.files.is_hidden(path):
                    return path
        return None

    def lacking(self) -> list[str]:
        """The paths of the program that a fault takes away."""
        return [path for path in self.programs if _is(path, self.faults.program_missing)]

    def locate(self, line: str, directory: str) -> str:
        """The program a raw line starts, as CreateProcess finds it.

        Raises:
            FileNotFoundError: there is none (Windows error 2).
        """
        if line.startswith('"'):
            words = iter([line[1:].partition('"')[0]])
        else:
            words = (line[: end.start()] for end in re.finditer(r"[ \t]|\Z", line))
        for word in words:
            found = self.find_program(word, directory)
            if found is not None:
                return found
        raise FileNotFoundError("The system cannot find the file specified.")

    def start(self, start: Start) -> PipedProcess:
        """Start a program.

        Raises:
            FileNotFoundError: there is none of that name (Windows error 2).
            RuntimeError: the machine is not switched on.
        """
        if self.group is None:
            raise RuntimeError(f"{self.name} is not switched on")
        self.settle()
        if len(start.line) > LONGEST_LINE:
            raise FileNotFoundError("The filename or extension is too long.")
        path = self.locate(start.line, start.directory)
        argv = _argv(start.line, path)
        pid = self.processes.new_pid()
        process = PipedProcess(
            pid,
            interrupt=lambda: self._interrupt(pid),
            terminate=lambda: self._terminate(pid),
        )
        invocation = Invocation(
            host=self,
            start=start,
            path=path,
            argv=argv,
            tail=_tail(start.line, path),
            process=process,
        )
        task = self.group.create_task(self._body(invocation))
        self._enter(invocation, task)
        return process

    def note(
        self,
        invocation: Invocation,
        *,
        kind: str,
        effect: str,
        exit_code: int | None = None,
        index: int | None = None,
        install: str = "",
    ) -> None:
        """Write one fact about a running program into the journal."""
        self.journal.write(
            at=self.clock.now(),
            workstation=self.name,
            kind=kind,
            session=invocation.start.session,
            user=invocation.start.user,
            pid=invocation.process.pid,
            argv=invocation.argv,
            exit_code=exit_code,
            effect=effect,
            index=index,
            install=install,
            job=invocation.start.job,
        )

    async def _body(self, invocation: Invocation) -> int:
        delay = self.faults.slow_commands_s
        try:
            if delay > 0:
                await self.clock.sleep(self.clock.from_real(delay))
            self.settle()
            if _is(invocation.path, self.faults.program_hangs):
                await asyncio.get_running_loop().create_future()
            if _is(invocation.path, self.faults.program_garbage):
                invocation.process.write_out(GARBAGE)
                return 0
            return await self.programs[invocation.path.lower()](invocation)
        except Exception:  # noqa: BLE001 - a program's own boundary: it crashes, Windows does not
            invocation.err(traceback.format_exc())
            self.note(invocation, kind="process", effect="simulator_error")
            return ACCESS_VIOLATION

    def _enter(self, invocation: Invocation, task: "asyncio.Task[int]") -> None:
        process, start = invocation.process, invocation.start
        forced = 1

        def end(exit_code: int) -> None:
            nonlocal forced
            forced = exit_code
            task.cancel()

        def done(task: "asyncio.Task[int]") -> None:
            self.processes.drop(process.pid)
            process.finish(forced if task.cancelled() else task.result())

        task.add_done_callback(done)
        self.processes.add(
            Process(
                pid=process.pid,
                parent=start.parent,
                name=invocation.path.rpartition("\\")[2],
                path=invocation.path,
                line=start.line,
                session=start.session,
                user=start.user,
                created=self.clock.now(),
                job=self.processes.job_of(start.parent) or process.pid,
                end=end,
            )
        )
        self.note(invocation, kind="process", effect="started")

    def _interrupt(self, pid: int) -> None:
        # Ctrl-C reaches console programs; a window that one of them opened goes on.
        tree = [row for row in self._tree(pid) if row.end is not None]
        self.processes.kill(tree, exit_code=CONTROL_C_EXIT)

    def _terminate(self, pid: int) -> None:
        tree = self._tree(pid)
        if not self.faults.children_die_with_shell:
            tree = [row for row in tree if row.end is not None]
        self.processes.kill(tree)

    def _tree(self, pid: int) -> list[Process]:
        own = self.processes.get(pid)
        rows = [*self.processes.in_job(pid), *self.processes.descendants(pid)]
        rows += [own] if own else []
        return list({row.pid: row for row in rows}.values())


def _is(path: str, name: str) -> bool:
    return bool(name) and path.rpartition("\\")[2].lower() == name.lower()


def _argv(line: str, path: str) -> list[str]:
    # An unquoted path with blanks is one word for CreateProcess and several for the program.
    argv = commandline.split(line)
    return argv or [path]


def _tail(line: str, path: str) -> str:
    if line.startswith('"'):
        return line[1:].partition('"')[2]
    name = len(path)
    if line[:name].lower() == path.lower():
        return line[name:]
    return line.lstrip(commandline.BLANKS).partition(" ")[2]
