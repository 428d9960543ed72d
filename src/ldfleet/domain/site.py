"""A site: the LAN that workstations stand in; workers serve it from inside."""

from dataclasses import dataclass
from datetime import datetime

DEFAULT = "default"
"""Where a workstation stands that nobody has placed; it is always on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Known by its name, which workers are given; so it has no other id, and keeps its name."""

    name: str
    notes: str = ""
    created_at: datetime

    @property
    def id(self) -> str:
        """Its name."""
        return self.name
