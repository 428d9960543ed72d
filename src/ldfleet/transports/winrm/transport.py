"""Bytes to and from one workstation over WinRM."""

from collections.abc import Mapping, Sequence

from ldfleet import errors
from ldfleet.domain.facts import FileStat, SystemFacts
from ldfleet.domain.process import ProcessResult
from ldfleet.ports import Clock, NewId
from ldfleet.telemetry import logger
from ldfleet.transports import quoting
from ldfleet.transports.desktop import Desktop
from ldfleet.transports.files import RemoteFiles
from ldfleet.transports.powershell import PowerShell
from ldfleet.transports.winrm import facts
from ldfleet.transports.winrm.faults import translated
from ldfleet.transports.winrm.order import Order
from ldfleet.transports.winrm.pool import Pool
from ldfleet.transports.winrm.tuning import Tuning

log = logger("ldfleet.winrm")

_CMD_FOUND_NOTHING = frozenset({1, 9009})


class WinRMTransport:
    """Fulfils `ports.Transport`. Cheap: all that is kept lives in the pool."""

    def __init__(self, pool: Pool, *, clock: Clock, new_id: NewId, tuning: Tuning) -> None:
        self._pool = pool
        self._clock = clock
        self._new_id = new_id
        self._tuning = tuning
        workstation = pool.place.workstation
        powershell = PowerShell(self._run_script, workstation=workstation, sleep=clock.sleep)
        self._files = RemoteFiles(powershell, workstation=workstation)
        self._desktop = Desktop(powershell, self._files, workstation=workstation, clock=clock)

    async def run(
        self,
        argv: Sequence[str],
        *,
        deadline: float,
        desktop: bool = False,
        key: str | None = None,
    ) -> ProcessResult:
        """See `ports.Transport`. The deadline counts from the start on the workstation."""
        started = self._clock.monotonic()
        if desktop:
            quoting.check_arguments(argv)
            key = key or self._new_id("job")
            result = await self._desktop.run(argv, deadline=deadline, key=key)
        else:
            result = await self._run(argv, deadline)
        log.debug(
            "command.ran",
            workstation=self._pool.place.workstation,
            program=argv[0].rpartition("\\")[2],
            exit_code=result.exit_code,
            duration_ms=round(1000 * (self._clock.monotonic() - started)),
        )
        return result

    async def _run(self, argv: Sequence[str], deadline: float) -> ProcessResult:
        order = Order.of(argv, deadline=deadline, output_bytes=self._tuning.output_bytes)
        result = await self._pool.run(order)
        if _is_missing(order, result) and not await self._files.existing([order.program]):
            raise errors.ProgramNotFound(
                workstation=self._pool.place.workstation, program=order.program
            )
        return result

    async def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `ports.Transport`."""
        return await self._files.read(paths)

    async def write_file(self, path: str, content: bytes) -> None:
        """See `ports.Transport`."""
        await self._files.write(path, content)

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

    async def query(self) -> SystemFacts:
        """See `ports.Transport`."""
        async with self._pool.session() as session:
            with translated(self._pool.place):
                return await facts.collect(session)

    async def _run_script(
        self, argv: Sequence[str], stdin: bytes, deadline: float
    ) -> ProcessResult:
        order = Order(
            program=argv[0],
            words=argv,
            skip_cmd_shell=False,  # powershell.exe is found by the search path
            deadline=deadline,
            stdin=stdin,
            output_bytes=self._tuning.script_output_bytes,
        )
        return await self._pool.run(order)


def _is_missing(order: Order, result: ProcessResult) -> bool:
    """Whether cmd.exe may have found no such program.

    WinRS may put cmd.exe between though told not to (winrm.md 6), and cmd.exe tells of it in
    Windows' own language; so it is looked up.
    """
    return (
        quoting.is_full_path(order.program)
        and result.exit_code in _CMD_FOUND_NOTHING
        and bool(result.stderr)
        and not result.stdout
    )
