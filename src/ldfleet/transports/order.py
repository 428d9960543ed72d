"""What is to run on a workstation, and what came of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from ldfleet.domain.process import ProcessResult
from ldfleet.transports import quoting


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A program with arguments."""

    argv: Sequence[str]
    words: Sequence[str]
    """The same as a command line's words: joined by blanks, as they are."""
    skip_cmd_shell: bool
    """WinRS may start it without cmd.exe; over SSH there is no such choice."""
    deadline: float
    """Seconds from its start there."""
    stdin: bytes | None = None
    output_bytes: int

    @classmethod
    def of(
        cls, argv: Sequence[str], *, deadline: float, output_bytes: int, stdin: bytes = b""
    ) -> "Order":
        """A program with arguments. Raises ArgumentRefused.

        Only a full path can start without cmd.exe.
        """
        return cls(
            argv=argv,
            words=quoting.command_words(argv),
            skip_cmd_shell=quoting.is_full_path(argv[0]),
            deadline=deadline,
            stdin=stdin or None,
            output_bytes=output_bytes,
        )

    @property
    def program(self) -> str:
        """As errors name it."""
        return self.argv[0]

    @property
    def started_by(self) -> tuple[str, list[str]]:
        """Command and arguments."""
        return self.words[0], list(self.words[1:])


Carry = Callable[[Order], Awaitable[ProcessResult]]
"""Runs it there to its end, with the promises of `ports.Transport.run` on links and deadlines."""


class Output:
    """Collects what a program writes, up to a number of bytes; the rest is read and dropped."""

    def __init__(self, limit: int) -> None:
        self._room = limit
        self._streams = {"stdout": bytearray(), "stderr": bytearray()}

    def add(self, buffers: Mapping[str, bytes]) -> None:
        """Take what has arrived."""
        for name, stream in self._streams.items():
            taken = buffers.get(name, b"")[: self._room]
            self._room -= len(taken)
            stream.extend(taken)

    def result(self, exit_code: int) -> ProcessResult:
        """With the exit code it is complete."""
        return ProcessResult(
            exit_code=exit_code,
            stdout=bytes(self._streams["stdout"]),
            stderr=bytes(self._streams["stderr"]),
        )
