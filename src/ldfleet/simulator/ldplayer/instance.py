"""One emulator and one run of it. Its state is worked out from the clock when looked at."""

from dataclasses import dataclass, field
from enum import StrEnum, auto

from ldfleet.simulator.ldplayer.configs import Summary
from ldfleet.simulator.ldplayer.guest import Guest

SEEN_AFTER = 1.0  # launch to state 2; "within a second or two" (ldconsole.md 7)
LOCKED_S = 8.0  # the disk files stay open that long after quit


class Fate(StrEnum):
    """How a start will go on; decided when it is asked for."""

    BOOTS = auto()
    STUCK = auto()
    """State 2 for ever, no VM."""
    DEAD_GUEST = auto()
    """State 1 with a VM, and no adb ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What list2 and adb tell at one moment."""

    state: int = 0
    player_pid: int = -1
    vm_pid: int = -1
    top: int = 0
    bind: int = 0
    online: bool = False
    """The device answers to adb."""
    booted: bool = False


OFF = View()


@dataclass(slots=True, kw_only=True)
class Run:
    """From a launch to its end."""

    at: float
    session: int
    fate: Fate
    player_pid: int
    vm_pid: int
    top: int
    bind: int
    vm_at: float
    online_at: float
    boot_at: float
    summary: Summary
    """The settings the VM was started with."""
    memory: bytes
    """dnplayer's copy of the config file, which it writes back when it ends."""
    package: str = ""
    vm_started: bool = False
    booted: bool = False
    quit_done_at: float | None = None

    def starting(self, now: float) -> bool:
        """Whether it still weighs on the machine as a concurrent start."""
        return now < self.boot_at

    def view(self, now: float, *, vm_alive: bool) -> View:
        if now < self.at + SEEN_AFTER:
            return OFF
        has_vm = self.vm_started and vm_alive
        lively = has_vm and self.fate is Fate.BOOTS
        return View(
            state=1 if self.vm_started else 2,
            player_pid=self.player_pid,
            vm_pid=self.vm_pid if has_vm else -1,
            top=self.top,
            bind=self.bind,
            online=lively and now >= self.online_at,
            booted=lively and now >= self.boot_at,
        )


@dataclass(slots=True, kw_only=True)
class Instance:
    """An emulator of one installation. Its settings are in its file, not here."""

    index: int
    guest: Guest = field(default_factory=Guest)
    run: Run | None = None
    locked_until: float = 0.0
    removed_at: float | None = None
    busy_until: float = 0.0
    """A backup or restore works on its disks."""
    was_online: bool = False

    @property
    def port(self) -> int:
        """Where adb listens (ldconsole.md 8)."""
        return 5555 + 2 * self.index

    @property
    def serial(self) -> str:
        return f"emulator-{self.port - 1}"

    def free(self, now: float) -> bool:
        """Whether its disks can be read or changed."""
        return self.run is None and now >= self.locked_until and now >= self.busy_until
