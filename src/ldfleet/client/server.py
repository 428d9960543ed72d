"""What can be asked about the server itself."""

from ldfleet.client.calls import Call, path
from ldfleet.wire.configuration import SettingsOut
from ldfleet.wire.server import HealthOut, StatusOut, VersionOut

_UNREADY = frozenset({503})


def health(*, ready: bool = False) -> Call[HealthOut]:
    """Whether it lives, and with `ready` whether it can work; needs no token."""
    asked = Call(path=path("health"), read=HealthOut.model_validate_json, also=_UNREADY)
    return asked.having(ready="true") if ready else asked


def settings() -> Call[SettingsOut]:
    """What it is set to, secrets masked; for admins."""
    return Call(path=path("settings"), read=SettingsOut.model_validate_json)


def status() -> Call[StatusOut]:
    """Version, uptime, counts."""
    return Call(path=path("status"), read=StatusOut.model_validate_json)


def version() -> Call[VersionOut]:
    """Its version; needs no token."""
    return Call(path=path("version"), read=VersionOut.model_validate_json)
