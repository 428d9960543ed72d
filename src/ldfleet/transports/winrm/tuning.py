"""How long and how much: the figures of winrm.md 1, in seconds unless the name says else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Set by bootstrap and by tests that can't wait."""

    connect: float = 10.0
    """For TCP, and again for TLS."""
    test_connect: float = 5.0
    operation: int = 20
    """WS-Man's OperationTimeout: a Receive without output comes back after it."""
    reply: float = 30.0
    """For one HTTP answer: the operation and 10 s."""
    cleanup: float = 20.0
    """To end a remote program."""
    closing: float = 5.0
    """To delete one workstation's shells at the end."""
    idle_connection: float = 90.0
    """HTTP.sys drops at 120, and a dropped sealed connection costs a message."""
    idle_shell: int = 1800
    shells: int = 3
    """At most, for a workstation."""
    in_flight: int = 200
    """Operations at once, over all workstations."""
    recycle_after: int = 1000
    """Commands in a shell: Windows counts them up to 1500 and never down."""
    busy_delays: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Between tries to open a shell where there are too many."""
