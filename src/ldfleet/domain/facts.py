"""What a workstation says of itself (product.md M3)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A fixed drive; sizes in bytes."""

    letter: str
    size: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSession:
    """An interactive logon: the only place an emulator can start in (ldconsole.md 9)."""

    session_id: int
    user: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerProcess:
    """A running dnplayer.exe."""

    pid: int
    session_id: int
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFacts:
    """One look at the PC; `desktop` is None where nobody is logged on. Memory in bytes."""

    computer_name: str
    windows: str
    build: str
    booted_at: datetime | None
    cpu: str
    cpu_cores: int
    cpu_load: int | None
    """Per cent over all cores; None where Windows did not say."""
    memory: int
    memory_free: int
    disks: tuple[Disk, ...]
    gpus: tuple[str, ...]
    desktop: DesktopSession | None
    players: tuple[PlayerProcess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    """What a folder of Windows says of a file, or of a folder in it."""

    directory: bool
    size: int
    """In bytes; 0 for a folder."""
    modified: float
    """Unix seconds, by the PC's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """An LDPlayer found on a workstation."""

    path: str
    """The folder, without a trailing backslash."""
    generation: int
    version: str | None
    data_path: str
    r"""Where `vms` lies: `<path>\vms` unless the registry's DataDir says otherwise."""
