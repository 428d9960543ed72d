"""What a workstation says of itself, as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ldfleet.domain.facts import DesktopSession, Disk, Install, PlayerProcess, SystemFacts


def dump_facts(facts: SystemFacts | None) -> Mapping[str, Any] | None:
    """The facts as JSON can hold them."""
    if facts is None:
        return None
    booted_at = facts.booted_at.isoformat() if facts.booted_at else None
    return {**asdict(facts), "booted_at": booted_at}


def load_facts(dumped: Mapping[str, Any] | None) -> SystemFacts | None:
    """The facts back from `dump_facts`."""
    if dumped is None:
        return None
    desktop, booted_at = dumped["desktop"], dumped["booted_at"]
    built: dict[str, Any] = {
        "booted_at": datetime.fromisoformat(booted_at) if booted_at else None,
        "disks": tuple(Disk(**disk) for disk in dumped["disks"]),
        "gpus": tuple(dumped["gpus"]),
        "desktop": DesktopSession(**desktop) if desktop else None,
        "players": tuple(PlayerProcess(**player) for player in dumped["players"]),
    }
    return SystemFacts(**{**dumped, **built})


def load_installs(dumped: list[Mapping[str, Any]]) -> tuple[Install, ...]:
    """The installs back from their `asdict`."""
    return tuple(Install(**install) for install in dumped)
