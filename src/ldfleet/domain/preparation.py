"""What a PC is to be prepared for."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Rights(StrEnum):
    """What the account on the PC may do (winrm.md 5.2)."""

    ADMIN = auto()
    LEAST = auto()
    """Remote Management Users, WMI, WinRM's raw shell, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """One script: it prepares a PC, or it undoes what an earlier one did there."""

    servers: tuple[str, ...] = ()
    """The IP addresses that are let in: ldfleet's server, and workers that reach the PC."""
    user: str = "ldops"
    rights: Rights = Rights.ADMIN
    ssh: bool = False
    undo: bool = False

    @property
    def file_name(self) -> str:
        """What the script is called."""
        return "undo-prepare-workstation.ps1" if self.undo else "prepare-workstation.ps1"
