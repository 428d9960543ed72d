"""Who asks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or program known by a token; `source` is the edge it came in by."""

    name: str
    source: str = "api"


SYSTEM = Actor(name="system", source="engine")
