"""How long and how much: seconds unless the name says else (winrm.md 7, real-components.md 3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Set by bootstrap and by tests that can't wait."""

    connect: float = 10.0
    """For TCP."""
    login: float = 20.0
    """For the key exchange and the login."""
    test_connect: float = 5.0
    opening: float = 20.0
    """For a session on an open connection, until the program was started."""
    cleanup: float = 20.0
    """To end a remote program."""
    closing: float = 5.0
    """For the connection, until nothing of it is left."""
    keepalive: float = 15.0
    """A link that answers nothing twice in a row is lost."""
    sessions: int = 7
    """At once on a connection; sshd takes 10 (MaxSessions), and ending a program needs some."""
    busy_delays: tuple[float, ...] = (0.2, 0.5, 1.0)
    """Pauses before a session is asked for again: sshd counts one that has ended for a while."""
    ending: int = 2
    in_flight: int = 200
    """Operations at once, over all workstations."""
