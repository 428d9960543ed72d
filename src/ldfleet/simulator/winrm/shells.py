"""Shells and the commands in them: who owns them, what they still owe, when they expire."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ldfleet.simulator.seam import RemoteProcess
from ldfleet.simulator.winrm import refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One answer to a Receive."""

    stdout: bytes
    stderr: bytes
    exit_code: int | None
    """Set once everything has been handed over."""


class Command:
    """A process of a shell, and what it has written that no Receive has taken yet."""

    def __init__(self, command_id: str, process: RemoteProcess) -> None:
        self.id = command_id
        self.process = process
        self.reading = asyncio.Lock()
        self.replay: tuple[str, str] = ("", "")
        """MessageID of the last Receive, and its answer: the same request gets the same."""
        self._stdout = b""
        self._stderr = b""
        self._exit_code: int | None = None

    @property
    def over(self) -> bool:
        return self._exit_code is not None

    async def take(self, room: int) -> Output:
        """Wait for output or the end, and take at most `room` bytes of each stream."""
        while not (self._stdout or self._stderr or self.over):
            chunk = await self.process.read()
            self._stdout += chunk.stdout
            self._stderr += chunk.stderr
            self._exit_code = chunk.exit_code
        stdout, self._stdout = self._stdout[:room], self._stdout[room:]
        stderr, self._stderr = self._stderr[:room], self._stderr[room:]
        left = self._stdout or self._stderr
        return Output(stdout=stdout, stderr=stderr, exit_code=None if left else self._exit_code)


@dataclass(slots=True, kw_only=True, eq=False)
class Shell:
    id: str
    owner: str
    client_ip: str
    name: str
    code_page: int
    environment: Mapping[str, str]
    working_directory: str | None
    idle_timeout_s: float
    created: float
    touched: float
    operations: int = 0
    """Commands counted against MaxConcurrentOperationsPerUser."""
    gone: bool = False
    polls: int = 0
    """Receives waiting right now; a polled shell is not idle."""
    commands: dict[str, Command] = field(default_factory=dict[str, Command])

    def command(self, command_id: str) -> Command:
        if command_id not in self.commands:
            raise refusals.no_such_command()
        return self.commands[command_id]

    def end(self) -> None:
        self.gone = True
        for command in self.commands.values():
            command.process.terminate()
        self.commands.clear()


class Shells:
    """All shells of a workstation."""

    def __init__(self, *, chance: random.Random, clock: Callable[[], float]) -> None:
        self._chance = chance
        self._clock = clock
        self._shells: dict[str, Shell] = {}

    def new_id(self) -> str:
        digits = f"{self._chance.getrandbits(128):032X}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-9{digits[17:20]}-{digits[20:]}"

    def add(self, shell: Shell) -> None:
        self._shells[shell.id] = shell

    def find(self, shell_id: str, user: str) -> Shell:
        """The shell, which counts as used by that.

        Raises:
            Refusal: it does not exist, or is another user's.
        """
        self._expire()
        shell = self._shells.get(shell_id.upper())
        if shell is None:
            raise refusals.no_such_shell(shell_id)
        if shell.owner.casefold() != user.casefold():
            raise refusals.access_denied()
        shell.touched = self._clock()
        return shell

    def of(self, user: str) -> list[Shell]:
        self._expire()
        return [each for each in self._shells.values() if each.owner.casefold() == user.casefold()]

    def drop(self, shells: Iterable[Shell]) -> None:
        for shell in list(shells):
            del self._shells[shell.id]
            shell.end()

    def drop_all(self) -> None:
        self.drop(self._shells.values())

    def _expire(self) -> None:
        now = self._clock()
        idle = (
            each
            for each in self._shells.values()
            if not each.polls and now - each.touched > each.idle_timeout_s
        )
        self.drop(idle)
