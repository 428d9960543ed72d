"""The seam inside a simulated workstation: network endpoints above, the machine below.

An endpoint (WinRM, SSH) carries bytes and knows protocols; the machine knows
accounts, programs, files and LDPlayer. Each half can be read and tested without the other.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

CimValue = str | int | bool | None | Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CimInstance:
    """One instance of a WMI class. A datetime is a string in CIM form, told by `datetimes`."""

    class_name: str
    namespace: str = "root/cimv2"
    properties: Mapping[str, CimValue] = field(default_factory=dict[str, CimValue])
    datetimes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What a remote process has written since the last look; `exit_code` once it has ended."""

    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int | None = None


class Reader(Protocol):
    """What a client of a port writes. asyncio's and asyncssh's readers are such."""

    async def read(self, n: int = -1, /) -> bytes:
        """Some bytes; none where it has ended."""
        ...

    async def readexactly(self, n: int, /) -> bytes:
        """So many. Raises asyncio.IncompleteReadError."""
        ...


class Writer(Protocol):
    """What is written to a client of a port."""

    def write(self, data: bytes, /) -> None: ...

    async def drain(self) -> None:
        """Wait until the client has taken enough. Raises OSError once it is gone."""
        ...

    def close(self) -> None: ...


Handler = Callable[[Reader, Writer], Awaitable[None]]
"""What serves a port: it is called for each connection and returns once that is over."""


class RemoteProcess(Protocol):
    """A program running on the machine, in session 0, on behalf of a network logon."""

    pid: int

    def feed(self, data: bytes, *, end: bool) -> None:
        """Give it standard input; `end` closes the stream."""
        ...

    async def read(self) -> Chunk:
        """Wait for output or the end, and take it; after the end, the same last chunk."""
        ...

    def interrupt(self) -> None:
        """Ctrl-C: a program may clean up; it ends with exit code 0xC000013A."""
        ...

    def terminate(self) -> None:
        """End it and its children now."""
        ...


class Machine(Protocol):
    """What an endpoint needs of the machine behind it."""

    name: str
    """NetBIOS name; also the domain of its local accounts."""

    def password_of(self, user: str) -> str | None:
        """The password of a local account (names ignore case), or None."""
        ...

    def start(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        user: str,
        skip_cmd_shell: bool,
        code_page: int,
        environment: Mapping[str, str],
        working_directory: str | None,
    ) -> RemoteProcess:
        """Start `command arguments…` as WinRS does: words joined by single blanks, as they came.

        Without `skip_cmd_shell` the line goes to cmd.exe /C, else `command` starts directly.

        Raises:
            FileNotFoundError: with `skip_cmd_shell`, there is no such program (Windows error 2).
        """
        ...

    def listening(self, port: int) -> Handler | None:
        """What serves a TCP port of its loopback, if anything does."""
        ...

    def query(self, namespace: str, class_name: str) -> Sequence[CimInstance]:
        """All instances of a WMI class.

        Raises:
            LookupError: there is no such namespace or class.
        """
        ...
