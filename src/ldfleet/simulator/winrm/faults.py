"""What can go wrong with a simulated workstation's network, switched from outside."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

CUTS = ("before_command", "after_command", "mid_receive")


class WinRMFaults:
    """Switches an operator of the simulator may turn while it runs; all off at first.

    Every public attribute is a plain JSON scalar and takes effect when it is set.
    """

    unreachable: bool = False
    """Nobody listens on either port, and all connections are reset, until it is unset."""
    refuse_login: bool = False
    """Every new login fails as a wrong password would. Those logged in stay so."""
    delay_s: float = 0.0
    """Every HTTP request waits this long before it is looked at."""
    cut: str = ""
    """Where the next `cut_times` connections are reset: `before_command` (it never ran),
    `after_command` (it runs, the client does not learn its id), `mid_receive` (before any
    output is taken)."""
    cut_times: int = 0
    """How many more times `cut` strikes."""
    quota_shells: int = 0
    """So many shells per user instead of the configured number; 0 leaves that alone."""
    idle_drop_s: float = 0.0
    """Close a connection idle for so long, as HTTP.sys does at 120; 0 never does."""

    def __init__(
        self,
        *,
        changed: Callable[[str], None],
        vanish: Callable[[], None],
        cut_all: Callable[[], None],
    ) -> None:
        self._changed = changed
        self._vanish = vanish
        self._cut_all = cut_all

    def __setattr__(self, name: str, value: object) -> None:
        if name == "cut" and value and value not in CUTS:
            raise ValueError(f"cut is one of {', '.join(CUTS)}, or empty")
        if name.startswith("_"):
            super().__setattr__(name, value)
            return
        if name not in type(self).__annotations__:
            raise AttributeError(name)
        default: object = getattr(type(self), name)
        kind = type(default)
        if not isinstance(value, (int, float) if kind is float else kind):
            raise TypeError(f"{name} is a {kind.__name__}")
        super().__setattr__(name, value)
        self._changed(name)

    def cut_next(self, where: str, times: int = 1) -> None:
        """Set `cut` and `cut_times` in one go."""
        self.cut = where
        self.cut_times = times

    def vanish_shells(self) -> None:
        """All shells are gone, with their processes: winrshost has died."""
        self._vanish()

    def cut_connections(self) -> None:
        """Reset every open connection once."""
        self._cut_all()

    def strikes(self, where: str) -> bool:
        """Whether the connection is to be cut here; counts one off."""
        if self.cut != where or self.cut_times <= 0:
            return False
        self.cut_times -= 1
        return True


@dataclass(slots=True, kw_only=True)
class WinRMCounters:
    """What has arrived so far."""

    connections: int = 0
    """Accepted so far."""
    standing: int = 0
    """Connections open right now."""
    handshakes: int = 0
    """NTLM exchanges that ended in a login."""
    logins_refused: int = 0
    requests: Counter[str] = field(default_factory=Counter[str])
    """By action: `Create`, `Command`, `Receive`, `Identify` …"""
