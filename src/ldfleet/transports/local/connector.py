"""Gives the transport to the PC that ldfleet runs on: no network between."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.process import ProcessResult
from ldfleet.domain.workstation import Credentials, Stage, StageName, TransportKind, Workstation
from ldfleet.ports import Clock, NewId, Transport
from ldfleet.shield import unbroken
from ldfleet.transports.ladder import climb
from ldfleet.transports.local.files import OwnFiles
from ldfleet.transports.local.programs import Program, Programs
from ldfleet.transports.local.sockets import OwnSockets, Sockets, dialled
from ldfleet.transports.order import Order, Output
from ldfleet.transports.remote import RemoteTransport

AT_ONCE = 8
_VERSION = ("cmd.exe", "/c", "ver")
_VERSION_S = 10.0
_VERSION_BYTES = 1 << 10


class LocalConnector:
    """Fulfils `ports.Connector`."""

    def __init__(
        self,
        programs: Programs,
        *,
        clock: Clock,
        new_id: NewId,
        sockets: Sockets | None = None,
    ) -> None:
        self._programs = programs
        self._sockets = sockets or OwnSockets()
        self._clock = clock
        self._new_id = new_id
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._closed = False

    kinds = (TransportKind.LOCAL,)

    @asynccontextmanager
    async def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AsyncGenerator[Transport]:
        """See `ports.Connector`."""
        del credentials
        yield RemoteTransport(
            self._carrier(workstation.name),
            workstation=workstation.name,
            clock=self._clock,
            new_id=self._new_id,
            dial=partial(dialled, self._sockets, workstation),
            bulk=OwnFiles(workstation=workstation.name),
        )

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """See `ports.Connector`: all that can fail is cmd.exe."""
        del credentials

        async def shell() -> str:
            result = await self._carrier(workstation.name)(
                Order(
                    argv=_VERSION,
                    words=_VERSION,
                    skip_cmd_shell=True,
                    deadline=_VERSION_S,
                    output_bytes=_VERSION_BYTES,
                )
            )
            return result.stdout.decode(errors="replace").strip()

        return await climb({StageName.SHELL: shell}, clock=self._clock)

    async def forget(self, workstation_id: WorkstationId) -> None:
        """Nothing is kept."""

    async def aclose(self) -> None:
        """Start nothing more."""
        self._closed = True

    def _carrier(self, workstation: str) -> "Carrier":
        return Carrier(self._programs, self._slots, workstation=workstation)


class Carrier:
    """Fulfils `Carry`."""

    def __init__(self, programs: Programs, slots: asyncio.Semaphore, *, workstation: str) -> None:
        self._programs = programs
        self._slots = slots
        self._workstation = workstation

    async def __call__(self, order: Order) -> ProcessResult:
        """Run it to its end; ended when it is cancelled or late."""
        async with self._slots:
            output = Output(order.output_bytes)
            program = await unbroken(self._start(order, output))
            try:
                async with asyncio.timeout(order.deadline):
                    await program.feed(order.stdin)
                    return output.result(await program.wait())
            except TimeoutError as error:
                raise await self._late(program, order) from error
            except asyncio.CancelledError:
                await unbroken(program.end())
                raise

    async def _start(self, order: Order, output: Output) -> Program:
        try:
            return await self._programs.start(order.argv, output.add)
        except FileNotFoundError as error:
            raise errors.ProgramNotFound(
                workstation=self._workstation, program=order.program
            ) from error
        except OSError as error:
            raise errors.WorkstationDeniedAccess(
                workstation=self._workstation, reason=error.strerror or str(error)
            ) from error

    async def _late(self, program: Program, order: Order) -> errors.FleetError:
        if await unbroken(program.end()):
            return errors.CommandTimedOut(
                workstation=self._workstation, program=order.program, seconds=order.deadline
            )
        return errors.OutcomeUnknown(
            workstation=self._workstation,
            program=order.program,
            reason=f"it did not end within {order.deadline:g} s and could not be ended",
        )
