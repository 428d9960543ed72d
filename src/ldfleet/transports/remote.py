"""A workstation at the far end of whatever carries command lines there: what all transports do.

How a command line gets there is the carrier's; files, checksums, programs on the desktop and,
where the carrier can't ask WMI itself, system facts are asked of our scripts (scripts.md).
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ldfleet import errors
from ldfleet.domain.facts import FileStat, SystemFacts
from ldfleet.domain.process import ProcessResult
from ldfleet.ports import Clock, NewId, Stream
from ldfleet.telemetry import logger
from ldfleet.transports import quoting
from ldfleet.transports.desktop import Desktop
from ldfleet.transports.facts import QUESTIONS, Answers, Question, facts_of
from ldfleet.transports.files import RemoteFiles
from ldfleet.transports.order import Carry, Order
from ldfleet.transports.powershell import PowerShell, Script

log = logger("ldfleet.transport")

OUTPUT_BYTES = 1 << 20
_CMD_FOUND_NOTHING = frozenset({1, 9009})

Dial = Callable[[int], AbstractAsyncContextManager[Stream]]
"""Opens a connection to a port of the workstation."""


class Bulk(Protocol):
    """Files of any size, without our scripts."""

    async def send_file(self, path: str, pieces: AsyncIterable[bytes]) -> None:
        """See `ports.Transport`."""
        ...

    def fetch_file(self, path: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """See `ports.Transport`."""
        ...


AskWmi = Callable[[Sequence[Question]], Awaitable[Answers]]


class RemoteTransport:
    """Fulfils `ports.Transport`. Cheap: all that is kept lives behind `carry`."""

    def __init__(
        self,
        carry: Carry,
        *,
        workstation: str,
        clock: Clock,
        new_id: NewId,
        ask_wmi: AskWmi | None = None,
        dial: Dial | None = None,
        bulk: Bulk | None = None,
    ) -> None:
        self._carry = carry
        self._workstation = workstation
        self._clock = clock
        self._new_id = new_id
        self._powershell = PowerShell(carry, workstation=workstation, sleep=clock.sleep)
        self._files = RemoteFiles(self._powershell, workstation=workstation)
        self._desktop = Desktop(self._powershell, self._files, workstation=workstation, clock=clock)
        self._ask_wmi = ask_wmi or self._ask_script
        self._dial = dial
        self._bulk = bulk

    async def run(
        self,
        argv: Sequence[str],
        *,
        deadline: float,
        desktop: bool = False,
        key: str | None = None,
        stdin: bytes = b"",
        output_bytes: int = OUTPUT_BYTES,
    ) -> ProcessResult:
        """See `ports.Transport`. The deadline counts from the start on the workstation."""
        started = self._clock.monotonic()
        if desktop:
            quoting.check_arguments(argv)
            key = key or self._new_id("job")
            result = await self._desktop.run(argv, deadline=deadline, key=key)
        else:
            result = await self._run(argv, deadline, output_bytes, stdin)
        log.debug(
            "command.ran",
            workstation=self._workstation,
            program=argv[0].rpartition("\\")[2],
            exit_code=result.exit_code,
            duration_ms=round(1000 * (self._clock.monotonic() - started)),
        )
        return result

    async def _run(
        self, argv: Sequence[str], deadline: float, output_bytes: int, stdin: bytes
    ) -> ProcessResult:
        order = Order.of(argv, deadline=deadline, output_bytes=output_bytes, stdin=stdin)
        result = await self._carry(order)
        if _is_missing(order, result) and not await self._files.existing([order.program]):
            raise errors.ProgramNotFound(workstation=self._workstation, program=order.program)
        return result

    async def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `ports.Transport`."""
        return await self._files.read(paths)

    async def write_file(self, path: str, content: bytes) -> None:
        """See `ports.Transport`."""
        await self._files.write(path, content)

    async def send_file(self, path: str, pieces: AsyncIterable[bytes]) -> None:
        """See `ports.Transport`."""
        await self._in_bulk().send_file(path, pieces)

    def fetch_file(self, path: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """See `ports.Transport`."""
        return self._in_bulk().fetch_file(path)

    def _in_bulk(self) -> Bulk:
        if self._bulk is None:
            raise errors.FileTransferUnsupported(
                workstation=self._workstation, reason="WinRM carries commands, no files"
            )
        return self._bulk

    async def exists(self, paths: Sequence[str]) -> frozenset[str]:
        """See `ports.Transport`."""
        return await self._files.existing(paths)

    async def stat(self, paths: Sequence[str]) -> Mapping[str, FileStat | None]:
        """See `ports.Transport`."""
        return await self._files.stat(paths)

    async def checksum(self, path: str) -> str | None:
        """See `ports.Transport`."""
        return await self._files.checksum(path)

    async def remove_files(self, paths: Sequence[str]) -> frozenset[str]:
        """See `ports.Transport`."""
        return await self._files.remove(paths)

    def forward(self, port: int) -> AbstractAsyncContextManager[Stream]:
        """See `ports.Transport`."""
        if self._dial is None:
            raise errors.PortForwardUnsupported(
                workstation=self._workstation, reason="WinRM carries commands, no connections"
            )
        return self._dial(port)

    async def query(self) -> SystemFacts:
        """See `ports.Transport`."""
        answers = await self._ask_wmi(QUESTIONS)
        try:
            return facts_of(answers)
        except ValueError as error:
            raise errors.WorkstationSaidNonsense(
                workstation=self._workstation, reason=str(error)
            ) from error

    async def _ask_script(self, questions: Sequence[Question]) -> Answers:
        request = {"queries": [{"class": each.of, "where": each.where} for each in questions]}
        answer = await self._powershell.ask(Script.WMI, request)
        found: Sequence[Sequence[Mapping[str, str | None]]] = answer.get("answers", ())
        if len(found) != len(questions):
            raise self._powershell.nonsense(f"{len(found)} answers to {len(questions)} questions")
        return dict(zip(questions, found, strict=True))


def _is_missing(order: Order, result: ProcessResult) -> bool:
    """Whether cmd.exe may have found no such program.

    cmd.exe stands between over SSH, and may over WinRS though told not to (winrm.md 6). It tells
    of it in Windows' own language; so it is looked up.
    """
    return (
        quoting.is_full_path(order.program)
        and result.exit_code in _CMD_FOUND_NOTHING
        and bool(result.stderr)
        and not result.stdout
    )
