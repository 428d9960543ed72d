"""What foreign exceptions mean in our words: one table."""

import re
import ssl
import struct
import xml.etree.ElementTree as ET
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from pypsrp.exceptions import WinRMError, WinRMTransportError, WSManFaultError
from spnego.exceptions import SpnegoError

from ldfleet import errors
from ldfleet.transports import faults
from ldfleet.transports.faults import SOCKETS, Meanings, no_answer, nonsense, unreachable, words_of
from ldfleet.transports.place import Place
from ldfleet.transports.winrm.connection import LinkLost
from ldfleet.transports.winrm.http import BadReply

STILL_RUNNING = 2150858793
SHELL_GONE = 2150858843
TOO_MANY_SHELLS = 2150859173
TOO_MANY_OPERATIONS = 2150859174
ACCESS_DENIED = frozenset({5, 2147942405, 2150858759})
NO_SUCH_PROGRAM = frozenset({2, 3, 2147942402, 2147942403})

_WMI_ERROR_CODE = re.compile(r"<(?:\w+:)?error_Code\b[^>]*>\s*(\d+)\s*<")
_FORBIDDEN = 403


def code_of(fault: WSManFaultError) -> int | None:
    """Windows' number for a fault.

    Spent quotas may come without a WSManFault, as MSFT_WmiError; pypsrp does not read that one,
    but leaves the reply in the exception it replaced (winrm.md 1).
    """
    if isinstance(fault.code, int):
        return fault.code
    reply = fault.__context__
    if isinstance(reply, WinRMTransportError):
        found = _WMI_ERROR_CODE.search(reply.response_text)
        return int(found[1]) if found else None
    return None


def _bad_status(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    status = error.code if isinstance(error, WinRMTransportError) else None
    if program is not None:
        return no_answer(place, program, f"HTTP {status}")
    if status == _FORBIDDEN:
        return errors.WorkstationDeniedAccess(workstation=place.workstation, reason="HTTP 403")
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=f"HTTP {status}")


def _fault(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    code = code_of(error) if isinstance(error, WSManFaultError) else None
    words = " ".join(words_of(error).split())
    if program is not None:
        return no_answer(place, program, words)
    if code in ACCESS_DENIED:
        return errors.WorkstationDeniedAccess(workstation=place.workstation, reason=words)
    if code in {TOO_MANY_SHELLS, TOO_MANY_OPERATIONS}:
        return errors.WorkstationBusy(workstation=place.workstation, reason=words)
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=words)


MEANINGS: Meanings = {
    **SOCKETS,
    LinkLost: unreachable,
    ssl.SSLError: nonsense,
    BadReply: nonsense,
    SpnegoError: nonsense,
    WSManFaultError: _fault,
    WinRMTransportError: _bad_status,
    WinRMError: nonsense,
    ET.ParseError: nonsense,
    struct.error: nonsense,  # a sealed message that is too short
    ValueError: nonsense,
    LookupError: nonsense,
    AttributeError: nonsense,  # pypsrp reaches into elements that a reply may lack
}


def translated(place: Place, program: str | None = None) -> AbstractContextManager[None]:
    """Raise our errors for those of sockets, TLS, HTTP, SPNEGO and WS-Man."""
    return faults.translated(MEANINGS, place, program)


@contextmanager
def running(place: Place, program: str) -> Generator[None]:
    """As `translated`, for a program that has been started: any failure leaves it unknown."""
    try:
        with translated(place, program):
            yield
    except errors.OutcomeUnknown:
        raise
    except errors.FleetError as error:
        raise no_answer(place, program, str(error)) from error
