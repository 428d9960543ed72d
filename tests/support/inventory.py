"""What `ldfleet simulate` writes of its workstations, as it is given to a server."""

from collections.abc import Mapping
from typing import Any

_WINRM = ("name", "host", "port", "tls", "username", "password", "certificate_sha256")


def over_winrm(item: Mapping[str, Any]) -> dict[str, Any]:
    """A workstation to be added, with boots that need not wait for long."""
    return {key: item[key] for key in _WINRM} | {"limits": {"boot_gap_s": 0.2}}
