"""What can go wrong with a simulated workstation's SSH, switched from outside."""

from collections.abc import Callable
from dataclasses import dataclass

CUTS = ("before_command", "after_command", "mid_receive")


class SSHFaults:
    """Switches an operator of the simulator may turn while it runs; all off at first.

    Those that WinRM has too have its names, so that one switch breaks both.
    """

    unreachable: bool = False
    refuse_login: bool = False
    delay_s: float = 0.0
    """Every command waits this long before it is looked at."""
    cut: str = ""
    """Where the next `cut_times` connections are reset: `before_command` (it never ran),
    `after_command` (it runs), `mid_receive` (it runs, and none of its output arrives)."""
    cut_times: int = 0
    ssh_sessions: int = 10
    """Sessions on a connection: sshd's MaxSessions."""
    ssh_shell: str = "cmd"
    """The account's shell: `cmd`, or `powershell` as some set it in the registry."""
    ssh_no_forwarding: bool = False
    """sshd forwards no ports: its AllowTcpForwarding is no."""
    ssh_no_sftp: bool = False
    """sshd has no Subsystem sftp."""
    ssh_ends_with_session: bool = False
    """A program ends with its session; OpenSSH for Windows lets it run (Win32-OpenSSH#1751)."""

    def __init__(self, *, changed: Callable[[str], None], cut_all: Callable[[], None]) -> None:
        self._changed = changed
        self._cut_all = cut_all

    def __setattr__(self, name: str, value: object) -> None:
        if name == "cut" and value and value not in CUTS:
            raise ValueError(f"cut is one of {', '.join(CUTS)}, or empty")
        super().__setattr__(name, value)
        if not name.startswith("_"):
            self._changed(name)

    def cut_next(self, where: str, times: int = 1) -> None:
        """Set `cut` and `cut_times` in one go."""
        self.cut = where
        self.cut_times = times

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
class SSHCounters:
    """What has arrived so far."""

    connections: int = 0
    """Accepted so far."""
    standing: int = 0
    """Connections open right now."""
    logins: int = 0
    logins_refused: int = 0
    sessions: int = 0
    refused_sessions: int = 0
    forwards: int = 0
    """Connections to ports behind it."""
