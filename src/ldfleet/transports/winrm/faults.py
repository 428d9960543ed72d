"""What foreign exceptions mean in our words: one table."""

import re
import socket
import ssl
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from pypsrp.exceptions import WinRMError, WinRMTransportError, WSManFaultError
from spnego.exceptions import SpnegoError

from ldfleet import errors
from ldfleet.transports.winrm.connection import LinkLost
from ldfleet.transports.winrm.http import BadReply
from ldfleet.transports.winrm.place import Place

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


Meaning = Callable[[Exception, Place, str | None], errors.FleetError]


def _unreachable(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    return _no_answer(place, program, _words(error))


def _refused(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return _no_answer(place, program, "the connection was refused")


def _closed(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return _no_answer(place, program, "it closed the connection")


def _silent(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return _no_answer(place, program, "no answer in time")


def _no_answer(place: Place, program: str | None, reason: str) -> errors.FleetError:
    if program is not None:
        return errors.OutcomeUnknown(workstation=place.workstation, program=program, reason=reason)
    return errors.WorkstationUnreachable(
        workstation=place.workstation, address=place.authority, reason=reason
    )


def _unknown_name(_: Exception, place: Place, __: str | None) -> errors.FleetError:
    return errors.NameNotResolved(host=place.address.host)


def _nonsense(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    if program is not None:
        return _no_answer(place, program, _words(error))
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=_words(error))


def _bad_status(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    status = error.code if isinstance(error, WinRMTransportError) else None
    if program is not None:
        return _no_answer(place, program, f"HTTP {status}")
    if status == _FORBIDDEN:
        return errors.WorkstationDeniedAccess(workstation=place.workstation, reason="HTTP 403")
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=f"HTTP {status}")


def _fault(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    code = code_of(error) if isinstance(error, WSManFaultError) else None
    words = " ".join(_words(error).split())
    if program is not None:
        return _no_answer(place, program, words)
    if code in ACCESS_DENIED:
        return errors.WorkstationDeniedAccess(workstation=place.workstation, reason=words)
    if code in {TOO_MANY_SHELLS, TOO_MANY_OPERATIONS}:
        return errors.WorkstationBusy(workstation=place.workstation, reason=words)
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=words)


MEANINGS: Mapping[type[Exception], Meaning] = {
    socket.gaierror: _unknown_name,
    ConnectionRefusedError: _refused,
    ConnectionResetError: _closed,
    TimeoutError: _silent,
    LinkLost: _unreachable,
    OSError: _unreachable,
    ssl.SSLError: _nonsense,
    BadReply: _nonsense,
    SpnegoError: _nonsense,
    WSManFaultError: _fault,
    WinRMTransportError: _bad_status,
    WinRMError: _nonsense,
    ET.ParseError: _nonsense,
    struct.error: _nonsense,  # a sealed message that is too short
    ValueError: _nonsense,
    LookupError: _nonsense,
    AttributeError: _nonsense,  # pypsrp reaches into elements that a reply may lack
}
"""The most specific class decides."""


@contextmanager
def translated(place: Place, program: str | None = None) -> Generator[None]:
    """Raise our errors for those of sockets, TLS, HTTP, SPNEGO and WS-Man.

    `program` is what may be running there already: then a lost link, or a fault, leaves its
    outcome unknown.
    """
    try:
        yield
    except errors.FleetError:
        raise
    except tuple(MEANINGS) as error:
        known = next(kind for kind in type(error).__mro__ if kind in MEANINGS)
        raise MEANINGS[known](error, place, program) from error


@contextmanager
def running(place: Place, program: str) -> Generator[None]:
    """As `translated`, for a program that has been started: any failure leaves it unknown."""
    try:
        with translated(place, program):
            yield
    except errors.OutcomeUnknown:
        raise
    except errors.FleetError as error:
        raise _no_answer(place, program, str(error)) from error


def _words(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return str(reason) or type(error).__name__
