"""What goes wrong on the way, in our words: the part of the tables that all transports share."""

import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from ldfleet import errors
from ldfleet.transports.place import Place

Meaning = Callable[[Exception, Place, str | None], errors.FleetError]
"""Of an exception at a place; the program is what may be running there already, if anything."""
Meanings = Mapping[type[Exception], Meaning]
"""The most specific class decides."""


def no_answer(place: Place, program: str | None, reason: str) -> errors.FleetError:
    """The workstation is not there; or, amid a program, nobody knows what became of it."""
    if program is not None:
        return errors.OutcomeUnknown(workstation=place.workstation, program=program, reason=reason)
    return errors.WorkstationUnreachable(
        workstation=place.workstation, address=place.authority, reason=reason
    )


def unreachable(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    """With the words of the exception."""
    return no_answer(place, program, words_of(error))


def nonsense(error: Exception, place: Place, program: str | None) -> errors.FleetError:
    """An answer that breaks the protocol."""
    if program is not None:
        return no_answer(place, program, words_of(error))
    return errors.WorkstationSaidNonsense(workstation=place.workstation, reason=words_of(error))


def _refused(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return no_answer(place, program, "the connection was refused")


def _closed(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return no_answer(place, program, "it closed the connection")


def _silent(_: Exception, place: Place, program: str | None) -> errors.FleetError:
    return no_answer(place, program, "no answer in time")


def _unknown_name(_: Exception, place: Place, __: str | None) -> errors.FleetError:
    return errors.NameNotResolved(host=place.address.host)


SOCKETS: Meanings = {
    socket.gaierror: _unknown_name,
    ConnectionRefusedError: _refused,
    ConnectionResetError: _closed,
    TimeoutError: _silent,
    OSError: unreachable,
}


@contextmanager
def translated(meanings: Meanings, place: Place, program: str | None = None) -> Generator[None]:
    """Raise our errors for those of a library.

    `program` is what may be running there already: then a lost link leaves its outcome unknown.
    """
    try:
        yield
    except errors.FleetError:
        raise
    except tuple(meanings) as error:
        known = next(kind for kind in type(error).__mro__ if kind in meanings)
        raise meanings[known](error, place, program) from error


def words_of(error: Exception) -> str:
    """Why, as the exception tells it; its name where it tells nothing."""
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return str(reason) or type(error).__name__
