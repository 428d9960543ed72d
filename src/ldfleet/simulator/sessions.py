"""Who sits at the machine: the interactive session, and the processes every Windows has."""

from ldfleet.simulator.host import SYSTEM32, Host
from ldfleet.simulator.processes import Process

SYSTEM = "NT AUTHORITY\\SYSTEM"
BASE = (
    ("smss.exe", 0),
    ("csrss.exe", 0),
    ("wininit.exe", 0),
    ("services.exe", 0),
    ("lsass.exe", 0),
    ("WmiPrvSE.exe", 0),
    ("svchost.exe", 0),
    ("svchost.exe", 0),
)
OF_A_SESSION = ("csrss.exe", "winlogon.exe", "dwm.exe", "sihost.exe", "explorer.exe")


class Sessions:
    """One person at most is logged on; numbers of sessions only grow until the next boot."""

    def __init__(self, host: Host, *, user: str) -> None:
        self.user = user
        self.number: int | None = None
        self.logged_on_at = 0.0
        self.booted_at = 0.0
        self._host = host
        self._last = 0
        self._away = False
        self.boot()
        host.settlers.append(self.settle)

    @property
    def present(self) -> bool:
        """Whether somebody is logged on, with or without a live desktop."""
        return self.number is not None

    @property
    def live(self) -> bool:
        """Whether there is a desktop that can start a VM (ldconsole.md 9)."""
        return self.present and not self._host.faults.disconnected_session

    def boot(self) -> None:
        """Switch the machine off and on: all processes are new ones."""
        host = self._host
        host.processes.kill(host.processes.all())
        host.ports.clear()
        self.number, self._last = None, 0
        self.booted_at = host.clock.now()
        self._add("System", 0, 0, pid=4)
        for name, session in BASE:
            host.services_pid = self._add(name, session, 4)
        self.settle()

    def log_off(self) -> None:
        """End the session with all its programs, until `log_on`."""
        self._away = True
        self.settle()

    def log_on(self) -> None:
        self._away = False
        self.settle()

    def settle(self) -> None:
        wanted = not (self._away or self._host.faults.no_desktop_session)
        if wanted and self.number is None:
            self._begin()
        elif not wanted and self.number is not None:
            number, self.number = self.number, None
            table = self._host.processes
            table.kill([row for row in table.all() if row.session == number])

    def _begin(self) -> None:
        self._last += 1
        self.number = self._last
        self.logged_on_at = self._host.clock.now()
        for name in OF_A_SESSION:
            self._add(name, self.number, 4)

    def _add(self, name: str, session: int, parent: int, *, pid: int = 0) -> int:
        table = self._host.processes
        own = name in {"sihost.exe", "explorer.exe"}
        folder = "C:\\Windows" if name == "explorer.exe" else SYSTEM32
        process = Process(
            pid=pid or table.new_pid(),
            parent=parent,
            name=name,
            path="" if name == "System" else f"{folder}\\{name}",
            line="" if name == "System" else f"{folder}\\{name}",
            session=session,
            user=f"{self._host.name}\\{self.user}" if own else SYSTEM,
            created=self._host.clock.now(),
        )
        table.add(process)
        return process.pid
