"""A link and the remote shell on it: one operation at a time."""

import asyncio
from typing import Any, cast

from pypsrp.exceptions import WSManFaultError
from pypsrp.shell import CommandState, SignalCode, WinRS
from pypsrp.wsman import NAMESPACES, WSMan

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.shield import unbroken
from ldfleet.transports.order import Order, Output
from ldfleet.transports.place import Place
from ldfleet.transports.winrm import cim
from ldfleet.transports.winrm.bridge import call
from ldfleet.transports.winrm.faults import (
    NO_SUCH_PROGRAM,
    SHELL_GONE,
    STILL_RUNNING,
    TOO_MANY_OPERATIONS,
    code_of,
    running,
    translated,
)
from ldfleet.transports.winrm.link import Link
from ldfleet.transports.winrm.tuning import Tuning

UTF_8 = 65001


class ShellUnusable(Exception):
    """The shell is gone or used up. Nothing was started: another one may be tried."""


class Session:
    """Between uses it keeps its shell, and its connection for a while."""

    def __init__(
        self, link: Link, place: Place, *, shell_name: str, live_shells: set[str], tuning: Tuning
    ) -> None:
        self.link = link
        self._live_shells = live_shells
        self._place = place
        self._shell_name = shell_name
        self._tuning = tuning
        self._wsman = WSMan(place.address.host, operation_timeout=tuning.operation, no_proxy=True)
        self._wsman.transport = cast("Any", link)  # the seam pypsrp's own tests use (winrm.md 0)
        self._shell: WinRS | None = None
        self._commands = 0
        self._starting = False
        self._running: str | None = None

    @property
    def shell_id(self) -> str | None:
        """The id of its shell, which may not be there any more."""
        return self._shell.id if self._shell is not None else None

    async def open_shell(self) -> None:
        """Open a shell. Raises WorkstationBusy, WorkstationDeniedAccess."""
        shell = WinRS(
            self._wsman,
            codepage=UTF_8,
            idle_time_out=self._tuning.idle_shell,
            name=self._shell_name,
        )
        with translated(self._place):
            await call(shell.open)
        self._shell, self._commands = shell, 0
        self._live_shells.add(shell.id or "")

    async def run(self, order: Order) -> ProcessResult:
        """Run it to its end in the open shell.

        Raises:
            ShellUnusable: it was not started.
        """
        self._starting, self._running = False, None
        try:
            async with asyncio.timeout(order.deadline) as limit:
                return await call(self._converse, order, limit)
        except TimeoutError as error:
            raise await self._late(order) from error
        except asyncio.CancelledError:
            await unbroken(self._end(order.program))
            raise

    async def shells_named(self) -> set[str]:
        """The ids of this account's shells on the workstation that bear our name."""
        await self.link.ready()
        with translated(self._place):
            found = await call(cim.enumerate_, self._wsman, cim.SHELLS)
        return {
            str(each["ShellId"])
            for each in found
            if each.get("Name") == self._shell_name and each.get("ShellId")
        }

    async def delete_strays(self) -> None:
        """Delete the shells an earlier process of this name has left behind."""
        for shell_id in await self.shells_named() - self._live_shells:
            with translated(self._place):
                await call(self._wsman.delete, cim.CMD, selector_set=cim.selecting(shell_id))

    async def query(self, class_name: str, where: str | None = None) -> list[cim.Instance]:
        """Instances of a WMI class; needs no shell."""
        with translated(self._place):
            return await call(cim.instances, self._wsman, class_name, where)

    async def delete_shell(self) -> None:
        """Delete the shell, and with it what runs in it."""
        shell = self.forget_shell()
        if shell is None:
            return
        try:
            with translated(self._place):
                await self.link.ready()
                await call(shell.close)
        except errors.WorkstationSaidNonsense as error:
            if not _is_fault(error, SHELL_GONE):
                raise

    def forget_shell(self) -> WinRS | None:
        """Be without a shell; it is no longer known as one in use."""
        shell, self._shell = self._shell, None
        if shell is not None:
            self._live_shells.discard(shell.id or "")
        return shell

    # What follows up to `_release` runs inside `call`: it reads like code that blocks.

    def _converse(self, order: Order, limit: asyncio.Timeout) -> ProcessResult:
        command_id = self._start(order)
        with running(self._place, order.program):
            if order.stdin is not None:
                self._feed(order.stdin, command_id)
            result = self._drain(command_id, Output(order.output_bytes))
        limit.reschedule(None)  # it is over, and what it gave is known
        self._release(command_id)
        return result

    def _start(self, order: Order) -> str:
        shell = self._opened()
        command, arguments = order.started_by
        self._starting = True
        self._commands += 1
        try:
            with translated(self._place, order.program):
                reply = shell.command(command, arguments, order.skip_cmd_shell)
        except errors.OutcomeUnknown as unknown:
            fault = unknown.__cause__
            if isinstance(fault, WSManFaultError):
                self._starting = False
                raise self._not_started(fault, order.program) from fault
            raise
        command_id = reply.findtext("rsp:CommandResponse/rsp:CommandId", namespaces=NAMESPACES)
        self._running, self._starting = command_id, False
        if not command_id:
            raise errors.WorkstationSaidNonsense(
                workstation=self._place.workstation, reason="a command without an id"
            )
        return command_id

    def _not_started(self, fault: WSManFaultError, program: str) -> Exception:
        """A fault in answer to Command says that nothing runs."""
        code = code_of(fault)
        if code == SHELL_GONE:
            self.forget_shell()
            return ShellUnusable("it is gone")
        if code == TOO_MANY_OPERATIONS:
            return ShellUnusable("Windows counts too many operations in it")
        if code in NO_SUCH_PROGRAM:
            return errors.ProgramNotFound(workstation=self._place.workstation, program=program)
        return _meaning(fault, self._place)

    def _feed(self, data: bytes, command_id: str) -> None:
        shell = self._opened()
        size: int = self._wsman.max_payload_size
        for start in range(0, max(len(data), 1), size):
            last = start + size >= len(data)
            shell.send("stdin", data[start : start + size], command_id, last)

    def _drain(self, command_id: str, output: Output) -> ProcessResult:
        shell = self._opened()
        while True:
            try:
                state, exit_code, buffers = shell.receive("stdout stderr", command_id)
            except WSManFaultError as fault:
                if code_of(fault) == STILL_RUNNING:
                    continue
                raise
            output.add(buffers)
            if state == CommandState.DONE:
                if exit_code is None:
                    raise ValueError("it was ended from outside, without an exit code")
                return output.result(exit_code)

    def _release(self, command_id: str) -> None:
        """Tell Windows that the command is done with; recycle the shell in time."""
        self._running = None
        try:
            with translated(self._place):
                self._opened().signal(SignalCode.TERMINATE, command_id)
                if self._commands >= self._tuning.recycle_after and (old := self.forget_shell()):
                    old.close()
        except errors.FleetError:
            self.link.drop()

    async def _late(self, order: Order) -> errors.FleetError:
        if await unbroken(self._end(order.program)):
            return errors.CommandTimedOut(
                workstation=self._place.workstation,
                program=order.program,
                seconds=order.deadline,
            )
        return errors.OutcomeUnknown(
            workstation=self._place.workstation,
            program=order.program,
            reason=f"it did not end within {order.deadline:g} s and could not be ended",
        )

    async def _end(self, program: str) -> bool:
        """End what may be running, over a new connection: the old one is busy waiting for it."""
        self.link.drop()
        try:
            async with asyncio.timeout(self._tuning.cleanup):
                await self._kill(program)
        except (errors.FleetError, TimeoutError):
            self.link.drop()
            self.forget_shell()
            return False
        finally:
            self._starting, self._running = False, None
        return True

    async def _kill(self, program: str) -> None:
        if self._running is not None and not self._starting:
            try:
                await self._signal(SignalCode.CTRL_C, program)
                await self._signal(SignalCode.TERMINATE, program)
            except errors.FleetError:
                self.link.drop()
            else:
                return
        if self._running is not None or self._starting:
            await self.delete_shell()

    async def _signal(self, code: str, program: str) -> None:
        if self._running is not None:
            with translated(self._place, program):
                await call(self._opened().signal, code, self._running)

    def _opened(self) -> WinRS:
        if self._shell is None:
            raise ShellUnusable("it was not opened")
        return self._shell


def _meaning(fault: WSManFaultError, place: Place) -> Exception:
    try:
        with translated(place):
            raise fault
    except errors.FleetError as error:
        return error


def _is_fault(error: errors.FleetError, code: int) -> bool:
    return isinstance(error.__cause__, WSManFaultError) and code_of(error.__cause__) == code
