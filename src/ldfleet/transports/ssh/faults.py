"""What foreign exceptions mean in our words: one table."""

from contextlib import AbstractContextManager

import asyncssh

from ldfleet import errors
from ldfleet.transports import faults
from ldfleet.transports.faults import SOCKETS, Meanings, no_answer, nonsense, unreachable, words_of
from ldfleet.transports.place import Place

_SSHD_REFUSED = frozenset(
    {asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, asyncssh.OPEN_RESOURCE_SHORTAGE}
)


def _no_session(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    """Beyond MaxSessions sshd says `open failed`: nothing was started (real-components.md 3)."""
    if isinstance(error, asyncssh.ChannelOpenError) and error.code in _SSHD_REFUSED:
        return errors.WorkstationBusy(workstation=place.workstation, reason=words_of(error))
    return no_answer(place, program, words_of(error))


MEANINGS: Meanings = {
    **SOCKETS,
    asyncssh.ChannelOpenError: _no_session,
    asyncssh.ConnectionLost: unreachable,
    asyncssh.DisconnectError: nonsense,
    asyncssh.Error: nonsense,
}


def translated(place: Place, program: str | None = None) -> AbstractContextManager[None]:
    """Raise our errors for those of sockets and SSH."""
    return faults.translated(MEANINGS, place, program)
