"""One program over one session of a connection."""

import asyncio
from contextlib import suppress
from typing import Any, cast

import asyncssh
from asyncssh import constants

from ldfleet import errors
from ldfleet.domain.process import ProcessResult
from ldfleet.shield import unbroken
from ldfleet.transports.faults import no_answer
from ldfleet.transports.order import Order, Output
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.faults import translated

NOT_OPENED = frozenset(
    {
        constants.OPEN_ADMINISTRATIVELY_PROHIBITED,
        constants.OPEN_CONNECT_FAILED,
        constants.OPEN_RESOURCE_SHORTAGE,
    }
)


class Session(asyncssh.SSHClientSession[bytes]):
    """Collects what a program writes, until the session is over."""

    def __init__(self, output: Output) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.exit_code: int | None = None
        self._output = output

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Called by asyncssh."""
        stream = "stderr" if datatype == constants.EXTENDED_DATA_STDERR else "stdout"
        self._output.add({stream: data})

    def exit_status_received(self, status: int) -> None:
        """Called by asyncssh."""
        self.exit_code = status

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncssh, once, at the end of the session."""
        del exc
        if not self.over.done():
            self.over.set_result(None)


async def run(
    connection: asyncssh.SSHClientConnection,
    order: Order,
    line: str,
    *,
    place: Place,
    opening: float,
) -> ProcessResult:
    """Run a line in the account's shell, to its end.

    Raises:
        WorkstationBusy: sshd refuses more sessions; nothing was started.
        OutcomeUnknown: the link was lost, or the program was ended from outside.
    """
    output = Output(order.output_bytes)
    channel, session = await unbroken(
        _started(connection, line, output, place=place, program=order.program, opening=opening)
    )
    try:
        with suppress(BrokenPipeError):  # it is over already; what it came to is seen below
            if order.stdin is not None:
                _write(channel, order.stdin)
            channel.write_eof()
        await session.over
    finally:
        channel.abort()
    if session.exit_code is None:
        # A lost link is no exception here: without an exit status nothing is known
        # (real-components.md 3).
        raise no_answer(place, order.program, "the session ended without an exit status")
    return output.result(session.exit_code)


async def _started(
    connection: asyncssh.SSHClientConnection,
    line: str,
    output: Output,
    *,
    place: Place,
    program: str,
    opening: float,
) -> tuple[asyncssh.SSHClientChannel[bytes], Session]:
    session = Session(output)
    with translated(place, program):
        try:
            async with asyncio.timeout(opening):
                channel = await _opened(connection, session, line)
        except asyncssh.ChannelOpenError as error:
            if connection.is_closed() or error.code not in NOT_OPENED:
                raise
            # Beyond MaxSessions sshd says `open failed`: nothing was started
            # (real-components.md 3).
            raise errors.WorkstationBusy(
                workstation=place.workstation, reason=error.reason
            ) from error
    return channel, session


# asyncssh leaves the types of its generics open; here they meet ours.


async def _opened(
    connection: asyncssh.SSHClientConnection, session: Session, line: str
) -> asyncssh.SSHClientChannel[bytes]:
    create = cast("Any", connection).create_session
    channel, _ = await create(lambda: session, line, encoding=None, request_pty=False)
    return cast("asyncssh.SSHClientChannel[bytes]", channel)


def _write(channel: asyncssh.SSHClientChannel[bytes], data: bytes) -> None:
    cast("Any", channel).write(data)
