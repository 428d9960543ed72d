"""The process table of one machine."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Process:
    """A row of the table; `end` stops the coroutine behind it, if there is one."""

    pid: int
    parent: int
    name: str
    path: str
    line: str
    session: int
    user: str
    created: float
    """Simulated seconds since the farm began."""
    working_set: int = 12 << 20
    job: int = 0
    """The pid of the program that a shell or the system started; its whole tree shares it."""
    end: Callable[[int], None] | None = None


class ProcessTable:
    """Numbers are multiples of four, as Windows gives them, and are not used again soon."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._rows: dict[int, Process] = {}
        self._last = 4

    def new_pid(self) -> int:
        while True:
            self._last += 4 * self._rng.randint(1, 40)
            if self._last > 90_000:  # noqa: PLR2004 - about where Windows' numbers wrap
                self._last = 2000
            if self._last not in self._rows:
                return self._last

    def add(self, process: Process) -> None:
        self._rows[process.pid] = process

    def get(self, pid: int) -> Process | None:
        return self._rows.get(pid)

    def all(self) -> list[Process]:
        return sorted(self._rows.values(), key=lambda row: row.pid)

    def named(self, name: str) -> list[Process]:
        return [row for row in self.all() if row.name.lower() == name.lower()]

    def descendants(self, pid: int) -> list[Process]:
        """Children and theirs, also when the process itself has ended."""
        found: list[Process] = []
        parents = {pid}
        for row in self._rows.values():  # in the order they started: parents come first
            if row.parent in parents and row.pid not in parents:
                parents.add(row.pid)
                found.append(row)
        return found

    def in_job(self, job: int) -> list[Process]:
        return [row for row in self._rows.values() if job and row.job == job]

    def job_of(self, pid: int) -> int:
        row = self._rows.get(pid)
        return row.job if row else 0

    def drop(self, pid: int) -> None:
        """The process ended by itself."""
        self._rows.pop(pid, None)

    def kill(self, processes: Iterable[Process], *, exit_code: int = 1) -> None:
        for process in processes:
            self._rows.pop(process.pid, None)
            if process.end is not None:
                process.end(exit_code)
