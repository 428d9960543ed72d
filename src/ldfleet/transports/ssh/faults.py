"""What foreign exceptions mean in our words: one table."""

from contextlib import AbstractContextManager

import asyncssh

from ldfleet.transports import faults
from ldfleet.transports.faults import SOCKETS, Meanings, nonsense, unreachable
from ldfleet.transports.place import Place

MEANINGS: Meanings = {
    **SOCKETS,
    asyncssh.ChannelOpenError: unreachable,
    asyncssh.ConnectionLost: unreachable,
    asyncssh.DisconnectError: nonsense,
    asyncssh.Error: nonsense,
}


def translated(place: Place, program: str | None = None) -> AbstractContextManager[None]:
    """Raise our errors for those of sockets and SSH."""
    return faults.translated(MEANINGS, place, program)
